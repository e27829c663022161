import { setImmediate } from 'node:timers/promises';
import type { Event } from '../events/catalog.ts';
import { keyOf } from '../events/key.ts';
import { calendarOf, type Week } from '../events/week.ts';
import { foldSafely } from '../pipeline/fold-safely.ts';
import type { Challenge } from '../projections/challenge.ts';
import { emptyLedger, type Ledger, ledger } from '../projections/ledger.ts';
import { applyAll } from '../projections/projection.ts';
import type { Bucket } from '../store/bucket.ts';
import { openLog } from '../store/log.ts';

/** A week's ledger from the log alone, and what of the log could not be trusted. */
export interface FoldedWeek {
  state: Ledger;
  events: number;
  damage: { key: string; problem: 'damaged'; detail: string }[];
}

/** How a week is read: by its segment where it has one, or every object for itself, compared with the segments. */
export type Reading = 'readWeek' | 'readOriginals';

/** Folds a week from the log alone; facts that are damaged, or cannot be folded, are named and left out. */
export const foldWeek = async (
  { channel, timeZone }: Challenge,
  week: Week,
  { log: bucket, breathe = setImmediate }: { log: Bucket; breathe?: () => Promise<unknown> },
  reading: Reading,
): Promise<FoldedWeek> => {
  const calendar = calendarOf(timeZone);
  const damage: FoldedWeek['damage'] = [];
  const damaged = (key: string, detail: string) => damage.push({ key, problem: 'damaged', detail });
  await breathe();
  const log = openLog(breathing(bucket, breathe));
  const events = await log[reading](channel, week, calendar, ({ message }) =>
    damaged(message.split(':')[0] as string, message),
  );
  const { state, poisoned } = foldFresh(channel, week, events);
  for (const { event, reason } of poisoned) damaged(keyOf(event, calendar), reason);
  return { state, events: events.length, damage };
};

/** A ledger that nobody else holds is folded in place, which is twice as fast; whatever throws is found the slow way. */
export const foldFresh = (channel: string, week: Week, events: readonly Event[]): ReturnType<typeof foldSafely> => {
  const state = emptyLedger(channel, week);
  try {
    applyAll(ledger, state, events);
    return { state, poisoned: [] };
  } catch {
    return foldSafely(emptyLedger(channel, week), events);
  }
};

const READS_IN_A_BREATH = 50; // About two milliseconds from a folder in memory.

/** A folder is read without ever waiting; so the front door of the same process could not answer before all is read. */
const breathing = (bucket: Bucket, breathe: () => Promise<unknown>): Bucket => {
  let reads = 0;
  return {
    ...bucket,
    get: async (key) => {
      reads += 1;
      if (reads % READS_IN_A_BREATH === 0) await breathe();
      return bucket.get(key);
    },
  };
};
