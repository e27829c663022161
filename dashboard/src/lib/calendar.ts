import { calendarOf, mondayOf, plusMonths, plusWeeks, weeksOf } from '../../../src/events/week.ts';

// The bot's calendar in the page's milliseconds. Dates are given as the UTC midnight that begins them.
const DAY = 86_400_000;

/** The date of a week's Monday. */
export const mondayDate = (week: string): number => {
  const { year, month, day } = mondayOf(week);
  return Date.UTC(year, month - 1, day);
};

/** The date of a week's Sunday. */
export const sundayDate = (week: string): number => mondayDate(week) + 6 * DAY;

/** What the wall clock shows in a time zone at an instant, read as if it were UTC. */
export const wallClock = (instant: number, timeZone: string): number =>
  calendarOf(timeZone).wallClock(instant / 1000) * 1000;

const beginningOf = (week: string, timeZone: string): number => calendarOf(timeZone).beginningOf(week) * 1000;

/** The instant at which a week ends: Sunday 24:00 in the challenge's time zone. */
export const deadlineOf = (week: string, timeZone: string): number => beginningOf(plusWeeks(week, 1), timeZone);

/** The instant at which a month (`2024-08`) closes: when the first Monday of the month after it begins. */
export const closingOf = (month: string, timeZone: string): number =>
  beginningOf(weeksOf(plusMonths(month, 1))[0] ?? '', timeZone);

/** The last of the open weeks, while it is not over. */
export const runningWeek = (weeks: readonly { week: string }[], timeZone: string, now: number): string | undefined => {
  const last = weeks.at(-1)?.week;
  return last !== undefined && now < deadlineOf(last, timeZone) ? last : undefined;
};

/** The date at an instant in a time zone. */
export const dayAt = (instant: number, timeZone: string): number =>
  Math.floor(wallClock(instant, timeZone) / DAY) * DAY;

/** What is left of a week: nights until its Sunday ends (0 on the Sunday itself) and milliseconds; `over` from Sunday 24:00. */
export interface Remaining {
  over: boolean;
  days: number;
  milliseconds: number;
}

/** How much is left of a week at an instant. */
export const remainingOf = (week: string, timeZone: string, now: number): Remaining => {
  const milliseconds = deadlineOf(week, timeZone) - now;
  if (milliseconds <= 0) return { over: true, days: 0, milliseconds: 0 };
  return { over: false, days: Math.round((sundayDate(week) - dayAt(now, timeZone)) / DAY), milliseconds };
};

/** The instant of a Slack timestamp, in milliseconds; for showing, never for comparing. */
export const instantOf = (ts: string): number => Number(ts) * 1000;
