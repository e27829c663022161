import { SETTING_NAMES } from './setting-values.ts';

/** What the person gave to a command. */
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

/** The name of the stack that holds the copy of a stack's log. */
export const replicaNameOf = (stackName: string): string => `${stackName}Replica`;

/** The settings that stay with a stack: those of its last deployment, and what is given now. What is no setting does not stay. */
export const settingsOf = (last: Readonly<Record<string, string>>, given: Given): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...last, ...given.settings }).filter(
      ([name, value]) => value !== '' && SETTING_NAMES.includes(name),
    ),
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
