import { secondsOf, type Ts } from '../events/timestamp.ts';
import { calendarOf, plusWeeks, type Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';

/** When people are told what concerns them alone: days after Monday, and the challenge's local time. */
const TIMES = {
  monday: [0, 10, 0],
  wednesday: [2, 12, 0],
  saturday: [5, 10, 0],
  sunday: [6, 18, 0],
} as const satisfies Record<string, readonly [days: number, hour: number, minute: number]>;

export type SlotName = keyof typeof TIMES;

/** One such moment. */
export interface Slot {
  name: SlotName;
  week: Week;
  /** In seconds since 1970. */
  at: number;
}

/** The names of a week's slots, in their order. */
export const SLOT_NAMES = Object.keys(TIMES) as SlotName[];

/** Monday's messages come after the weekly post, and not together with it. */
const AFTER_WEEKLY_POST_SECONDS = 30 * 60;

/** A week's slot. Monday's waits for the weekly post: `openedAt` is its ts, where it has been posted. */
export const slotOf = ({ timeZone }: Challenge, week: Week, name: SlotName, openedAt?: Ts): Slot => {
  const [days, hour, minute] = TIMES[name];
  const at = calendarOf(timeZone).instant(week, days, hour, minute);
  const earliest = name === 'monday' && openedAt ? secondsOf(openedAt) + AFTER_WEEKLY_POST_SECONDS : at;
  return { name, week, at: Math.max(at, earliest) };
};

const [FIRST_HOUR, END_HOUR] = [9, 21];
const [HOUR_SECONDS, DAY_SECONDS] = [3600, 86_400];

/** Whether it is an hour, in a time zone, at which one may write to a person: from 09:00 to before 21:00. */
export const isDaytime = (timeZone: string, at: number): boolean => {
  const hour = secondOfDay(timeZone, at) / HOUR_SECONDS;
  return hour >= FIRST_HOUR && hour < END_HOUR;
};

const secondOfDay = (timeZone: string, at: number): number => calendarOf(timeZone).wallClock(at) % DAY_SECONDS;

/**
 * When somebody in a time zone is told what is due at a slot, in seconds: then, or in the first daytime after it; undefined when the week
 * is over by then.
 */
export const momentFor = (
  challenge: Challenge,
  { at, week }: Pick<Slot, 'at' | 'week'>,
  timeZone: string,
): number | undefined => {
  const moment = isDaytime(timeZone, at) ? at : nextMorning(timeZone, at);
  return moment < calendarOf(challenge.timeZone).beginningOf(plusWeeks(week, 1)) ? moment : undefined;
};

/**
 * When what was due to somebody at their moment (`due`) of a week may be said, if it is `now`: now, or in the first daytime after; all in
 * seconds. Undefined when that is too late: `hours` after the moment, or the week is over.
 */
export const sayableAt = (
  challenge: Challenge,
  { week, due, hours, timeZone }: { week: Week; due: number; hours: number; timeZone: string },
  now: number,
): number | undefined => {
  const at = momentFor(challenge, { at: Math.max(now, due), week }, timeZone);
  return at !== undefined && at - due <= hours * HOUR_SECONDS ? at : undefined;
};

const nextMorning = (timeZone: string, at: number): number => {
  const { wallClock } = calendarOf(timeZone);
  const now = wallClock(at);
  const midnight = now - (now % DAY_SECONDS);
  const isLate = now - midnight >= END_HOUR * HOUR_SECONDS;
  const morning = midnight + (isLate ? DAY_SECONDS : 0) + FIRST_HOUR * HOUR_SECONDS;
  const guess = at + morning - now;
  // The clocks may be changed in that night.
  return guess + morning - wallClock(guess);
};
