import { compareTs, type Ts, tsAt } from '../events/timestamp.ts';
import { type Calendar, type Month, monthOf, plusWeeks, type Week, weeksOf } from '../events/week.ts';
import type { Ledger } from './ledger.ts';

/** Until when one may write for a week that was extended, by week. */
export const extensionsIn = (ledgers: readonly Ledger[]): ReadonlyMap<Week, Ts> =>
  new Map(ledgers.flatMap(({ week, extended }) => (extended?.until ? [[week, extended.until] as const] : [])));

/** Whether something was written before the end of an extended week. */
export const isInTime = (ts: Ts, until: Ts | undefined): boolean => until !== undefined && compareTs(ts, until) <= 0;

/**
 * The week into which a month's last week was extended: the first of the next month, in which some replies are still this month's.
 * Undefined where it was not.
 */
export const weekBeyond = (month: Month, ledgers: readonly Ledger[], calendar: Calendar): Week | undefined => {
  const last = weeksOf(month).at(-1) as Week;
  const next = plusWeeks(last, 1);
  const until = ledgers.find(({ week }) => week === last)?.extended?.until;
  return until && compareTs(until, tsAt(calendar.beginningOf(next) * 1000)) >= 0 ? next : undefined;
};

/** The ledgers of a month itself, without that of the week into which it was extended. */
export const ownOf = (month: Month, ledgers: readonly Ledger[]): Ledger[] =>
  ledgers.filter(({ week }) => monthOf(week) === month);
