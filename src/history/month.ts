import { canonical } from '../events/codec.ts';
import { Conflict, Corrupt } from '../events/errors.ts';
import { isObject } from '../events/json.ts';
import { tryAgain, untilNoConflict } from '../events/try-again.ts';
import { calendarOf, type Month, type Week } from '../events/week.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import { weekBeyond } from '../projections/extension.ts';
import { LEDGER_VERSION, type Ledger } from '../projections/ledger.ts';
import { type MonthView, viewMonth } from '../projections/month-view.ts';
import type { Bucket, Stored } from '../store/bucket.ts';
import { documentIn, isDocument, readDocument, writeDocument } from '../store/documents.ts';
import { etagOf, getReadable } from '../store/object.ts';
import { foldWeek } from './fold-week.ts';

/** The ports for reading the history. None of them can write to Slack. */
export interface Storage {
  log: Bucket;
  state: Bucket;
  /** Lets others have a turn. */
  yieldTurn?: () => Promise<void>;
}

/** Whether what differs is stored, or only named. `renew` stores it too, and believes nothing that is stored: it may be older than the log. */
export type Task = 'rebuild' | 'renew' | 'verify';

/** A derived object that is not what the log says it must be, or a log object that cannot be trusted. */
export interface Difference {
  key: string;
  problem: 'missing' | 'differs' | 'damaged' | 'unexpected';
  detail?: string;
  /** Both sides, as digests. */
  compared?: string;
}

/** What a walk through the history, or a part of it, found. */
export interface Findings {
  events: number;
  weeks: number;
  written: string[];
  differences: Difference[];
}

/** One month of a challenge: the weeks of it that have events. */
export interface MonthTask {
  task: Task;
  challenge: Challenge;
  month: Month;
  weeks: Week[];
}

/** Of a month's view, what the season needs. */
type SeasonPart = Omit<MonthView, 'weekSnapshots' | 'rows'>;

/** What became of a month: what the season needs of it, and the keys of what is derived from it alone. */
export interface MonthDone {
  view: SeasonPart;
  keys: string[];
  report: Findings;
}

/** A derived document as the log has it, and as it is stored. */
export interface Derived {
  key: string;
  value: unknown;
  /** Computed without any damaged event. */
  sound: boolean;
  /** What is stored. The ETag is that from *before* what the value is computed from was read: then a write cannot undo newer work. */
  stored: { bytes: Uint8Array; etag: string | undefined } | undefined;
}

/** A report of nothing yet. */
export const noFindings = (): Findings => ({ events: 0, weeks: 0, written: [], differences: [] });

/** Folds a month again and stores, or compares, all that is derived from it alone: its ledgers, its weeks' snapshots, its own, and its private rows. */
export const doMonth = async (task: MonthTask, storage: Storage): Promise<MonthDone> => {
  const { challenge, month, weeks } = task;
  const { channel } = challenge;
  const report = noFindings();
  const reading = task.task === 'verify' ? 'readOriginals' : 'readWeek';
  const documents = [
    ...weeks.map((week) => keys.ledger(channel, week)),
    ...weeks.map((week) => keys.week(channel, week)),
    keys.rows(channel, month),
  ];
  const last = keys.month(channel, month);
  const stored = new Map<string, Stored | undefined>();
  const lost = new Set<string>();
  for (const key of [...documents, last]) {
    const now = await storedNow(storage, key, report);
    if (now === 'unreadable') lost.add(key);
    else stored.set(key, now);
  }

  const ledgers: Ledger[] = [];
  let whole = true;
  const sound = new Map<string, boolean>();
  for (const week of weeks) {
    const last = task.task === 'renew' ? ledgerIn(stored.get(keys.ledger(channel, week)), week) : undefined;
    const { state, events, damage } = await foldWeek(challenge, week, storage, reading, last);
    sound.set(keys.ledger(channel, week), damage.length === 0);
    report.events += events;
    report.weeks += 1;
    report.differences.push(...damage);
    whole &&= damage.length === 0;
    ledgers.push(state);
  }
  const { weekSnapshots, rows, ...view } = viewMonth(challenge, month, [
    ...ledgers,
    ...(await beyond(task, ledgers, storage)),
  ]);
  const values: unknown[] = [...ledgers, ...weekSnapshots, rows];
  const settle = async (key: string, value: unknown): Promise<void> => {
    if (lost.has(key)) return;
    await settleDocument(
      task,
      { key, value, sound: sound.get(key) ?? whole, stored: stored.get(key) },
      storage,
      report,
    );
  };
  await Promise.all(documents.map((key, position) => settle(key, values[position])));
  await settle(last, view.snapshot);
  return { view, keys: [...documents, last], report };
};

/** A stored ledger, if it is one of that week by today's rules. */
const ledgerIn = (stored: Stored | undefined, week: Week): Ledger | undefined => {
  const value = stored && (documentIn(stored.bytes) as Ledger | undefined);
  return value?.version === LEDGER_VERSION && value.week === week ? value : undefined;
};

/** The ledger of the week into which a month was extended, if it was: some replies in it are this month's. */
const beyond = async (
  { challenge, month, task }: MonthTask,
  ledgers: readonly Ledger[],
  storage: Storage,
): Promise<Ledger[]> => {
  const week = weekBeyond(month, ledgers, calendarOf(challenge.timeZone));
  if (!week) return [];
  // What is damaged in it is named by its own month.
  return [(await foldWeek(challenge, week, storage, task === 'verify' ? 'readOriginals' : 'readWeek')).state];
};

/** A derived object as it is stored. One that cannot be read can be neither compared nor replaced, so it is named, and that is all. */
export const storedNow = async (
  { state }: Pick<Storage, 'state'>,
  key: string,
  { differences }: Findings,
): Promise<Stored | 'unreadable' | undefined> => {
  try {
    return await getReadable(state, key);
  } catch (error) {
    if (!(error instanceof Corrupt)) throw error;
    differences.push({ key, problem: 'differs', detail: error.message });
    return 'unreadable';
  }
};

/** Stores a document that differs, or names it, as the task is. */
export const settleDocument = async (
  { task, challenge }: Pick<MonthTask, 'task' | 'challenge'>,
  derived: Derived,
  storage: Storage,
  report: Findings,
): Promise<void> => {
  const { key, value, sound, stored } = derived;
  const body = Buffer.from(canonical(value));
  const same = stored !== undefined && body.equals(stored.bytes);
  if (same) return;
  if (task === 'verify') {
    // What was computed without a damaged event proves nothing about what was stored with it.
    const compared = `${stored ? etagOf(stored.bytes) : ''} ${etagOf(body)}`;
    if (stored === undefined) report.differences.push({ key, problem: 'missing', compared });
    else if (sound) report.differences.push({ key, problem: 'differs', compared });
    return;
  }
  // What was made with an event that is damaged by now knows more.
  if (!sound && task === 'rebuild' && stored && isDocument(stored.bytes)) return;
  const writing = writeDocument(storage.state, key, body, stored?.etag).then(() => true);
  const written = await (isLedger(value) ? writing.catch(yieldTo(challenge, value.week, storage)) : writing);
  if (written) report.written.push(key);
};

const isLedger = (value: unknown): value is Ledger => isObject(value) && 'messages' in value;

/** When a worker has written a ledger meanwhile: folds that week again, which takes less time than the worker's next batch. */
const yieldTo =
  (challenge: Challenge, week: Week, storage: Storage) =>
  async (error: unknown): Promise<boolean> => {
    if (!(error instanceof Conflict)) throw error;
    return (await remakeLedger(challenge, week, storage)).written.length > 0;
  };

// A busy server publishes twice a second: it takes some tries to come in between on a slow disk.
export const MAX_CONFLICTS = 20;

/** Folds one week again and stores its ledger if it differs. One that was made with an event that is damaged by now is kept: it knows more. */
export const remakeLedger = async (challenge: Challenge, week: Week, storage: Storage): Promise<Findings> => {
  const key = keys.ledger(challenge.channel, week);
  const remake = async (): Promise<Findings> => {
    const { etag, value, bytes } = await readDocument(storage.state, key);
    const { state, events, damage } = await foldWeek(challenge, week, storage, 'readWeek');
    const body = Buffer.from(canonical(state));
    const keeps = (bytes !== undefined && body.equals(bytes)) || (value !== undefined && damage.length > 0);
    if (!keeps) await writeDocument(storage.state, key, body, etag);
    return { events, differences: damage, weeks: 1, written: keeps ? [] : [key] };
  };
  return await tryAgain(remake, untilNoConflict(MAX_CONFLICTS));
};
