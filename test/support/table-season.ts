import type { Event } from '../../src/events/catalog.ts';
import { compareTs, type Ts, tsAt } from '../../src/events/timestamp.ts';
import { calendarOf, plusWeeks, type Week } from '../../src/events/week.ts';
import { CHANNEL, like, reply, weeklyPost } from './events.ts';

const calendar = calendarOf('Asia/Seoul');

/** An instant of a week by Seoul's clocks: days after Monday, `HH:MM`. */
export const inWeek = (week: Week, days: number, time: string): Ts =>
  tsAt(calendar.instant(week, days, Number(time.slice(0, 2)), Number(time.slice(3))) * 1000);

/** The weeks from one on. */
export const weeksFrom = (first: Week, count: number): Week[] =>
  Array.from({ length: count }, (_, position) => plusWeeks(first, position));

/** When a letter of a table says that somebody wrote: on Tuesday evening, on Sunday evening. */
const TIMES: Record<string, readonly [days: number, time: string]> = { w: [1, '20:00'], l: [6, '20:00'] };

/** A season as a table: by user, a letter a week; any other letter than `w` and `l` is no post. */
export interface TableSeason {
  first: Week;
  rows: Record<string, string>;
}

/** The ts of somebody's post in a week, if their row has one. No two are the same. */
export const postTs = ({ first, rows }: TableSeason, user: string, week: Week): Ts | undefined => {
  const position = weeksFrom(first, rows[user]?.length ?? 0).indexOf(week);
  const [days, time] = TIMES[rows[user]?.[position] ?? ''] ?? [];
  if (days === undefined || time === undefined) return undefined;
  const number = Object.keys(rows).indexOf(user) + 1;
  return `${inWeek(week, days, time).split('.')[0]}.${String(number).padStart(6, '0')}`;
};

/** The weeks of a table. */
export const weeksOfTable = ({ first, rows }: TableSeason): Week[] =>
  weeksFrom(first, Math.max(...Object.values(rows).map(({ length }) => length)));

/** All posts of a table, in order. */
export const postsOf = (season: TableSeason): { ts: Ts; user: string; week: Week }[] =>
  weeksOfTable(season)
    .flatMap((week) =>
      Object.keys(season.rows).flatMap((user) => {
        const ts = postTs(season, user, week);
        return ts ? [{ ts, user, week }] : [];
      }),
    )
    .sort((left, right) => compareTs(left.ts, right.ts));

/** The weekly posts and the posts of a table. */
export const eventsOfTable = (season: TableSeason): Event[] => [
  ...weeksOfTable(season).map((week) => weeklyPost(inWeek(week, 0, '09:30'), week)),
  ...postsOf(season).map(({ ts, user, week }) =>
    reply(ts, { author: { user }, thread: inWeek(week, 0, '09:30'), links: [`https://velog.io/@${user}/${ts}`] }),
  ),
];

/** Somebody likes every post of others that was written between two instants, an hour after each. */
export const likesAll = (season: TableSeason, reader: string, from: Ts, until = '9999999999.000000'): Event[] =>
  postsOf(season)
    .filter(({ ts, user }) => user !== reader && compareTs(ts, from) >= 0 && compareTs(ts, until) < 0)
    .map(({ ts }) => like(reader, tsAt((Number(ts.split('.')[0]) + 3600) * 1000), { item: ts }));

export const joined = (user: string, at: Ts): Event => ({ v: 1, kind: 'member.joined', channel: CHANNEL, at, user });

/** The events in order, as a walk takes them. */
export const ordered = (...events: (Event | readonly Event[])[]): Event[] =>
  (events.flat() as Event[]).sort((left, right) => compareTs(left.at, right.at) || (left.kind < right.kind ? -1 : 1));
