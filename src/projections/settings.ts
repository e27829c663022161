import type { Ledger, Setting } from './ledger.ts';
import { wins } from './register.ts';

/** What people chose to be told, by `<user>/<key>`. */
export type ChosenSettings = Readonly<Record<string, Setting>>;

/** What somebody chose last of a key; undefined when they never did. */
export const chosenBy = (settings: ChosenSettings, user: string, key: string): Setting | undefined => {
  const name = `${user}/${key}`;
  return Object.hasOwn(settings, name) ? settings[name] : undefined;
};

/** Joins settings, in any order: of each the later word holds, in whichever week or month it was said. */
export const joinSettings = (...all: readonly (ChosenSettings | undefined)[]): ChosenSettings => {
  const [first, ...others] = all.filter((each) => each !== undefined && Object.keys(each).length > 0);
  if (others.length === 0) return first ?? {};
  const joined: Record<string, Setting> = { ...first };
  for (const more of others)
    for (const [name, setting] of Object.entries(more ?? {})) {
      const last = Object.hasOwn(joined, name) ? joined[name] : undefined;
      if (!last || wins(setting, last)) joined[name] = setting;
    }
  return joined;
};

/** The last word on each setting in some ledgers. */
export const settingsIn = (ledgers: readonly Ledger[]): ChosenSettings =>
  joinSettings(...ledgers.map(({ settings }) => settings));
