#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import { Command, CommanderError } from 'commander';
import { Refused } from '../events/errors.ts';
import { withoutMark } from '../setup/config.ts';
import type { Environment } from '../setup/environment.ts';
import { describeError } from '../setup/report.ts';
import { commands } from './commands.ts';
import { CONFIG, Failure, printable, type Shell } from './shell.ts';
import { version } from './version.ts';

const HELP = `
til <command> --help says what a command does, with an example. Exit code 0: fine, 1: a difference or a failure, 2: wrong usage.

Example:
  til doctor
  til replay --month 2024-08
`;

/** All commands, with their help. */
export const createProgram = (shell: Shell): Command => {
  const output = { writeOut: (text: string) => shell.out(text), writeErr: (text: string) => shell.error(text) };
  const common = (command: Command): Command =>
    command
      .option('--config <file>', `the configuration (default: "${CONFIG}")`)
      .option('--json', 'print JSON for programs');
  const program = common(new Command('til'))
    .description('Runs a TIL challenge: a weekly writing challenge in a Slack channel.')
    .version(version())
    .addHelpText('after', HELP)
    .showHelpAfterError('(til <command> --help says more)')
    .configureOutput(output)
    .exitOverride();
  for (const add of commands) add(program, shell);
  for (const command of program.commands) {
    // `til verify --json` reads more easily than `til --json verify`: both work.
    common(command.exitOverride().configureOutput(output));
  }
  return program;
};

/** Parses, runs one command, and gives the exit code: 0 fine, 1 a difference or a failure, 2 wrong usage. */
export const run = async (args: readonly string[], shell: Shell): Promise<number> => {
  try {
    await createProgram(shell).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return explain(error, shell);
  }
};

const explain = (error: unknown, shell: Shell): number => {
  if (error instanceof Failure) {
    if (error.message) shell.error(`${error.message}\n`);
    return 1;
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Refused) {
    shell.error(`til: ${error.message}\n`);
    return 2;
  }
  shell.error(`til: ${isOfSystem(error) ? printable(error.message) : describeError(error)}\n`);
  if (shell.environment['TIL_DEBUG'] && error instanceof Error) shell.error(`${error.stack}\n`);
  return 1;
};

/** What the operating system says (no such file, no space) names a path and holds no secret. */
const isOfSystem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'errno' in error && 'path' in error;

const withEnvironmentFile = (environment: Environment, warn: (text: string) => void): Environment => {
  try {
    return { ...parseEnv(withoutMark(readFileSync('.env', 'utf8'))), ...environment };
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') warn(`til: .env is left out: ${(error as Error).message}\n`);
    return environment;
  }
};

/** Who asks a process to end waits ten seconds (Docker), then kills it. */
const LONGEST_END_MILLISECONDS = 8_000;

/** The shell of this process; variables in a `.env` file count where the environment has none of that name. */
export const processShell = (environment: Environment): Shell => {
  let isUnread = false;
  // Who closes a pipe early (`| head`) has seen enough; the command goes on to its end, and its exit code is its own.
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    isUnread = true;
    if (code === 'EPIPE') return;
    process.stderr.write(`til: standard output cannot be written: ${message}\n`);
    process.exit(1);
  });
  process.stderr.on('error', () => {});
  const error = (text: string): void => void process.stderr.write(text);
  return {
    environment: withEnvironmentFile(environment, error),
    out: (text) => void (isUnread || process.stdout.write(text)),
    error,
    isTerminal: process.stderr.isTTY === true,
    get isUnread() {
      return isUnread;
    },
    untilSignal: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'])
          process.once(signal, () => {
            // Whatever hangs then (a disk, a proxy, a library) is safe to be cut off at any step.
            setTimeout(() => process.exit(), LONGEST_END_MILLISECONDS).unref();
            resolve(signal);
          });
      }),
  };
};

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await run(process.argv.slice(2), processShell(process.env));
}
