import { Conflict, Corrupt } from '../events/errors.ts';
import { tryAgain, untilNoConflict } from '../events/try-again.ts';
import { type Month, weeksOf } from '../events/week.ts';
import { LEDGER_VERSION, type Ledger } from '../projections/ledger.ts';
import type { Document, Documents } from '../store/documents.ts';
import { keys } from './keys.ts';

/** Two workers that meet in the worst order have needed nine. */
const MAX_TRIES = 12;

/** Tries again from the start when somebody else has written meanwhile. */
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
 * A ledger that is there and cannot be read must not pass for one that is not there: the month's counts would be short. Nor may one be
 * read that was folded by other rules: see withCurrentLedgers.
 */
export const mustBeWhole = (ledgers: readonly Document<Ledger>[]): void => {
  const damaged = ledgers.find(({ value, etag }) => etag !== undefined && value?.version !== LEDGER_VERSION);
  if (!damaged) return;
  const what = damaged.value ? `of version ${String(damaged.value.version)}, expected ${LEDGER_VERSION}` : 'damaged';
  throw new Corrupt(`${damaged.key}: the ledger is ${what}; "til rebuild" makes it anew`);
};

/** The documents of the month's ledgers, in order of weeks; of those that do not exist too. */
export const loadSources = (documents: Documents, channel: string, month: Month): Promise<Document<Ledger>[]> =>
  loadAll<Ledger>(
    documents,
    weeksOf(month).map((week) => keys.ledger(channel, week)),
  );

/** Whether a ledger exists. */
export const isStored = (document: Document<Ledger>): document is StoredLedger => document.value !== undefined;

/** Makes sure that the ledgers are still those that were loaded, also those that were not there. */
export const mustBeUnchanged = async (documents: Documents, ledgers: readonly Document<Ledger>[]): Promise<void> => {
  const unchanged = await Promise.all(ledgers.map(documents.unchanged));
  const changed = ledgers[unchanged.indexOf(false)];
  if (changed) throw new Conflict(`${changed.key}: changed while the snapshots were computed`);
};
