import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { budgetOf } from './budget.ts';
import { doorOf } from './door.ts';
import { replicaFor } from './replica.ts';
import { STACK } from './settings.ts';
import { TilStack } from './stack.ts';
import { TAG } from './stacks.ts';
import type { ScheduledChallenge } from './times.ts';

// Settings by `-c name=value` (or cdk.json): stackName, alarmEmail, budget, replicaRegion, readFrom, ci, edgePolicies, deployedAt, keepLog; `settings` is what deploy.ts keeps of them.
// What the bot runs is always `til.config.ts`, which the worker's bundle holds: read here as well, its times are checked before anything
// is deployed.
const app = new App();
const setting = (name: string): string | undefined => app.node.tryGetContext(name);

interface Config {
  challenges: ScheduledChallenge[];
  pageAccess?: string;
}
const config: Config = (await import('../til.config.ts')).default;

const name = setting('stackName') ?? STACK;
const replica = replicaFor(app, name, setting('replicaRegion'));

const stack = new TilStack(app, name, {
  description: 'A TIL challenge: Slack to S3 and back',
  challenges: config.challenges,
  door: doorOf(config.pageAccess),
  tags: TAG,
  keepLog: setting('keepLog') !== 'false',
  alarmEmail: setting('alarmEmail'),
  replica: replica?.bucketName,
  budgetDollars: budgetOf(setting('budget')),
  readFrom: setting('readFrom')?.split(',').filter(Boolean) ?? [],
  ci: setting('ci'),
  edgePolicies: setting('edgePolicies'),
  settings: setting('settings'),
  deployedAt: setting('deployedAt'),
});
if (replica) stack.addStackDependency(replica);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
