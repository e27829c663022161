import { calendarOf, type Month, weeksOf } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { MonthSnapshot } from '../projections/contract.ts';
import { emptyLedger, type Ledger } from '../projections/ledger.ts';
import { viewMonth } from '../projections/month-view.ts';
import type { Bucket } from '../store/bucket.ts';
import { openLog } from '../store/log.ts';
import { foldSafely } from './worker.ts';

/** The ledgers of a month, folded from the log alone. */
export const ledgersFromLog = async (
  { channel, timeZone }: Challenge,
  month: Month,
  log: Bucket,
): Promise<Ledger[]> => {
  const opened = openLog(log);
  const weeks = new Set(await opened.weeks(channel));
  const ledgers: Ledger[] = [];
  for (const week of weeksOf(month).filter((each) => weeks.has(each))) {
    const events = await opened.readWeek(channel, week, calendarOf(timeZone));
    ledgers.push(foldSafely(emptyLedger(channel, week), events).state);
  }
  return ledgers;
};

/** A month as the log tells it, with the names of its people; nothing is written. */
export const monthAsLogged = async (
  challenge: Challenge,
  month: Month,
  log: Bucket,
): Promise<{ view: MonthSnapshot; names: Map<string, string> }> => {
  const { snapshot, roster } = viewMonth(challenge, month, await ledgersFromLog(challenge, month, log));
  return { view: snapshot, names: namesOf(roster) };
};

const namesOf = (roster: Record<string, { name?: { value: string } }>): Map<string, string> =>
  new Map(Object.entries(roster).flatMap(([id, { name }]) => (name ? [[id, name.value] as const] : [])));
