/** What the person gave to a command, apart from what only the CDK understands. */
export interface Given {
  stackName?: string;
  /** By `-c name=value`; an empty value takes a setting away. */
  settings: Record<string, string>;
  profile?: string;
  region?: string;
  /** For the CDK, profile and region included. */
  rest: string[];
}

/** The name of a stack for which nobody chose one. */
export const STACK = 'Til';

/** What counts for one deployment alone. */
const PASSING = new Set(['deployedAt', 'keepLog', 'settings']);

/** Takes the settings out of a command's arguments. */
export const givenIn = (args: readonly string[]): Given => {
  const given: Given = { settings: {}, rest: [] };
  for (let at = 0; at < args.length; at++) {
    const [name = '', inline] = optionIn(args[at] as string);
    const value = inline ?? args[at + 1];
    if (value !== undefined && (name === '-c' || name === '--context')) takeSetting(given, value);
    else {
      if (value !== undefined && name === '--profile') given.profile = value;
      if (value !== undefined && name === '--region') given.region = value;
      given.rest.push(args[at] as string);
      continue;
    }
    if (inline === undefined) at++;
  }
  return given;
};

/** An option, and its value when that stands behind a `=`. */
const optionIn = (arg: string): [name: string, value?: string] => {
  const [, name, value] = /^(-c|--context|--profile|--region)=(.*)$/s.exec(arg) ?? [];
  return name === undefined ? [arg] : [name, value as string];
};

const takeSetting = (given: Given, text: string): void => {
  const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === '') throw new Error(`-c: expected name=value, got ${JSON.stringify(text)}`);
  if (name === 'stackName') given.stackName = value;
  else given.settings[name] = value;
};

/** The settings that stay with a stack: those of its last deployment, and what is given now. */
export const settingsOf = (last: Readonly<Record<string, string>>, given: Given): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...last, ...given.settings }).filter(([name, value]) => value !== '' && !PASSING.has(name)),
  );

/** The settings as the stack's output `Settings` has them. */
export const parseSettings = (text: string): Record<string, string> => JSON.parse(text) as Record<string, string>;

/** The arguments by which the CDK's app gets to know the stack's name, its settings, and what counts this time alone. */
export const contextOf = (
  stackName: string,
  settings: Readonly<Record<string, string>>,
  passing: Readonly<Record<string, string>> = {},
): string[] =>
  Object.entries({ stackName, ...settings, ...passing, settings: JSON.stringify(settings) }).flatMap(
    ([name, value]) => ['-c', `${name}=${value}`],
  );
