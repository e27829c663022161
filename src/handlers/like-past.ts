import type { Says } from '../events/catalog.ts';
import type { EffectRecord } from '../projections/ledger.ts';
import type { StandingMessage } from './effect.ts';
import { endedWith, saidBy } from './effect-record.ts';

export type Covers = NonNullable<Says['covers']>;

/** `says.shows` of a notice that changes the total in a standing message. */
export const TOTAL = 'total';

/** The reason recorded while the challenge sends no like notices; such likes are no news when it begins to send them. */
export const SWITCHED_OFF = 'likes are not told';

/** Whether a notice changes a standing message, instead of being one. */
export const isChange = (says: Says | undefined): boolean => says?.shows === TOTAL;

/** What was told last of each user holds, whatever its instant: rules that accept fewer likes make a user's last like an older one. */
export const coveredBy = (past: readonly EffectRecord[]): Covers => Object.assign({}, ...past.map(coversIn));

/** The largest number of likers of whom was told, or of whom was passed over, that they like the post at one time. */
export const mostCovered = (past: readonly EffectRecord[]): number => {
  const liking = new Set<string>();
  let most = 0;
  for (const record of past) {
    for (const [user, { live }] of Object.entries(coversIn(record) ?? {}))
      if (live) liking.add(user);
      else liking.delete(user);
    most = Math.max(most, liking.size);
  }
  return most;
};

const coversIn = (record: EffectRecord): Covers | undefined =>
  (isRefusedChange(record) ? endedWith(record) : saidBy(record))?.covers;

/** The likers of whom was recorded, at some time, that nobody is told of them. */
export const passedOverIn = (past: readonly EffectRecord[]): Set<string> =>
  new Set(past.flatMap(({ skipped }) => Object.keys(skipped?.says?.covers ?? {})));

/** The likers whom a notice names. Notices of earlier versions have no `names`: they named everybody they covered. */
const namesIn = (says: Says | undefined): string[] => {
  if (!says || isChange(says)) return [];
  return says.names ?? Object.entries(says.covers ?? {}).flatMap(([user, { live }]) => (live ? [user] : []));
};

/** Everybody whom some message has named. */
export const namedBy = (past: readonly EffectRecord[]): Set<string> =>
  new Set(past.filter(({ delivered }) => delivered).flatMap((record) => namesIn(saidBy(record))));

/** Whether a change was refused for good: the message that it was to change is gone, or can be changed no more. */
const isRefusedChange = (record: EffectRecord): boolean =>
  !record.delivered && !record.skipped && isChange(endedWith(record));

/** The last message that stands, and whom it named. */
export const standingNotice = (past: readonly EffectRecord[]): (StandingMessage & { names: string[] }) | undefined => {
  const index = past.findLastIndex((record) => record.delivered && !isChange(saidBy(record)));
  const last = past[index];
  if (!last?.delivered?.ts || past.slice(index).some(isRefusedChange)) return undefined;
  return { channel: last.delivered.to, ts: last.delivered.ts, names: namesIn(saidBy(last)) };
};

/** The total in the message that stands. Undefined: the last who told of it did not record it, or likes were not told since. */
export const totalShown = (past: readonly EffectRecord[]): number | undefined => {
  const last = past.findLast(({ delivered, skipped }) => delivered || skipped?.reason === SWITCHED_OFF);
  return last?.delivered && saidBy(last)?.total;
};

/** The likers of whom the message that stands speaks, if not all their names were known when it was last written. */
export const unnamedLikers = (past: readonly EffectRecord[]): string[] => {
  const last = past.findLast(({ delivered }) => delivered);
  return last && saidBy(last)?.unnamed ? (standingNotice(past)?.names ?? []) : [];
};
