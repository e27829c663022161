import { challengesIn, readConfig } from '../setup/config.ts';
import type { Environment } from '../setup/environment.ts';
import { configOf, type Shell } from './shell.ts';
import type { CliText, Language } from './text/cli-text.ts';
import { en } from './text/en.ts';
import { ko } from './text/ko.ts';

/** The words of a language. */
export const textIn = (language: Language): CliText => ({ en, ko })[language];

/**
 * The language in which a command speaks: that of `--lang`; English for programs (`--json`); that which the environment's locale names; that
 * which the configuration names for the challenge, where it names one; else English, which is what scripts have read so far.
 */
export const languageFor = async (args: readonly string[], shell: Shell): Promise<Language> => {
  const asked = givenAs(args, '--lang');
  if (asked === 'en' || asked === 'ko') return asked;
  if (words(args).includes('--json')) return 'en';
  return languageOf(shell.environment) ?? (await configured(args, shell)) ?? 'en';
};

/**
 * The language of the first of LC_ALL, LC_MESSAGES and LANG that is set, as POSIX has it. Undefined where it names none: it is not set, or is
 * the locale of a machine that nobody has told who reads it (C, POSIX, C.UTF-8), as in containers, services and cron.
 */
export const languageOf = (environment: Environment): Language | undefined => {
  const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || 'C';
  const [name = ''] = locale.toLowerCase().split(/[._@-]/);
  if (name === 'c' || name === 'posix') return undefined;
  return name === 'ko' || name === 'korean' ? 'ko' : 'en';
};

/** The commands for those who run the challenge, whose language is known; who runs the server may be somebody else, or a script. */
const FOR_ADMINS = new Set([
  ...['init', 'doctor', 'open-week', 'close-month', 'replay'],
  ...['accept', 'reject', 'excuse', 'rest-week', 'extend', 'help'],
]);

/** The language of the challenges that a command is about, as it is written in the configuration; undefined when they differ, or name none. */
const configured = async (args: readonly string[], shell: Shell): Promise<Language | undefined> => {
  const command = commandIn(args);
  if (command !== undefined && !FOR_ADMINS.has(command)) return undefined;
  const channel = givenAs(args, '--channel');
  const all = await challengesOf(args, shell);
  const named = all.filter((challenge) => challenge.channel === channel);
  const locales = new Set((named.length > 0 ? named : all).flatMap(({ locale }) => (locale ? [locale] : [])));
  const [only] = locales;
  return locales.size === 1 && (only === 'ko' || only === 'en') ? only : undefined;
};

const challengesOf = async (args: readonly string[], shell: Shell): Promise<ReturnType<typeof challengesIn>> => {
  try {
    return challengesIn(await readConfig(configOf(shell, givenAs(args, '--config'))));
  } catch {
    return []; // What is wrong with it is told by whoever needs it.
  }
};

/** The name of the command: the first word that is neither an option nor the value of one that may stand before it. */
const commandIn = (args: readonly string[]): string | undefined =>
  words(args).find((word, at, all) => !word.startsWith('-') && !['--config', '--lang'].includes(all[at - 1] ?? ''));

/** The words of a command line before `--`, after which nothing is an option. */
const words = (args: readonly string[]): readonly string[] =>
  args.slice(0, args.includes('--') ? args.indexOf('--') : undefined);

/** The last value of an option, as `--name value` or `--name=value`. Read before the parser runs, since what that says is in a language, too. */
const givenAs = (args: readonly string[], name: string): string | undefined =>
  words(args).reduce<string | undefined>((found, word, at, all) => {
    if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
    return word === name ? (all[at + 1] ?? found) : found;
  }, undefined);
