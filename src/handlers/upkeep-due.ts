import type { Calendar } from '../events/week.ts';

/** The periodic maintenance, each at its local time: every day, or on one weekday (0 is Monday). */
export const UPKEEP = {
  /** Compares the log with Slack, when few write. */
  reconcile: { hour: 4, minute: 30 },
  /** Seals weeks: last week has been quiet for 48 hours on Wednesday at the earliest. */
  seal: { hour: 5, minute: 0, weekday: 2 },
  /** Counts old traces, and takes them away. */
  traces: { hour: 5, minute: 30 },
} as const satisfies Record<string, { hour: number; minute: number; weekday?: number }>;

export type Upkeep = keyof typeof UPKEEP;

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6];

/** What maintenance falls due after `since` and until `until` (both in seconds, less than a week apart), and when. */
export const upkeepDue = (calendar: Calendar, since: number, until: number): { tick: Upkeep; at: number }[] =>
  (Object.keys(UPKEEP) as Upkeep[]).flatMap((tick) => {
    const { hour, minute, weekday }: { hour: number; minute: number; weekday?: number } = UPKEEP[tick];
    const weeks = new Set([calendar.weekAt(since), calendar.weekAt(until)]);
    return [...weeks]
      .flatMap((week) =>
        (weekday === undefined ? WEEKDAYS : [weekday]).map((day) => calendar.instant(week, day, hour, minute)),
      )
      .filter((at) => since < at && at <= until)
      .map((at) => ({ tick, at }));
  });

/** For how long what does not concern a challenge leaves a trace of its own, in seconds. After that it is one of a day's count. */
export const TRACES_LAST_SECONDS = 30 * 86_400;
