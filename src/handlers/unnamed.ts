import type { Ts } from '../events/timestamp.ts';
import type { Ledger } from '../projections/ledger.ts';
import { endedWith, seriesOf } from './effect-record.ts';
import { unnamedLikers } from './like-past.ts';

/** A message about which something stands without a name, since nobody knew it, and the people whose names it lacks. */
export interface Unnamed {
  ts: Ts;
  people: string[];
}

/** The announcements that stand without their author's name, and the notices without a liker's. */
export const standingUnnamed = (ledgers: readonly Ledger[]): Unnamed[] =>
  ledgers.flatMap((ledger) =>
    Object.keys(ledger.messages).flatMap((ts) => {
      const people = [...unannounced(ledger, ts), ...unnamedLikers(seriesOf(ledger, 'like', ts).past)];
      return people.length > 0 ? [{ ts, people }] : [];
    }),
  );

const unannounced = (ledger: Ledger, ts: Ts): string[] => {
  const author = ledger.messages[ts]?.author;
  if (!author) return [];
  const { past } = seriesOf(ledger, 'participation', ts);
  const isUnnamed = past.map(endedWith).findLast((says) => says !== undefined)?.unnamed === true;
  return isUnnamed && past[0]?.delivered ? [author] : [];
};
