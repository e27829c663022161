import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { ScheduledChallenge } from './schedule.ts';
import { TilStack } from './stack.ts';

// Settings by `-c name=value` (or cdk.json): config, stackName, alarmEmail, deployedAt, keepLog.
const app = new App();
const setting = (name: string): string | undefined => app.node.tryGetContext(name);

interface Config {
  challenges: ScheduledChallenge[];
}
const file = resolve(setting('config') ?? 'til.config.ts');
const config: Config = file.endsWith('.json')
  ? JSON.parse(readFileSync(file, 'utf8'))
  : (await import(pathToFileURL(file).href)).default;

new TilStack(app, setting('stackName') ?? 'Til', {
  description: 'A TIL challenge: Slack to S3 and back',
  challenges: config.challenges,
  tags: { application: 'til-challenge' },
  keepLog: setting('keepLog') !== 'false',
  alarmEmail: setting('alarmEmail'),
  deployedAt: setting('deployedAt'),
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
