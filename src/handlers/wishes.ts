import type { EventOf } from '../events/catalog.ts';
import type { Choice } from '../events/choices.ts';
import type { Interaction, InteractionOf } from '../events/interaction.ts';
import type { Ts } from '../events/timestamp.ts';
import { calendarOf, isWeek, type Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import { isValueOf, parseCommand, type SettingKey, type Wish } from './command.ts';

/** A wish, and its date. */
export interface Dated {
  wish: Wish;
  at: Ts;
  /** The challenge that a button names. */
  channel?: string;
}

type Action = InteractionOf<'press'>['actions'][number];

const PLANS: Record<string, EventOf<'week.planned'>['plan']> = {
  'week.plan': 'write',
  'week.rest': 'rest',
  'week.none': 'none',
};

/** What an interaction asks for; nothing where it is not known, or nobody has an answer to it. */
export const wishesOf = (interaction: Interaction): Dated[] => {
  if (interaction.kind === 'command') return [{ wish: parseCommand(interaction.text), at: interaction.at }];
  return interaction.kind === 'press' ? interaction.actions.flatMap(wishOf) : [];
};

/** A button's `value` is `<channel>/<what>`; the channel may be missing. */
const wishOf = ({ id, value = '', at }: Action): Dated[] => {
  const [, channel, what = ''] = /^(?:([A-Z0-9]{2,32})\/)?(.*)$/s.exec(value) ?? [];
  const wish = wishOfAction(id, what);
  return wish ? [{ wish, at, ...(channel ? { channel } : {}) }] : [];
};

const wishOfAction = (id: string, what: string): Wish | undefined => {
  const plan = Object.hasOwn(PLANS, id) ? PLANS[id] : undefined;
  if (plan) return isWeek(what) ? { wants: 'plan', plan, week: what } : undefined;
  if (id === 'me.show') return { wants: 'state' };
  const [, key, off] = /^(?:set\.)?(remind|likes|notes)(\.off)?$/.exec(id) ?? [];
  if (!key || id.startsWith('set.') === Boolean(off)) return undefined;
  const setting = { key: key as SettingKey, value: off ? 'off' : what };
  return isValueOf(setting.key, setting.value) ? { wants: 'setting', ...setting } : undefined;
};

/** Whether an answer takes the place of what was pressed: that of an off button in a personal message. */
export const isOffInPersonalMessage = (interaction: Interaction): boolean =>
  interaction.kind === 'press' &&
  interaction.container === 'message' &&
  interaction.channel?.startsWith('D') === true &&
  interaction.actions.some(({ id }) => id.endsWith('.off'));

/** The choice that a wish is, or the week that is over; undefined where it is none. */
export const choiceOfWish = (
  { wish, at }: Dated,
  user: string,
  { channel, timeZone }: Pick<Challenge, 'channel' | 'timeZone'>,
): { choice: Choice } | { over: Week } | undefined => {
  const envelope = { v: 1 as const, channel, at, user };
  if (wish.wants === 'setting')
    return { choice: { ...envelope, kind: 'member.set', key: wish.key, value: wish.value } as EventOf<'member.set'> };
  if (wish.wants !== 'plan') return undefined;
  const present = calendarOf(timeZone).weekOf(at);
  const { week = present, plan } = wish;
  return week === present ? { choice: { ...envelope, kind: 'week.planned', week, plan } } : { over: week };
};

/** The challenge that is meant by where somebody spoke: the channel's own, or the only one; undefined where only the person decides. */
export const challengeAt = <C extends Pick<Challenge, 'channel'>>(
  challenges: readonly C[],
  named: string | undefined,
): C | undefined =>
  challenges.find(({ channel }) => channel === named) ?? (challenges.length === 1 ? challenges[0] : undefined);
