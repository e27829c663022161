import { Conflict, Corrupt } from '../events/errors.ts';
import { tryAgain, untilNoConflict } from '../events/try-again.ts';
import { calendarOf, type Month, weeksOf } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import { weekBeyond } from '../projections/extension.ts';
import { LEDGER_VERSION, type Ledger } from '../projections/ledger.ts';
import type { Document, Documents } from '../store/documents.ts';
import { keys } from './keys.ts';

/** Two workers that meet in the worst order have needed nine. */
const MAX_TRIES = 12;

/** Begins again when another process has written meanwhile. */
export const again = <T>(documents: Documents, work: () => Promise<T>): Promise<T> =>
  tryAgain(work, untilNoConflict(MAX_TRIES, documents.forget));

/** Loads documents side by side. */
export const loadAll = <T>(documents: Documents, all: readonly string[]): Promise<Document<T>[]> =>
  Promise.all(all.map((key) => documents.load<T>(key)));

/** A ledger that exists. */
export type StoredLedger = Document<Ledger> & { value: Ledger };

/** The month's ledgers that exist, in order of weeks. */
export const loadLedgers = async (documents: Documents, channel: string, month: Month): Promise<StoredLedger[]> => {
  return (await loadSources(documents, channel, month)).filter(isStored);
};

/**
 * Throws when a ledger exists and cannot be read: taken for a missing one, it would make the month's counts too small. A ledger of another
 * version is refused as well: see withCurrentLedgers.
 */
export const mustBeWhole = (ledgers: readonly Document<Ledger>[]): void => {
  const damaged = ledgers.find(({ value, etag }) => etag !== undefined && value?.version !== LEDGER_VERSION);
  if (!damaged) return;
  const what = damaged.value ? `of version ${String(damaged.value.version)}, expected ${LEDGER_VERSION}` : 'damaged';
  throw new Corrupt(`${damaged.key}: the ledger is ${what}; "til rebuild" makes it anew`);
};

/** What a month is read from: the documents of its ledgers, and of that of the week into which it was extended, if it was. */
export const loadMonth = async (
  documents: Documents,
  { channel, timeZone }: Challenge,
  month: Month,
): Promise<Document<Ledger>[]> => {
  const sources = await loadSources(documents, channel, month);
  const ledgers = sources.filter(isStored).map(({ value }) => value);
  const beyond = weekBeyond(month, ledgers, calendarOf(timeZone));
  return beyond ? [...sources, await documents.load<Ledger>(keys.ledger(channel, beyond))] : sources;
};

/** The documents of the month's ledgers in order of weeks, also for ledgers that do not exist. */
const loadSources = (documents: Documents, channel: string, month: Month): Promise<Document<Ledger>[]> =>
  loadAll<Ledger>(
    documents,
    weeksOf(month).map((week) => keys.ledger(channel, week)),
  );

/** Whether a ledger exists. */
export const isStored = (document: Document<Ledger>): document is StoredLedger => document.value !== undefined;

/** Makes sure that documents have not changed since they were loaded, and that missing ones are still missing. */
export const mustBeUnchanged = async (documents: Documents, loaded: readonly Document<unknown>[]): Promise<void> => {
  const unchanged = await Promise.all(loaded.map(documents.unchanged));
  const changed = loaded[unchanged.indexOf(false)];
  if (changed) throw new Conflict(`${changed.key}: changed while the snapshots were computed`);
};
