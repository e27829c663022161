import { compareTs, type Ts } from '../events/timestamp.ts';
import type { EffectRecord } from '../projections/ledger.ts';
import { isHistory, TOO_OLD } from './effect.ts';
import { type Change, isSince, newsIn, othersWho } from './like-changes.ts';
import type { LikeScene } from './like-mode.ts';
import { mostCovered, namedBy, passedOverIn } from './like-past.ts';
import { stepsUpTo } from './like-steps.ts';

/** Whether more steps are reached now than were ever told of, or passed over, or reached when the author chose. */
export const reachesStep = (past: readonly EffectRecord[], { reply, chosenAt }: LikeScene): boolean => {
  const likes = reply ? othersWho(reply) : [];
  const isNew = isSince(chosenAt);
  const before = likes.filter((like) => !isNew(like)).length;
  return stepsUpTo(likes.length) > stepsUpTo(Math.max(before, mostCovered(past)));
};

/**
 * Whom to name: of those who like the post since the last notice; at a step, since the last message, but of whom was recorded that nobody is
 * told of them.
 */
export const newsOf = (
  changes: readonly Change[],
  past: readonly EffectRecord[],
  { challenge, reply, chosenAt }: LikeScene,
): string[] => {
  const { likes: mode, maxAgeHours } = challenge.notify;
  const isNew = isSince(chosenAt);
  if (mode !== 'steps' || !reply) return newsIn(changes.filter(isNew), namedBy(past), maxAgeHours);
  const passedOver = passedOverIn(past);
  const counted = othersWho(reply).filter(([user]) => !passedOver.has(user));
  const all = new Map([...changes, ...counted].sort(([left], [right]) => (left < right ? -1 : 1)));
  return newsIn([...all].filter(isNew), namedBy(past), maxAgeHours);
};

/**
 * Since when a total is owed in place of a notice that was too old. While nobody likes the post there is none: at most what stands is to
 * be changed; nor for what was passed over before the author chose.
 */
export const overdueIn = (past: readonly EffectRecord[], { reply, isClosed, chosenAt }: LikeScene): Ts | undefined => {
  const skipped = past.at(-1)?.skipped;
  if (skipped?.reason !== TOO_OLD || isClosed) return undefined;
  if (chosenAt !== undefined && compareTs(skipped.at, chosenAt) < 0) return undefined;
  return reply?.counted && othersWho(reply).length > 0 ? skipped.at : undefined;
};

/** Whether likes of a post of an open month have become known which were not heard when they were given. */
export const isMissed = (changes: readonly Change[], { ts, firstHeard, isClosed, chosenAt }: LikeScene): boolean =>
  !isClosed &&
  !isHistory(ts, firstHeard) &&
  changes.filter(isSince(chosenAt)).some(([, { live, inferred }]) => live && inferred);
