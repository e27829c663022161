import { setTimeout as wait } from 'node:timers/promises';
import { canonical } from '../events/codec.ts';
import { tryAgain, untilNoConflict } from '../events/try-again.ts';
import { type Month, monthOf, type Week } from '../events/week.ts';
import { withCurrentLedgers } from '../pipeline/current-ledgers.ts';
import { keys } from '../pipeline/keys.ts';
import { publishMonth } from '../pipeline/publish.ts';
import type { Challenge } from '../projections/challenge.ts';
import { membersOf } from '../projections/people.ts';
import { buildSeason, summaryOf } from '../projections/season.ts';
import { type Bucket, listAll } from '../store/bucket.ts';
import { openDocuments, readDocument } from '../store/documents.ts';
import { openLog } from '../store/log.ts';
import { corruptOf } from '../store/object.ts';
import { mapOrdered } from '../store/together.ts';
import {
  type Difference,
  type Findings,
  MAX_CONFLICTS,
  noFindings,
  remakeLedger,
  type Storage,
  settleDocument,
  storedNow,
  type Task,
} from './month.ts';
import { inProcess, type WorkerPool } from './pool.ts';

/** The ports for rebuilding and verifying. None of them can write to Slack. */
export interface HistoryPorts extends Storage {
  /** Told after each month: how many weeks are done, of how many, and how many events so far. */
  progress?: (done: number, total: number, events: number) => void;
  /** Waits before another try. */
  pause?: () => Promise<void>;
  /** Who does the months of a history of so many; by default this process alone. */
  pool?: (months: number) => WorkerPool | undefined;
}

/**
 * Works through a challenge's history, a month at a time (so memory does not grow with it), and at the end through what spans the months.
 * Damaged log objects are named and left out.
 */
const walk = async (task: Task, challenge: Challenge, ports: HistoryPorts): Promise<[Findings, Set<string>]> => {
  const { channel } = challenge;
  const before = task !== 'verify' ? await spanningEtags(ports.state, channel) : undefined;
  const weeks = await openLog(ports.log, challenge).weeks();
  const months = [...byMonth(weeks)];
  const season = buildSeason(challenge);
  const expected = new Set<string>();
  const pool = ports.pool?.(months.length) ?? inProcess(ports);
  let done = 0;
  let events = 0;
  const reports = await mapOrdered(months, pool.size, async ([month, ofMonth]) => {
    const { view, keys, report } = await pool.do({ task, challenge, month, weeks: ofMonth });
    season.add(view);
    for (const key of keys) expected.add(key);
    ports.progress?.((done += report.weeks), weeks.length, (events += report.events));
    return report;
  }).finally(() => pool.close());

  const report = noFindings();
  for (const part of reports) add(report, part);
  const sound = report.differences.every(({ problem }) => problem !== 'damaged');
  const { season: whole, members } = season.finish();
  const settle = async (key: string, value: unknown): Promise<void> => {
    expected.add(key);
    const now = await storedNow(ports, key, report);
    if (now === 'unreadable') return;
    const stored = now && { bytes: now.bytes, etag: before?.get(key) };
    await settleDocument({ task, challenge }, { key, value, sound, stored }, ports, report);
  };
  await mapOrdered([...members], AT_ONCE, ([id, snapshot]) => settle(keys.member(channel, id), snapshot));
  await settle(keys.members(channel), membersOf(challenge, whole.people));
  await settle(keys.index(channel), whole.index);
  await settle(keys.people(channel), whole.people);
  return [report, expected];
};

const AT_ONCE = 16;

/** The ETags of what spans the months, as it is before anything is computed: see Derived. */
const spanningEtags = async (state: Bucket, channel: string): Promise<Map<string, string>> => {
  const etags = new Map<string, string>();
  for (const key of [keys.members(channel), keys.index(channel), keys.people(channel)]) {
    const stored = await storedNow({ state }, key, noFindings());
    if (stored && stored !== 'unreadable') etags.set(key, stored.etag);
  }
  for await (const entry of listAll(state, `snapshots/${channel}/members/`)) {
    try {
      etags.set(entry.key, entry.etag);
    } catch (error) {
      if (!corruptOf(error, entry.key)) throw error; // It is named when its turn comes.
    }
  }
  return etags;
};

const byMonth = (weeks: readonly Week[]): Map<Month, Week[]> => {
  const months = new Map<Month, Week[]>();
  for (const week of weeks) months.set(monthOf(week), [...(months.get(monthOf(week)) ?? []), week]);
  return months;
};

const add = (sum: Findings, { events, weeks, written, differences }: Findings): void => {
  sum.events += events;
  sum.weeks += weeks;
  sum.written.push(...written);
  sum.differences.push(...differences);
};

const pause = (): Promise<void> => wait(50 + Math.random() * 450); // By chance, so as not to keep step with the server.

/**
 * Folds all of a challenge's history again and stores what differs. May run beside a worker: an object that the worker has written
 * meanwhile is not overwritten. A ledger is then folded again by itself; for the rest all is computed again.
 */
export const rebuild = (challenge: Challenge, ports: HistoryPorts): Promise<Findings> =>
  store('rebuild', challenge, ports);

/** Like `rebuild`, where what is stored may be torn, or older than the log: nothing of it is kept for its own sake. */
export const renew = (challenge: Challenge, ports: HistoryPorts): Promise<Findings> => store('renew', challenge, ports);

const store = async (task: 'rebuild' | 'renew', challenge: Challenge, ports: HistoryPorts): Promise<Findings> => {
  const walked = tryAgain(() => walk(task, challenge, ports), untilNoConflict(MAX_CONFLICTS, ports.pause ?? pause));
  return (await walked)[0];
};

/** Folds one week again, stores its ledger if it differs, and brings its month's snapshots up to date. */
export const rebuildWeek = async (challenge: Challenge, week: Week, ports: HistoryPorts): Promise<Findings> => {
  const report = await remakeLedger(challenge, week, ports);
  const documents = withCurrentLedgers(openDocuments(ports.state), ports.log, [challenge]);
  await publishMonth(documents, challenge, monthOf(week));
  return report;
};

/** Folds all of a challenge's history again and names every stored object that differs from the result in any byte. Writes nothing. */
export const verify = async (challenge: Challenge, ports: HistoryPorts): Promise<Findings> => {
  const [report, expected] = await walk('verify', challenge, ports);
  // Something may stem from an event that is damaged by now: only a sound log says what must not be there.
  if (report.differences.some(({ problem }) => problem === 'damaged')) return report;
  for (const prefix of derivedPrefixes(challenge.channel)) {
    for await (const { key } of listAll(ports.state, prefix))
      if (!expected.has(key)) report.differences.push({ key, problem: 'unexpected' });
  }
  return report;
};

const derivedPrefixes = (channel: string): string[] => [
  `ledgers/${channel}/`,
  `snapshots/${channel}/`,
  `tables/${channel}/`,
];

/** Compares the list of challenges. */
export const verifyChallenges = async (challenges: readonly Challenge[], state: Bucket): Promise<Difference[]> => {
  const stored = await readDocument(state, keys.challenges);
  const expected = Buffer.from(canonical({ version: 1, challenges: challenges.map(summaryOf) }));
  if (stored.bytes && expected.equals(stored.bytes)) return [];
  const problem = stored.bytes === undefined ? 'missing' : 'differs';
  return [{ key: keys.challenges, problem, compared: stored.etag ?? '' }];
};
