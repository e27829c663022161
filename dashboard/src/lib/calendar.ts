const DAY = 86_400_000;

/** The Monday of an ISO week (`2024-W32`), as the UTC midnight of its date. */
export const mondayOf = (week: string): number => {
  const [year, number] = week.split('-W').map(Number);
  const fourth = Date.UTC(year ?? Number.NaN, 0, 4); // 4 January is always in week 1 (ISO 8601).
  const weekday = (new Date(fourth).getUTCDay() + 6) % 7;
  return fourth + ((number ?? Number.NaN) - 1) * 7 * DAY - weekday * DAY;
};

/** The Sunday of an ISO week, as the UTC midnight of its date. */
export const sundayOf = (week: string): number => mondayOf(week) + 6 * DAY;

/** A week's month (of its Monday) and its number in it, both from 1. */
export const placeOf = (week: string): { year: number; month: number; number: number } => {
  const monday = new Date(mondayOf(week));
  const number = Math.floor((monday.getUTCDate() - 1) / 7) + 1;
  return { year: monday.getUTCFullYear(), month: monday.getUTCMonth() + 1, number };
};

const clocks = new Map<string, Intl.DateTimeFormat>();

const clockOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = clocks.get(timeZone);
  if (known) return known;
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
  const clock = new Intl.DateTimeFormat('en-US', { ...parts, second: '2-digit', hourCycle: 'h23', timeZone });
  clocks.set(timeZone, clock);
  return clock;
};

// Korea's clocks have not been changed since 1988. Where that is known, `Intl` is not asked: see dates.ts.
const NINE_HOURS = 9 * 3_600_000;
const SINCE = Date.UTC(1989, 0, 1);

/** What the wall clock shows in a time zone at an instant, read as if it were UTC (milliseconds). */
export const wallClock = (instant: number, timeZone: string): number => {
  if (timeZone === 'Asia/Seoul' && instant >= SINCE) return Math.floor((instant + NINE_HOURS) / 1000) * 1000;
  const part = new Map(
    clockOf(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const read = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? 0;
  return Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'));
};

/**
 * The instant at which a day begins in a time zone. Where the clocks jump over midnight the day begins after the jump; where
 * they show midnight twice it begins at the first.
 */
export const beginningOf = (day: number, timeZone: string): number => {
  const candidates = [-DAY, DAY].map((away) => day - (wallClock(day + away, timeZone) - (day + away)));
  const midnights = candidates.filter((instant) => wallClock(instant, timeZone) === day);
  return midnights.length > 0 ? Math.min(...midnights) : Math.max(...candidates);
};

/** The instant at which a week ends: Sunday 24:00 in the challenge's time zone. */
export const deadlineOf = (week: string, timeZone: string): number => beginningOf(mondayOf(week) + 7 * DAY, timeZone);

/** The instant at which a month (`2024-08`) closes: when the first Monday of the month after it begins. */
export const closingOf = (month: string, timeZone: string): number => {
  const [year = Number.NaN, number = Number.NaN] = month.split('-').map(Number);
  const first = Date.UTC(year, number, 1);
  const untilMonday = (8 - new Date(first).getUTCDay()) % 7;
  return beginningOf(first + untilMonday * DAY, timeZone);
};

/** The date at an instant in a time zone, as the UTC midnight of that date. */
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
  return { over: false, days: Math.round((sundayOf(week) - dayAt(now, timeZone)) / DAY), milliseconds };
};

/** The instant of a Slack timestamp, in milliseconds; for showing, never for comparing. */
export const instantOf = (ts: string): number => Number(ts) * 1000;
