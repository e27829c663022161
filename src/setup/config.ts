import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { describeIssue } from '../events/catalog.ts';
import { Refused } from '../events/errors.ts';
import { type Challenge, ChallengeSchema } from '../projections/challenge.ts';
import { PAGE_ACCESS } from './page-access.ts';

const AlarmSchema = v.union(
  [
    v.strictObject({ command: v.pipe(v.string(), v.minLength(1, 'expected a command')) }),
    v.strictObject({
      webhook: v.pipe(v.string(), v.regex(/^https?:\/\/\S+$/, 'expected an address such as https://example.org/…')),
    }),
  ],
  'expected { command: "…" } or { webhook: "https://…" }',
);

/** What the command is called where the configuration names none. */
const COMMAND = '/til';

const COMMAND_EXPECTED =
  'expected a slash and up to 31 small letters, digits, hyphens and underscores, such as /til; Slack takes no others';

const Schema = v.strictObject({
  /** The slash command, for Slack's manifest and for what the bot says of it. */
  command: v.optional(
    v.pipe(v.string(COMMAND_EXPECTED), v.regex(/^\/[\p{Ll}\p{Lo}\p{M}\p{N}_-]{1,31}$/u, COMMAND_EXPECTED)),
  ),
  alarm: v.optional(AlarmSchema),
  /** Who may look at the page and its snapshots. */
  pageAccess: v.optional(v.picklist(PAGE_ACCESS, "expected 'open', 'link' or 'off'")),
  challenges: v.pipe(
    v.array(ChallengeSchema),
    v.minLength(1, 'expected at least one challenge'),
    v.check(
      (challenges) => new Set(challenges.map(({ channel }) => channel)).size === challenges.length,
      'expected each channel once',
    ),
  ),
});

/** What `til.config.ts` holds; everything but `channel` has a default. */
export type Config = v.InferInput<typeof Schema>;

/** The checked configuration, defaults filled in. */
export interface Settings {
  challenges: Challenge[];
  /** The slash command; see `commandOf`. */
  command?: string | undefined;
  /** What has to be said of times that are taken as others, a sentence each. Absent: nothing. */
  rounded?: string[];
  /** A second way for alarms on one machine: a command that gets the text on its standard input, or an address for a POST of `{"text": …}`. */
  alarm?: AlarmSettings | undefined;
  /** Who may look at the page: see src/setup/page-access.ts. Absent: `open`. */
  pageAccess?: (typeof PAGE_ACCESS)[number] | undefined;
}

/** The slash command, such as `/til`. */
export const commandOf = ({ command = COMMAND }: Pick<Settings, 'command'>): string => command;

/** A way for alarms beside Slack. */
export type AlarmSettings = v.InferOutput<typeof AlarmSchema>;

/** Checks a configuration; the error names the field, what was expected and what is there. */
export const parseConfig = (value: unknown, where: string): Settings => {
  const parsed = v.safeParse(Schema, value);
  if (parsed.success) {
    const rounded = roundedTimes(value as Config, parsed.output.challenges);
    return rounded.length > 0 ? { ...parsed.output, rounded } : parsed.output;
  }
  const faults = parsed.issues.map((issue) => `  ${describeIssue(issue, shown)}`).join('\n');
  throw new Refused(`${where} is not right:\n${faults}`);
};

/** The times of a configuration that are taken as others. `cdk/times.ts` says the same of them. */
const roundedTimes = (config: Config, challenges: readonly Challenge[]): string[] =>
  challenges.flatMap(({ channel, schedule }, at) =>
    (['weekOpen', 'monthResult'] as const).flatMap((name) => {
      const given = config.challenges[at]?.schedule?.[name] ?? schedule[name];
      if (given.padStart(5, '0') === schedule[name]) return [];
      return `schedule.${name} of ${channel}: ${given} is taken as ${schedule[name]}, since what is due is asked every five minutes`;
    }),
  );

const MAX_SHOWN = 80;

/** A value of the configuration for an error message. It is no secret, unless somebody put a token there, which is not shown. */
export const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  if (/xox.-|xapp-/.test(text)) return 'what looks like a token';
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
};

/** A text file's content without a byte order mark. */
export const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '');

/** Reads the configuration from a `.ts`, `.js` or `.json` file. */
export const loadConfig = async (file: string): Promise<Settings> => parseConfig(await readConfig(file), file);

/** The same, not checked yet. */
export const readConfig = async (file: string): Promise<unknown> => {
  const path = resolve(file);
  if (!existsSync(path))
    throw new Refused(`there is no configuration at ${path}; "til init" writes one, or name it with --config FILE`);
  return path.endsWith('.json') ? readJson(path) : importDefault(path);
};

/** The challenges of a configuration that may not be right, as far as one can see what they name: no default is filled in. */
export const challengesIn = (config: unknown): { channel?: unknown; locale?: unknown }[] => {
  const { challenges } = (config ?? {}) as { challenges?: unknown };
  return Array.isArray(challenges) ? challenges.filter((each) => typeof each === 'object' && each !== null) : [];
};

const readJson = (path: string): unknown => {
  try {
    return JSON.parse(withoutMark(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new Refused(`${path}: expected JSON: ${(cause as Error).message}`, { cause });
  }
};

const importDefault = async (path: string): Promise<unknown> => {
  try {
    const module = (await quietly(() => import(pathToFileURL(path).href))) as { default?: unknown };
    return module.default;
  } catch (cause) {
    throw new Refused(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
};

/** What Node.js says of a `.ts` file beside a package.json without "type": it reads it all the same, and nobody has to change anything. */
const IS_TYPELESS = 'MODULE_TYPELESS_PACKAGE_JSON';

const quietly = async <T>(work: () => Promise<T>): Promise<T> => {
  const { emitWarning } = process;
  const isKnown = (word: unknown): boolean => (word as { code?: unknown } | undefined)?.code === IS_TYPELESS;
  process.emitWarning = ((...words: unknown[]) => {
    if (!words.some(isKnown)) Reflect.apply(emitWarning, process, words);
  }) as typeof emitWarning;
  try {
    return await work();
  } finally {
    process.emitWarning = emitWarning;
  }
};
