import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import config from '../til.config.ts';
import { textFor } from './language.ts';
import type { Given } from './settings.ts';
import { openStacks, type Stacks } from './stacks.ts';
import type { CommandText } from './text/command-text.ts';
import { HelpAsked, Unanswered, WrongUsage } from './usage.ts';

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
  /** Where the stacks are. */
  region: string;
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
const deployment = async (
  { profile, region }: Pick<Given, 'profile' | 'region'>,
  text: CommandText,
): Promise<Deployment> => {
  const run = (program: string, ...args: string[]) => {
    const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit' });
    if (error || status !== 0) throw new Error(`${program} ${args.join(' ')} failed with ${error?.message ?? status}`);
  };
  const named = region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
  const settings = { ...(named && { region: named }), ...(profile && { profile }) };
  const [s3, sqs] = [new S3Client(settings), new SQSClient(settings)];
  const here = await s3.config.region().catch(() => {
    throw new Error(text.noRegion);
  });
  return {
    run,
    cdk: (command, ...args) => run(join(ROOT, 'node_modules/.bin/cdk'), command, ...args),
    region: here,
    stacks: openStacks({
      region: here,
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

/**
 * Runs a command with the arguments of this process, once `parse` has read them all: help and wrong usage need no region and no credentials.
 * What goes wrong is said in a sentence. Exit code 0: done, or help; 1: not done; 2: wrong usage, and nothing was done.
 */
export const fromHere = async (
  parse: (args: readonly string[], text: CommandText) => Given,
  command: (world: Deployment, args: readonly string[], text: CommandText) => Promise<void>,
): Promise<void> => {
  const args = process.argv.slice(2);
  const text = textFor(process.env);
  try {
    await command(await deployment(parse(args, text), text), args, text);
  } catch (error) {
    if (error instanceof HelpAsked) process.stdout.write(`${error.message}\n`);
    else process.stderr.write(`${sentenceOf(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
};

const sentenceOf = (error: unknown): string => {
  if (error instanceof WrongUsage || error instanceof Unanswered) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
};

const exitCodeOf = (error: unknown): number => {
  if (error instanceof HelpAsked) return 0;
  return error instanceof WrongUsage ? 2 : 1;
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
