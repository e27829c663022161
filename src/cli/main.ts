#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import { Command, CommanderError, type ErrorOptions, Help, type HelpConfiguration } from 'commander';
import { Refused } from '../events/errors.ts';
import { withoutMark } from '../setup/config.ts';
import type { Environment } from '../setup/environment.ts';
import { commands } from './commands.ts';
import { languageFor, textIn } from './language.ts';
import { Failure, printable, type Shell, widthOf } from './shell.ts';
import type { CliText, Language } from './text/cli-text.ts';
import { en } from './text/en.ts';
import { Told } from './told.ts';
import { version } from './version.ts';

/** Commander's command; what it says of wrong usage is in our language. */
class Spoken extends Command {
  readonly #text: CliText;

  constructor(name: string | undefined, text: CliText) {
    super(name);
    this.#text = text;
  }

  override createCommand(name?: string): Command {
    return new Spoken(name, this.#text);
  }

  override error(message: string, options?: ErrorOptions): never {
    return super.error(this.#text.errors.trouble(message), options);
  }
}

const helpIn = ({ help }: CliText): HelpConfiguration => {
  const usual = new Help();
  return {
    styleTitle: help.title,
    optionDescription: (option) => help.line(usual.optionDescription(option)),
    subcommandDescription: (command) => help.others[command.name()] ?? usual.subcommandDescription(command),
    displayWidth: widthOf,
  };
};

const parseLanguage = (text: string): Language => {
  if (text === 'en' || text === 'ko') return text;
  throw new Told((errors) => errors.language(printable(text)));
};

/** All commands, with their help. */
export const createProgram = (shell: Shell, text: CliText = en): Command => {
  const { help } = text;
  const output = {
    writeOut: (written: string) => shell.out(written),
    writeErr: (written: string) => shell.error(written),
  };
  const common = (command: Command): Command =>
    command
      .option('--config <file>', help.common.config)
      .option('--json', help.common.json)
      .option('--lang <lang>', help.common.lang, parseLanguage);
  const program = common(new Spoken('til', text))
    .description(help.program)
    .version(version(), '-V, --version', help.version)
    .helpOption('-h, --help', help.help)
    .helpCommand('help [command]', help.help)
    .configureHelp(helpIn(text))
    .addHelpText('after', help.after)
    .showHelpAfterError(help.afterError)
    .configureOutput(output)
    .exitOverride();
  for (const add of commands) add(program, shell, text);
  for (const command of program.commands) {
    // `til verify --json` reads more easily than `til --json verify`: both work.
    common(command.exitOverride().configureOutput(output));
  }
  return program;
};

/** Parses, runs one command, and gives the exit code: 0 fine, 1 a difference or a failure, 2 wrong usage. */
export const run = async (args: readonly string[], shell: Shell): Promise<number> => {
  const text = textIn(await languageFor(args, shell));
  try {
    await createProgram(shell, text).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return explain(error, shell, text);
  }
};

const explain = (error: unknown, shell: Shell, text: CliText): number => {
  if (error instanceof Failure) {
    if (error.message)
      shell.error(`${error.cause instanceof Refused ? `til: ${refusalIn(text, error.cause)}` : error.message}\n`);
    return 1;
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Refused) {
    shell.error(`til: ${refusalIn(text, error)}\n`);
    return 2;
  }
  const sentence = text.doctor.trouble(error);
  shell.error(`til: ${isOfSystem(error) ? printable(sentence) : sentence}\n`); // A path may be anything.
  if (shell.environment['TIL_DEBUG'] && error instanceof Error) shell.error(`${error.stack}\n`);
  return 1;
};

const refusalIn = (text: CliText, error: Refused): string =>
  error instanceof Told ? error.in(text) : text.errors.trouble(error.message);

const isOfSystem = (error: unknown): boolean => error instanceof Error && 'errno' in error;

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
