import { calendarOf, type Month, monthOf, plusMonths, type Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import { type Due, resultDueAt } from './open-week.ts';

/** What has to be known of a month: its open weeks, and whether it is frozen. */
export interface KnownMonth {
  month: Month;
  weeks: readonly Week[];
  closed: boolean;
}

/**
 * The results that are overdue by more than a month at an instant (seconds), the oldest first: months before the last one that had an open
 * week and are not frozen. The last month's is asked for by the schedule. Whoever asks must know that no event of theirs is still on
 * its way: at a start, or when all of Slack has been looked through.
 */
export const missedMonths = (challenge: Challenge, months: readonly KnownMonth[], now: number): Due[] => {
  const calendar = calendarOf(challenge.timeZone);
  const last = plusMonths(monthOf(calendar.weekAt(now)), -1);
  return months
    .filter(({ month, weeks, closed }) => month < last && weeks.length > 0 && !closed)
    .map(({ month }) => month)
    .sort()
    .map((month) => ({ tick: 'month.result', at: resultDueAt(challenge, month), month }));
};
