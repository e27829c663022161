import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import config from '../til.config.ts';

const ROOT = join(import.meta.dirname, '..');
const OUTPUTS = join(ROOT, 'build/outputs.json');

/** What the stack tells about itself; see the outputs in `stack.ts`. */
export type Outputs = Record<
  'RequestUrl' | 'DashboardUrl' | 'SiteBucket' | 'LogBucket' | 'StateBucket' | 'SecretArn' | 'Region',
  string
>;

/** How a deployment reaches the world. */
export interface Deployment {
  /** Runs a program to its end, in sight of the person; throws when it fails. */
  run(program: string, ...args: string[]): void;
  /** Runs the CDK's own program. */
  cdk(command: 'deploy' | 'destroy', ...args: string[]): void;
  /** The outputs of the last `cdk deploy`, if there was one here. */
  outputs(): Outputs | undefined;
  s3(region: string): S3Client;
  now(): string;
  print(line: string): void;
  folder: string;
  challenges: readonly { channel: string; name?: string }[];
}

/** A deployment from this checkout. */
export const deployment = (): Deployment => {
  const run = (program: string, ...args: string[]) => {
    const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit' });
    if (error || status !== 0) throw new Error(`${program} ${args.join(' ')} failed with ${error?.message ?? status}`);
  };
  return {
    run,
    cdk: (command, ...args) => {
      const outputs = command === 'deploy' ? ['--outputs-file', OUTPUTS] : [];
      run(join(ROOT, 'node_modules/.bin/cdk'), command, ...outputs, ...args);
    },
    outputs() {
      if (!existsSync(OUTPUTS)) return undefined;
      const stacks = JSON.parse(readFileSync(OUTPUTS, 'utf8')) as Record<string, Outputs>;
      return Object.values(stacks).at(0);
    },
    s3: (region) => new S3Client({ region }),
    now: () => new Date().toISOString(),
    print: (line) => void process.stdout.write(`${line}\n`),
    folder: join(ROOT, 'dist/dashboard'),
    challenges: config.challenges,
  };
};
