import { setImmediate } from 'node:timers/promises';
import type { Event } from '../events/catalog.ts';
import type { Corrupt } from '../events/errors.ts';
import { keyOf, prefixOf } from '../events/key.ts';
import { calendarOf, type Week } from '../events/week.ts';
import { foldSafely } from '../pipeline/fold-safely.ts';
import type { Challenge } from '../projections/challenge.ts';
import { emptyLedger, type Ledger } from '../projections/ledger.ts';
import { ledger } from '../projections/ledger-fold.ts';
import { applyAll } from '../projections/projection.ts';
import type { Bucket } from '../store/bucket.ts';
import { openLog } from '../store/log.ts';
import { corruptOf } from '../store/object.ts';

/** A week's ledger from the log alone, and what of the log could not be trusted. */
export interface FoldedWeek {
  state: Ledger;
  events: number;
  damage: { key: string; problem: 'damaged'; detail: string }[];
}

/** How a week is read: by its segment where it has one, or every object for itself, compared with the segments. */
export type ReadMode = 'readWeek' | 'readOriginals';

/**
 * Folds a week from the log alone; events that are damaged, or cannot be folded, are named and left out. If there are any, and a ledger that
 * is `stored` is given, all others are folded into that: it may know of the damaged ones, and lack the latest.
 */
export const foldWeek = async (
  { channel, timeZone }: Challenge,
  week: Week,
  { log: bucket, yieldTurn = setImmediate }: { log: Bucket; yieldTurn?: () => Promise<unknown> },
  reading: ReadMode,
  stored?: Ledger,
): Promise<FoldedWeek> => {
  const calendar = calendarOf(timeZone);
  const damage: FoldedWeek['damage'] = [];
  const damaged = (key: string, detail: string) => damage.push({ key, problem: 'damaged', detail });
  await yieldTurn();
  const log = openLog(yielding(bucket, yieldTurn), { channel, timeZone });
  const name = ({ message }: Corrupt) => damaged(message.split(':')[0] as string, message);
  const events = await log[reading](week, name).catch((error: unknown) => {
    const corrupt = corruptOf(error, prefixOf(channel, week)); // Not even the names of its objects can be read.
    if (!corrupt) throw error;
    name(corrupt);
    return [];
  });
  const { state, poisoned } = foldFresh(channel, week, events);
  for (const { event, reason } of poisoned) damaged(keyOf(event, calendar), reason);
  const known = damage.length > 0 && stored ? foldSafely(stored, events).state : state;
  return { state: known, events: events.length, damage };
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

const READS_IN_A_TURN = 50; // About two milliseconds from a folder in memory.

/** Reading a folder never yields to the event loop, so the same process could not answer requests before all is read. */
const yielding = (bucket: Bucket, yieldTurn: () => Promise<unknown>): Bucket => {
  let reads = 0;
  return {
    ...bucket,
    get: async (key) => {
      reads += 1;
      if (reads % READS_IN_A_TURN === 0) await yieldTurn();
      return bucket.get(key);
    },
  };
};
