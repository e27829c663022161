import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { Refused } from '../events/errors.ts';
import { isMonth, isWeek } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import { loadConfig, type Settings } from '../setup/config.ts';
import { addressesOf, type Environment } from '../setup/environment.ts';
import { folderOf } from '../setup/open.ts';
import type { CliText, Language } from './text/cli-text.ts';
import { Told } from './told.ts';

/** What a command may touch of the process it runs in. */
export interface Shell {
  environment: Environment;
  out(text: string): void;
  error(text: string): void;
  /** Whether a person watches standard error. */
  isTerminal: boolean;
  /** Whether nobody reads standard output any more, as behind `| head`. */
  readonly isUnread?: boolean;
  /** Resolves when the person, or the machine, wants it to end. */
  untilSignal(): Promise<unknown>;
}

/** Adds one command to the program; `text`: what it says to people. */
export type AddCommand = (program: Command, shell: Shell, text: CliText) => void;

/** The command found a difference, or could not do all: exit code 1. Its cause, if it is one of ours, is told in the language of the person. */
export class Failure extends Error {}

/** An error that is none of wrong usage: exit code 1, with the same words. */
export const failureOf = (error: Refused): Failure => new Failure(`til: ${error.message}`, { cause: error });

/** The options that every command has. */
export interface CommonOptions {
  /** Absent: it was not named. */
  config?: string;
  json?: boolean;
  /** Absent: it was not named. */
  lang?: Language;
}

/** The options of a command, those given before its name included. */
export const optionsOf = <T extends object>(command: Command): T & CommonOptions => {
  const before = command.parent?.opts() ?? {};
  const own = command.opts();
  const common = Object.fromEntries(['config', 'json', 'lang'].map((name) => [name, own[name] ?? before[name]]));
  return { ...own, ...common } as T & CommonOptions;
};

/** The configuration's name when none is given. */
export const CONFIG = 'til.config.ts';

/** Lies beside the demo's log: the configuration that goes with it. */
export const DEMO_CONFIG = 'til.demo.json';

/** Where the demo's configuration lies, or would lie, beside a log in a folder. */
export const demoConfigOf = (environment: Environment): string | undefined => {
  const folder = folderOf(addressesOf(environment).log);
  return folder && join(dirname(folder), DEMO_CONFIG);
};

/** The configuration's file: the one that was named, else the demo's when the log is the demo's, else `til.config.ts`. */
export const configOf = ({ environment }: Shell, named: string | undefined): string => {
  const demo = demoConfigOf(environment);
  return named ?? (demo && existsSync(demo) ? demo : CONFIG);
};

/** The configuration. */
export const loadSettings = async (shell: Shell, { config }: CommonOptions): Promise<Settings> =>
  loadConfig(configOf(shell, config));

/** How this command line was called, for whoever is told to call it again: by `npm run`, `npx`, or by its name. */
export const callOf = ({ npm_lifecycle_event: script }: Environment): string => {
  if (script === 'til') return 'npm run --silent til --';
  return script === 'npx' ? 'npx til' : 'til';
};

/** What a command needs of what it opens: sound state; or state `asItLies`; or whatever there is, even a log that is not `whole`. */
export type Soundness = 'sound' | 'asItLies' | 'notWhole';

/** The challenges a command is about: the one of `--channel`, else all. */
export const chosen = (settings: Settings, channel: string | undefined): Challenge[] => {
  if (channel === undefined) return settings.challenges;
  const found = settings.challenges.filter((challenge) => challenge.channel === channel);
  if (found.length > 0) return found;
  const known = settings.challenges.map((challenge) => challenge.channel).join(', ');
  throw new Told((errors) => errors.unknownChannel(known, printable(channel)));
};

/** The one challenge a command is about. */
export const chosenOne = (settings: Settings, channel: string | undefined): Challenge => {
  const [only, ...others] = chosen(settings, channel);
  if (only && others.length === 0) return only;
  const known = settings.challenges.map((challenge) => challenge.channel).join(', ');
  throw new Told((errors) => errors.whichChannel(known));
};

/** Checks the text of a week; `what` is the option or argument that it is given as. */
export const parseWeekOf =
  (what: string) =>
  (text: string): string => {
    if (isWeek(text)) return text;
    throw new Told((errors) => errors.week(what, printable(text)));
  };

/** Checks the text of a `--week` option. */
export const parseWeek = parseWeekOf('--week');

/** Checks the text of a `--month` option. */
export const parseMonth = (text: string): string => {
  if (isMonth(text)) return text;
  throw new Told((errors) => errors.month(printable(text)));
};

// Terminals obey control characters, and some letters turn the direction of all that follows.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu;

/** Text from outside, harmless on a terminal: whatever could steer it is written as its code. */
export const printable = (text: string): string =>
  text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

/** A bar on a terminal, a line now and then elsewhere, nothing with --json. */
export const createProgress = (shell: Shell, what: string, quiet = false) => {
  let shown = 0;
  return {
    step: (done: number, total: number, detail = ''): void => {
      if (quiet) return;
      if (shell.isTerminal) {
        const filled = total === 0 ? 30 : Math.round((done / total) * 30);
        shell.error(`\r${what} ${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${done}/${total} ${detail}\x1b[K`);
        return;
      }
      const tenth = total === 0 ? 0 : Math.floor((done / total) * 10);
      if (tenth > shown) shell.error(`${`${what} ${done}/${total} ${detail}`.trimEnd()}\n`);
      shown = Math.max(shown, tenth);
    },
    end: (): void => {
      if (!quiet && shell.isTerminal) shell.error('\r\x1b[K');
    },
  };
};

/** Prints rows in columns; Hangul is two columns wide. */
export const table = (rows: readonly (readonly (string | number)[])[]): string => {
  const cells = rows.map((row) => row.map((cell) => printable(String(cell))));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
};

/** How many columns a text takes on a terminal. */
export const widthOf = (text: string): number => [...text].length + (text.match(WIDE)?.length ?? 0);

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/gu;
