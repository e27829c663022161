import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { doorOf } from './door.ts';
import { replicaFor } from './replica.ts';
import { TilStack } from './stack.ts';
import type { ScheduledChallenge } from './times.ts';

// Settings by `-c name=value` (or cdk.json): stackName, alarmEmail, replicaRegion, deployedAt, keepLog. What the bot runs is always `til.config.ts`,
// which the worker's bundle holds: read here as well, its times are checked before anything is deployed.
const app = new App();
const setting = (name: string): string | undefined => app.node.tryGetContext(name);

interface Config {
  challenges: ScheduledChallenge[];
  pageAccess?: string;
}
const config: Config = (await import('../til.config.ts')).default;

const name = setting('stackName') ?? 'Til';
const replica = replicaFor(app, name, setting('replicaRegion'));

const stack = new TilStack(app, name, {
  description: 'A TIL challenge: Slack to S3 and back',
  challenges: config.challenges,
  door: doorOf(config.pageAccess),
  tags: { application: 'til-challenge' },
  keepLog: setting('keepLog') !== 'false',
  alarmEmail: setting('alarmEmail'),
  replica: replica?.bucketName,
  deployedAt: setting('deployedAt'),
});
if (replica) stack.addStackDependency(replica);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
