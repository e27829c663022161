import { type Ts, tsAt } from '../events/timestamp.ts';
import { type Calendar, calendarOf, type Month, monthOf, plusMonths, type Week, weeksOf } from '../events/week.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { weeklyPostsOf } from '../projections/participation.ts';
import { type Effect, effectId, isFinal, isUnclear } from './effect.ts';

/** The id of a week's weekly post. */
export const weekOpenId = (week: Week) => effectId('week.open', week);

/** The weekly post of a week that has none yet, whoever asks for it and however often. `due` is when it should have been said. */
export const openWeek = (challenge: Challenge, week: Week, ledger: Ledger | undefined, due: Ts): Effect | undefined => {
  const id = weekOpenId(week);
  const record = ledger?.effects[id];
  if (isFinal(record)) return undefined;
  const isOpen = ledger !== undefined && weeklyPostsOf([ledger], rulesOf(challenge)).has(week);
  if (isOpen && !isUnclear(record)) return undefined;
  return { kind: 'week.open', id, week, due, opens: week, ...(isOpen ? { withdrawn: true as const } : {}) };
};

/** What the schedule asks for at an instant. */
export interface Due {
  tick: 'week.open' | 'month.result';
  /** When it was to be done, in seconds. */
  at: number;
  week?: Week;
  month?: Month;
}

const timeOf = (text: string): [number, number] => [Number(text.slice(0, 2)), Number(text.slice(3))];

/**
 * What is to be done by `now` (seconds) as far as it still makes sense: last month's result within this month, this week's post within
 * this week; in this order. Asking again does no harm: what is done already is found done.
 */
export const dueAt = (challenge: Challenge, calendar: Calendar, now: number): Due[] => {
  const week = calendar.weekAt(now);
  const month = plusMonths(monthOf(week), -1);
  const resultAt = resultDueAt(challenge, month);
  const openAt = calendar.instant(week, 0, ...timeOf(challenge.schedule.weekOpen));
  const due: Due[] = [];
  if (now >= resultAt) due.push({ tick: 'month.result', at: resultAt, month });
  if (now >= openAt) due.push({ tick: 'week.open', at: openAt, week });
  return due;
};

/** The first month whose result is not due yet: those before it are over, whether they are frozen already or not. */
export const firstOpenMonth = (challenge: Challenge, now: number): Month => {
  const calendar = calendarOf(challenge.timeZone);
  const isDue = dueAt(challenge, calendar, now).some(({ tick }) => tick === 'month.result');
  return plusMonths(monthOf(calendar.weekAt(now)), isDue ? 0 : -1);
};

/** When a month's result is due, in seconds: on the first Monday of the next. */
export const resultDueAt = ({ schedule, timeZone }: Challenge, month: Month): number => {
  const [first] = weeksOf(plusMonths(month, 1)) as [Week];
  return calendarOf(timeZone).instant(first, 0, ...timeOf(schedule.monthResult));
};

/** A Slack timestamp for a scheduled instant. */
export const dueTs = (seconds: number): Ts => tsAt(seconds * 1000);

/** When a week's weekly post is due. */
export const openingOf = ({ schedule, timeZone }: Challenge, week: Week): Ts =>
  dueTs(calendarOf(timeZone).instant(week, 0, ...timeOf(schedule.weekOpen)));
