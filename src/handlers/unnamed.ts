import type { Ts } from '../events/timestamp.ts';
import type { Ledger } from '../projections/ledger.ts';
import { endedWith, seriesOf } from './effect.ts';

/** The announcements that stand without their author's name, since nobody knew it. */
export const announcedUnnamed = (ledgers: readonly Ledger[]): { ts: Ts; author: string }[] =>
  ledgers.flatMap((ledger) =>
    Object.entries(ledger.messages).flatMap(([ts, { author }]) => {
      if (!author) return [];
      const { past } = seriesOf(ledger, 'participation', ts);
      const isUnnamed = past.map(endedWith).findLast((says) => says !== undefined)?.unnamed === true;
      return isUnnamed && past[0]?.delivered ? [{ ts, author }] : [];
    }),
  );
