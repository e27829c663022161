import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import config from '../til.config.ts';
import { type Given, givenIn } from './settings.ts';
import { openStacks, type Stacks } from './stacks.ts';

const ROOT = join(import.meta.dirname, '..');
/** Where the CDK itself looks for settings that a checkout keeps. */
const CONTEXT = join(ROOT, 'cdk.context.json');

/** How a deployment reaches the world. */
export interface Deployment {
  /** Runs a program to its end, in sight of the person; throws when it fails. */
  run(program: string, ...args: string[]): void;
  /** Runs the CDK's own program. */
  cdk(command: 'deploy' | 'destroy', ...args: string[]): void;
  stacks: Stacks;
  /** How many messages a queue holds, those that somebody works on included. */
  jobs(queueUrl: string): Promise<number>;
  /** The name of the stack that this checkout deployed last, if it has one of its own. */
  remembered(): string | undefined;
  remember(stackName: string): void;
  s3(): S3Client;
  now(): string;
  print(line: string): void;
  folder: string;
  challenges: readonly { channel: string; name?: string }[];
}

/** A deployment from this checkout, with the profile and the region that the CDK is told, or else finds by itself. */
const deployment = async ({ profile, region }: Pick<Given, 'profile' | 'region'>): Promise<Deployment> => {
  const run = (program: string, ...args: string[]) => {
    const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit' });
    if (error || status !== 0) throw new Error(`${program} ${args.join(' ')} failed with ${error?.message ?? status}`);
  };
  const named = region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
  const settings = { ...(named && { region: named }), ...(profile && { profile }) };
  const [s3, sqs] = [new S3Client(settings), new SQSClient(settings)];
  return {
    run,
    cdk: (command, ...args) => run(join(ROOT, 'node_modules/.bin/cdk'), command, ...args),
    stacks: openStacks({
      region: await s3.config.region().catch(() => {
        throw new Error('expected a region, such as ap-northeast-2, by --region, AWS_REGION or the profile, got none');
      }),
      credentials: s3.config.credentials,
      endpoint: process.env['AWS_ENDPOINT_URL_CLOUDFORMATION'],
    }),
    jobs: (queueUrl) => countJobs(sqs, queueUrl),
    remembered: () => (contextHere()['stackName'] as string | undefined) || undefined,
    remember: (stackName) => writeFileSync(CONTEXT, `${JSON.stringify({ ...contextHere(), stackName }, null, 2)}\n`),
    s3: () => s3,
    now: () => new Date().toISOString(),
    print: (line) => void process.stdout.write(`${line}\n`),
    folder: join(ROOT, 'dist/dashboard'),
    challenges: config.challenges,
  };
};

/** Runs a command with the arguments of this process; what goes wrong is said in a sentence, and ends with exit code 1. */
export const fromHere = async (command: (world: Deployment, args: string[]) => Promise<void>): Promise<void> => {
  const args = process.argv.slice(2);
  try {
    await command(await deployment(givenIn(args)), args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? `${error.name}: ${error.message}` : error}\n`);
    process.exitCode = 1;
  }
};

/** Messages that may be taken, those taken, and those that are not to be taken yet. */
export const countJobs = async (client: SQSClient, QueueUrl: string): Promise<number> => {
  const names = ['', 'NotVisible', 'Delayed'].map((which) => `ApproximateNumberOfMessages${which}` as const);
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names as ['ApproximateNumberOfMessages'] }),
  );
  return names.reduce((sum, name) => sum + Number(Attributes[name as 'ApproximateNumberOfMessages'] ?? 0), 0);
};

const contextHere = (): Record<string, unknown> =>
  existsSync(CONTEXT) ? (JSON.parse(readFileSync(CONTEXT, 'utf8')) as Record<string, unknown>) : {};
