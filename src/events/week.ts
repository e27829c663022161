import { secondsOf, type Ts } from './timestamp.ts';
import { wallClockOf } from './wall-clock.ts';

/**
 * The only calendar, of the bot and of its page. A week is an ISO week (`2024-W32`, Monday to Sunday) in the challenge's time zone; it belongs to the month
 * of its Monday (`2024-08`) and its number there is (day of the Monday - 1) div 7 + 1.
 */
export type Week = string;
/** A calendar month, `2024-08`. */
export type Month = string;

/** The months' names in English, January first. */
export const MONTH_NAMES = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const DAY_SECONDS = 86_400;
const WEEK_FORM = /^(\d{4})-W(\d{2})$/;
const MONTH_FORM = /^(\d{4})-(0[1-9]|1[0-2])$/;

const dayNumber = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / 86_400_000;

const dateOf = (day: number): { year: number; month: number; day: number } => {
  const date = new Date(day * 86_400_000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
};

// 1970-01-01 was a Thursday, so day 4 is the first Monday.
const mondayBefore = (day: number): number => day - ((((day - 4) % 7) + 7) % 7);

const firstMonday = (year: number): number => mondayBefore(dayNumber(year, 1, 4));

const weekOfDay = (day: number): Week => {
  const monday = mondayBefore(day);
  const { year } = dateOf(monday + 3); // A week's year is its Thursday's.
  const number = (monday - firstMonday(year)) / 7 + 1;
  return `${year}-W${String(number).padStart(2, '0')}`;
};

/** Two hundred years of weeks: only invented dates go beyond. */
const MOST_KEPT = 10_000;

/** The same function with a cache. */
const keeping = <Key, Value>(work: (key: Key) => Value): ((key: Key) => Value) => {
  const kept = new Map<Key, Value>();
  return (key) => {
    let value = kept.get(key);
    if (value === undefined) {
      value = work(key);
      if (kept.size === MOST_KEPT) kept.clear();
      kept.set(key, value);
    }
    return value;
  };
};

const mondayNumber = keeping((week: Week): number => {
  const match = WEEK_FORM.exec(week);
  if (!match) throw new RangeError(`week: expected the form 2024-W32, got ${JSON.stringify(week)}`);
  return firstMonday(Number(match[1])) + (Number(match[2]) - 1) * 7;
});

/** Says whether a value names a week that exists (`2021-W53` does not). */
export const isWeek = (value: unknown): value is Week =>
  typeof value === 'string' && WEEK_FORM.test(value) && weekOfDay(mondayNumber(value)) === value;

/** Says whether a value names a month. */
export const isMonth = (value: unknown): value is Month => typeof value === 'string' && MONTH_FORM.test(value);

/** The date of a week's Monday. */
export const mondayOf = (week: Week): { year: number; month: number; day: number } => dateOf(mondayNumber(week));

/** The month a week belongs to. */
export const monthOf = keeping((week: Week): Month => {
  const { year, month } = mondayOf(week);
  return `${year}-${String(month).padStart(2, '0')}`;
});

/** The week's number within its month, from 1. */
export const numberOf = (week: Week): number => Math.floor((mondayOf(week).day - 1) / 7) + 1;

/** The week `count` weeks later (earlier when negative). */
export const plusWeeks = (week: Week, count: number): Week => weekOfDay(mondayNumber(week) + count * 7);

/** The weeks of a month, ascending: four or five. */
export const weeksOf: (month: Month) => readonly Week[] = keeping((month: Month) => {
  const match = MONTH_FORM.exec(month);
  if (!match) throw new RangeError(`month: expected the form 2024-08, got ${JSON.stringify(month)}`);
  const first = dayNumber(Number(match[1]), Number(match[2]), 1);
  let week = weekOfDay(first + 6);
  const weeks: Week[] = [];
  for (; monthOf(week) === month; week = plusWeeks(week, 1)) weeks.push(week);
  return weeks;
});

/** The month `count` months later (earlier when negative). */
export const plusMonths = (month: Month, count: number): Month => {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const index = year * 12 + number - 1 + count;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
};

/** All months from one to another, both included. */
export const monthsBetween = (first: Month, last: Month): Month[] => {
  const months: Month[] = [];
  for (let month = first; month <= last; month = plusMonths(month, 1)) months.push(month);
  return months;
};

/** The calendar of one time zone. Throws RangeError for a zone that does not exist. */
export interface Calendar {
  timeZone: string;
  /** The week of a Slack timestamp. */
  weekOf(ts: Ts): Week;
  /** The week of an instant in seconds since 1970. */
  weekAt(seconds: number): Week;
  /** The instant, in seconds since 1970, of a wall-clock time on a week's Monday plus `days`; a time that the clocks skip is moved by as much. */
  instant(week: Week, days: number, hour: number, minute: number): number;
  /** The first second of a week: where the clocks jump over midnight, the one after the jump; where they show it twice, the first. */
  beginningOf(week: Week): number;
  /** What the clocks show at an instant, in seconds, as if they showed UTC. */
  wallClock(seconds: number): number;
}

/** The date of an instant (in seconds) in a calendar's time zone: `2024-08-05`. */
export const dayAt = ({ wallClock }: Calendar, seconds: number): string =>
  new Date(wallClock(seconds) * 1000).toISOString().slice(0, 10);

/** What the week is at the start and at the end of a UTC day, and the second at which it turns. */
interface Turn {
  before: Week;
  after: Week;
  at: number;
}

const calendars = new Map<string, Calendar>();

/** The calendar of a time zone; made once, since it remembers each day it was asked about. */
export const calendarOf = (timeZone: string): Calendar => {
  let calendar = calendars.get(timeZone);
  if (!calendar) calendars.set(timeZone, (calendar = makeCalendar(timeZone)));
  return calendar;
};

const makeCalendar = (timeZone: string): Calendar => {
  const wallClock = wallClockOf(timeZone);
  const slowWeekAt = (seconds: number): Week => weekOfDay(Math.floor(wallClock(seconds) / DAY_SECONDS));
  const days = new Map<number, Turn>();

  const turnOf = (day: number): Turn => {
    let low = day * DAY_SECONDS;
    let high = low + DAY_SECONDS - 1;
    const before = slowWeekAt(low);
    const after = slowWeekAt(high);
    if (before === after) return { before, after, at: low };
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (slowWeekAt(middle) === before) low = middle;
      else high = middle;
    }
    return { before, after, at: high };
  };

  const keptTurnOf = (day: number): Turn => {
    let turn = days.get(day);
    if (!turn) days.set(day, (turn = turnOf(day)));
    return turn;
  };

  const weekAt = (seconds: number): Week => {
    const turn = keptTurnOf(Math.floor(seconds / DAY_SECONDS));
    return seconds < turn.at ? turn.before : turn.after;
  };

  /** East of Greenwich a week begins on UTC's Sunday, elsewhere on its Monday. */
  const beginningOf = (week: Week): number => {
    const monday = mondayNumber(week);
    const sunday = keptTurnOf(monday - 1);
    return sunday.after === week ? sunday.at : keptTurnOf(monday).at;
  };

  /** The instant of a wall clock's time, as if that were UTC; both in seconds. */
  const instantOf = keeping((wall: number): number => {
    // Two steps of guess and mend settle on the right side of any change of the offset.
    const guess = wall - (wallClock(wall) - wall);
    return guess - (wallClock(guess) - wall);
  });
  const instant = (week: Week, plusDays: number, hour: number, minute: number): number =>
    instantOf((mondayNumber(week) + plusDays) * DAY_SECONDS + hour * 3600 + minute * 60);

  return { timeZone, weekAt, weekOf: (ts) => weekAt(secondsOf(ts)), instant, beginningOf, wallClock };
};
