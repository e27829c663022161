#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import { Command, CommanderError, Option } from 'commander';
import { Refused } from '../events/errors.ts';
import { describeError } from '../runtime/report.ts';
import type { Environment } from '../runtime/wire.ts';
import { commands } from './commands.ts';
import { Failure, type Shell } from './shell.ts';

/** All commands, with their help. */
export const createProgram = (shell: Shell): Command => {
  const output = { writeOut: (text: string) => shell.out(text), writeErr: (text: string) => shell.error(text) };
  const config = (): Option => new Option('--config <file>', 'the configuration').default('til.config.ts');
  const program = new Command('til')
    .description('Runs a TIL challenge: a weekly writing challenge in a Slack channel.')
    .addOption(config())
    .option('--json', 'print JSON for programs')
    .showHelpAfterError('(til <command> --help says more)')
    .configureOutput(output)
    .exitOverride();
  for (const add of commands) add(program, shell);
  for (const command of program.commands) {
    // `til verify --json` reads more easily than `til --json verify`: both work.
    command.exitOverride().configureOutput(output).addOption(config()).option('--json', 'print JSON for programs');
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
  shell.error(`til: ${describeError(error)}\n`);
  if (shell.environment['TIL_DEBUG'] && error instanceof Error) shell.error(`${error.stack}\n`);
  return 1;
};

const withEnvironmentFile = (environment: Environment): Environment =>
  existsSync('.env') ? { ...parseEnv(readFileSync('.env', 'utf8')), ...environment } : environment;

/** The shell of this process; variables in a `.env` file count where the environment has none of that name. */
export const processShell = (environment: Environment): Shell => ({
  environment: withEnvironmentFile(environment),
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  untilSignal: () =>
    new Promise((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    }),
});

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await run(process.argv.slice(2), processShell(process.env));
}
