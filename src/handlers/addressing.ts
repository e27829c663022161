import type { Event } from '../events/catalog.ts';
import { secondsOf, type Ts } from '../events/timestamp.ts';
import { calendarOf, dayAt } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { EffectId, EffectKind, EffectOf } from './effect.ts';
import { type Entry, isEffectId, kinds, parseId } from './kinds.ts';

const entryOf = <K extends EffectKind>(kind: K): Entry<K> => kinds[kind];

/** For how many hours an effect is worth saying; for ever, where that is not a matter of hours. */
export const hoursOf = <K extends EffectKind>({ notify }: Challenge, { kind }: Pick<EffectOf<K>, 'kind'>): number => {
  const { lasts } = entryOf(kind);
  if (typeof lasts === 'function') return Number.POSITIVE_INFINITY;
  return lasts === 'hours' ? notify.maxAgeHours : lasts.hours;
};

/** Too late to be worth saying: for most kinds after some hours. */
export const isStale = <K extends EffectKind>(
  challenge: Challenge,
  effect: EffectOf<K>,
  nowSeconds: number,
): boolean => {
  // What stands is kept true, however old it is.
  if (effect.change) return false;
  const { lasts } = entryOf(effect.kind);
  if (typeof lasts !== 'function') return nowSeconds - secondsOf(effect.due) > hoursOf(challenge, effect) * 3600;
  const calendar = calendarOf(challenge.timeZone);
  return !lasts(effect, calendar.weekAt(nowSeconds), dayAt(calendar, nowSeconds));
};

/** Whom an effect goes to: the channel, or a person. */
export const recipientOf = <K extends EffectKind>({ channel }: Challenge, effect: EffectOf<K>): string => {
  const { recipient } = entryOf(effect.kind);
  return recipient === 'channel' ? channel : recipient.of(effect);
};

/** The recipient of an effect that is no longer owed, from its id alone; undefined when the id does not say. */
export const recipientById = ({ channel }: Challenge, id: string): string | undefined => {
  if (!isEffectId(id)) return undefined;
  const parsed = parseId(id);
  const { recipient } = kinds[parsed.kind];
  return recipient === 'channel' ? channel : recipient.byId(parsed);
};

/** Says whether Slack's history shows an effect; one of a kind that only another version knows may be there. */
export const isInHistory = (id: string): boolean => !isEffectId(id) || kinds[parseId(id).kind].lookUp === 'history';

/** Whether the admins get an alarm when an effect is refused: an alarm about an alarm would never end. */
export const alarmsWhenRefused = (id: string): boolean =>
  !isEffectId(id) || kinds[parseId(id).kind].whenRefused === 'alarm';

/** How an effect gets to Slack: as a message, or whispered to one person, perhaps in a thread. */
export const deliveryOf = <K extends EffectKind>(
  effect: EffectOf<K>,
): { by: 'post' } | { by: 'whisper'; thread: Ts | undefined } => {
  const entry: Entry<K> = entryOf(effect.kind);
  return entry.delivery === 'post' ? { by: 'post' } : { by: 'whisper', thread: entry.thread(effect) };
};

/** The queue group of an effect: what is in one group is said in order, one after the other. */
export const groupOf = (channel: string, id: EffectId): string => {
  const parsed = parseId(id);
  return `effect/${channel}/${kinds[parsed.kind].group(parsed)}`;
};

/** The people whom an effect names. */
export const mentionedBy = <K extends EffectKind>(effect: EffectOf<K>): string[] => entryOf(effect.kind).names(effect);

/** The human whom an event is about, if it shows one. */
export const personOf = (event: Event): string | undefined => {
  switch (event.kind) {
    case 'message.posted':
      return event.author?.bot ? undefined : event.author?.user;
    case 'reaction.added':
    case 'member.joined':
      return event.user;
    default:
      return undefined;
  }
};
