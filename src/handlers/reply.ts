import type { EventOf } from '../events/catalog.ts';
import type { Choice } from '../events/choices.ts';
import type { Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Judgement } from './choice.ts';
import { SETTINGS, type SettingKey, type Wish } from './command.ts';
import { type MyState, sendsAny } from './my-state.ts';

/** What a person is told of what they did. */
export type Reply =
  | { says: 'planned'; plan: EventOf<'week.planned'>['plan'] }
  /** `isUnsent`: it was switched on, and the challenge sends nothing of the kind. */
  | { says: 'set'; key: SettingKey; value: string; isUnsent?: true }
  /** The week that the button is about. */
  | { says: 'over'; week: Week }
  /** Something later was chosen already, and stands. */
  | { says: 'overtaken' }
  /** They named a setting; `values` are those that it can have. */
  | { says: 'values'; key: SettingKey; values: readonly string[] }
  | { says: 'help'; unknown?: true }
  /** `thread`: the address of the week's thread, where it is known. */
  | { says: 'state'; state: MyState; thread?: string }
  /** It is not known which challenge they mean. */
  | { says: 'where'; channels: readonly string[] };

/** What is said of a choice, once it is in the log. `challenge`: with each kind of personal message on or off. */
export const replyToChoice = (
  choice: Choice,
  judgement: Judgement,
  challenge: Pick<Challenge, 'notify'>,
): Reply | undefined => {
  if (judgement.is === 'refused') return { says: 'overtaken' };
  if (choice.kind === 'week.planned') return { says: 'planned', plan: choice.plan };
  if (choice.kind !== 'member.set') return undefined;
  const { key, value } = choice;
  const isUnsent = value !== 'off' && !sendsAny(key, challenge);
  return { says: 'set', key, value, ...(isUnsent ? { isUnsent } : {}) };
};

/** What is said to a wish that changes nothing, whichever challenge is meant; undefined for one that is a choice. */
export const replyToQuestion = (wish: Wish): Reply | undefined => {
  if (wish.wants === 'values') return { says: 'values', key: wish.key, values: SETTINGS[wish.key] };
  return wish.wants === 'help' ? { says: 'help', ...(wish.unknown ? { unknown: true } : {}) } : undefined;
};
