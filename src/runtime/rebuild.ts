import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import type { Event } from '../events/catalog.ts';
import { canonical } from '../events/codec.ts';
import { Conflict } from '../events/errors.ts';
import { keyOf } from '../events/key.ts';
import { calendarOf, type Month, monthOf, type Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import { emptyLedger, type Ledger, ledger } from '../projections/ledger.ts';
import { viewMonth } from '../projections/month-view.ts';
import { applyAll } from '../projections/projection.ts';
import { buildSeason, membersOf, summaryOf } from '../projections/season.ts';
import { type Bucket, listAll } from '../store/bucket.ts';
import { openDocuments, readDocument, writeDocument } from '../store/documents.ts';
import { openLog } from '../store/log.ts';
import { keys, publishMonth } from './publish.ts';
import { foldSafely } from './worker.ts';

/** What rebuilding and verifying need. There is no way to speak among it. */
export interface HistoryPorts {
  log: Bucket;
  state: Bucket;
  /** Told after each week: how many are done, of how many, and how many facts so far. */
  progress?: (done: number, total: number, events: number) => void;
  /** Waits before another try. */
  pause?: () => Promise<void>;
  /** Lets others have a turn. */
  breathe?: () => Promise<void>;
}

/** A derived object that is not what the log says it must be, or a log object that cannot be trusted. */
export interface Difference {
  key: string;
  problem: 'missing' | 'differs' | 'damaged' | 'unexpected';
  detail?: string;
}

/** What a walk through the history found. */
export interface Report {
  events: number;
  weeks: number;
  written: string[];
  differences: Difference[];
}

const emptyReport = (): Report => ({ events: 0, weeks: 0, written: [], differences: [] });

/**
 * Every derived document of a challenge, computed from the log alone, a month at a time (so memory does not grow with the history).
 * Damaged log objects are reported and left out.
 */
async function* derive(
  challenge: Challenge,
  ports: HistoryPorts,
  report: Report,
  read: 'readWeek' | 'readOriginals' = 'readWeek',
): AsyncGenerator<[key: string, value: unknown, sound: boolean]> {
  const { channel } = challenge;
  const season = buildSeason(challenge);
  const log = breathing(ports.log, ports.breathe ?? breathe);
  const weeks = await openLog(log).weeks(channel);
  let sound = true;
  for (const [month, ofMonth] of byMonth(weeks)) {
    const ledgers: Ledger[] = [];
    for (const week of ofMonth) {
      const damage = report.differences.length;
      const { state, events } = await foldWeek(challenge, week, log, report, read);
      const whole = report.differences.length === damage;
      sound &&= whole;
      report.events += events;
      report.weeks += 1;
      ports.progress?.(report.weeks, weeks.length, report.events);
      ledgers.push(state);
      yield [keys.ledger(channel, week), state, whole];
    }
    const view = viewMonth(challenge, month, ledgers);
    season.add(view);
    for (const snapshot of view.weekSnapshots) yield [keys.week(channel, snapshot.week), snapshot, sound];
    yield [keys.month(channel, month), view.snapshot, sound];
  }
  const step = season.finish();
  for (const [id, snapshot] of step.members) yield [keys.member(channel, id), snapshot, sound];
  yield [keys.members(channel), membersOf(step.season.people), sound];
  yield [keys.index(channel), step.season.index, sound];
  yield [keys.people(channel), step.season.people, sound];
}

/** A week's ledger from the log alone; facts that are damaged, or cannot be folded, are reported and left out. */
const foldWeek = async (
  { channel, timeZone }: Challenge,
  week: Week,
  log: Bucket,
  { differences }: Report,
  read: 'readWeek' | 'readOriginals' = 'readWeek',
): Promise<{ state: Ledger; events: number }> => {
  const calendar = calendarOf(timeZone);
  const damaged = (key: string, detail: string) => differences.push({ key, problem: 'damaged', detail });
  const events = await openLog(log)[read](channel, week, calendar, ({ message }) =>
    damaged(message.split(':')[0] as string, message),
  );
  const { state, poisoned } = foldFresh(channel, week, events);
  for (const { event, reason } of poisoned) damaged(keyOf(event, calendar), reason);
  return { state, events: events.length };
};

/** A ledger that nobody else holds is folded in place, which is twice as fast; whatever throws is found the slow way. */
const foldFresh = (channel: string, week: Week, events: readonly Event[]): ReturnType<typeof foldSafely> => {
  const state = emptyLedger(channel, week);
  try {
    applyAll(ledger, state, events);
    return { state, poisoned: [] };
  } catch {
    return foldSafely(emptyLedger(channel, week), events);
  }
};

const byMonth = (weeks: readonly Week[]): Map<Month, Week[]> => {
  const months = new Map<Month, Week[]>();
  for (const week of weeks) months.set(monthOf(week), [...(months.get(monthOf(week)) ?? []), week]);
  return months;
};

const derivedPrefixes = (channel: string): string[] => [
  `ledgers/${channel}/`,
  `snapshots/${channel}/`,
  `tables/${channel}/`,
];

/** The ETags of all that is derived for a channel, as it is before anything is computed. */
const etagsOf = async (state: Bucket, channel: string): Promise<Map<string, string>> => {
  const etags = new Map<string, string>();
  for (const prefix of derivedPrefixes(channel))
    for await (const { key, etag } of listAll(state, prefix)) etags.set(key, etag);
  return etags;
};

const breathe = (): Promise<void> => setImmediate();

const READS_IN_A_BREATH = 50; // About two milliseconds from a folder in memory.

/** A folder is read without ever waiting; so the front door of the same process could not answer before all is read. */
const breathing = (bucket: Bucket, breathe: () => Promise<void>): Bucket => {
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

// A busy server publishes twice a second: it takes some tries to come in between on a slow disk.
const MAX_TRIES = 20;

const pause = (): Promise<void> => wait(50 + Math.random() * 450); // By chance, so as not to keep step with the server.

/**
 * Folds all of a challenge's history again and stores what differs. May run beside a worker: an object that the worker has written
 * meanwhile is not overwritten. A ledger is then folded again by itself; for the rest all is computed again.
 */
export const rebuild = async (challenge: Challenge, ports: HistoryPorts): Promise<Report> => {
  for (let attempt = 1; ; attempt++) {
    const report = emptyReport();
    const etags = await etagsOf(ports.state, challenge.channel);
    try {
      for await (const [key, value, sound] of derive(challenge, ports, report)) {
        if (!sound && etags.has(key) && (await readDocument(ports.state, key)).value !== undefined) continue;
        const body = canonical(value);
        const writing = store(ports.state, key, body, etags.get(key));
        if (await (isLedger(value) ? writing.catch(yieldTo(challenge, value.week, ports)) : writing))
          report.written.push(key);
      }
      return report;
    } catch (error) {
      if (!(error instanceof Conflict) || attempt === MAX_TRIES) throw error;
      await (ports.pause ?? pause)();
    }
  }
};

const isLedger = (value: unknown): value is Ledger =>
  typeof value === 'object' && value !== null && 'messages' in value;

/** When a worker has written a ledger meanwhile: folds that week again, which takes less time than the worker's next batch. */
const yieldTo =
  (challenge: Challenge, week: Week, ports: HistoryPorts) =>
  async (error: unknown): Promise<boolean> => {
    if (!(error instanceof Conflict)) throw error;
    return (await remakeLedger(challenge, week, ports)).written.length > 0;
  };

/** Folds one week again and stores its ledger if it differs. One that was made with a fact that is damaged by now is kept: it knows more. */
const remakeLedger = async (challenge: Challenge, week: Week, ports: HistoryPorts): Promise<Report> => {
  const key = keys.ledger(challenge.channel, week);
  for (let attempt = 1; ; attempt++) {
    const report = emptyReport();
    const { etag, value } = await readDocument(ports.state, key);
    const { state, events } = await foldWeek(challenge, week, ports.log, report);
    const keeps = value !== undefined && report.differences.length > 0;
    try {
      const written = !keeps && (await store(ports.state, key, canonical(state), etag));
      return { ...report, events, weeks: 1, written: written ? [key] : [] };
    } catch (error) {
      if (!(error instanceof Conflict) || attempt === MAX_TRIES) throw error;
    }
  }
};

/** Whether an object is exactly this text; undefined when there is none. Bytes are compared: parsing would take longer than folding. */
const holds = async (state: Bucket, key: string, body: string): Promise<boolean | undefined> => {
  const stored = await state.get(key);
  return stored && Buffer.compare(stored.bytes, Buffer.from(body)) === 0;
};

const store = async (state: Bucket, key: string, body: string, etag: string | undefined): Promise<boolean> => {
  if (etag !== undefined && (await holds(state, key, body))) return false;
  await writeDocument(state, key, body, etag);
  return true;
};

/** Folds one week again, stores its ledger if it differs, and brings its month's snapshots up to date. */
export const rebuildWeek = async (challenge: Challenge, week: Week, ports: HistoryPorts): Promise<Report> => {
  const report = await remakeLedger(challenge, week, ports);
  await publishMonth(openDocuments(ports.state), challenge, monthOf(week));
  return report;
};

/** Folds all of a challenge's history again and names every stored object that is not what it must be, byte for byte. Writes nothing. */
export const verify = async (challenge: Challenge, ports: HistoryPorts): Promise<Report> => {
  const report = emptyReport();
  const expected = new Set<string>();
  for await (const [key, value, sound] of derive(challenge, ports, report, 'readOriginals')) {
    expected.add(key);
    const same = await holds(ports.state, key, canonical(value));
    if (same === undefined) report.differences.push({ key, problem: 'missing' });
    // What was computed without a damaged fact proves nothing about what was stored with it.
    else if (sound && !same) report.differences.push({ key, problem: 'differs' });
  }
  // Something may stem from a fact that is damaged by now: only a sound log says what must not be there.
  if (report.differences.some(({ problem }) => problem === 'damaged')) return report;
  for (const prefix of derivedPrefixes(challenge.channel)) {
    for await (const { key } of listAll(ports.state, prefix))
      if (!expected.has(key)) report.differences.push({ key, problem: 'unexpected' });
  }
  return report;
};

/** Compares the list of challenges. */
export const verifyChallenges = async (challenges: readonly Challenge[], state: Bucket): Promise<Difference[]> => {
  const stored = await readDocument(state, keys.challenges);
  if (stored.text === canonical({ version: 1, challenges: challenges.map(summaryOf) })) return [];
  return [{ key: keys.challenges, problem: stored.text === undefined ? 'missing' : 'differs' }];
};
