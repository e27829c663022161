import { challengersOf, finishersOf, specialOf } from '../../src/projections/challengers.ts';
import type {
  IndexSnapshot,
  MemberSnapshot,
  MemberWeek,
  MonthSnapshot,
  WeekSnapshot,
} from '../../src/projections/contract.ts';
import { runOf } from '../../src/projections/streak.ts';
import { DAY, makeSeason, type SampleOptions, type SampleSeason, SEOUL, stamp, type Week } from './sample-season.ts';

const BETWEEN = 3;

/** Snapshots by their address under `snapshots/`, as a challenge of that size would have them. Equal options give equal bytes. */
export const sampleSnapshots = (options: SampleOptions): Map<string, unknown> => {
  const season = makeSeason(options);
  const { channel } = season.challenge;
  const weeks = season.weeks.map((week) => weekSnapshot(season, week));
  const monthIds = [...new Set(season.weeks.map(({ month }) => month))];
  const months = monthIds.map((month) => monthSnapshot(season, month, month !== monthIds.at(-1)));
  const members = season.members.map((member) => memberSnapshot(season, member, months));
  return new Map<string, unknown>([
    ['challenges.json', { version: 1, challenges: [season.challenge] }],
    [`${channel}/index.json`, indexSnapshot(season, months)],
    ...weeks.map((week): [string, unknown] => [`${channel}/weeks/${week.week}.json`, week]),
    ...months.map((month): [string, unknown] => [`${channel}/months/${month.month}.json`, month]),
    ...members.map((member): [string, unknown] => [`${channel}/members/${member.id}.json`, member]),
    [`${channel}/members.json`, { version: 1, members: members.filter(({ id }) => !season.gone.has(id)).map(summary) }],
  ]);
};

const rowOf = (week: Week, author: string): MemberWeek | undefined => {
  const posts = week.posts.filter((candidate) => candidate.author === author);
  if (posts.length === 0) return undefined;
  return {
    posts: posts.length,
    likes: posts.reduce((sum, { likes }) => sum + likes, 0),
    late: posts.filter(({ late }) => late).length,
  };
};

const rowsOf = (season: SampleSeason, author: string): Record<string, MemberWeek> => {
  const known = tables.get(season) ?? tabulate(season);
  return known.get(author) ?? {};
};

const tables = new WeakMap<SampleSeason, Map<string, Record<string, MemberWeek>>>();

const tabulate = (season: SampleSeason): Map<string, Record<string, MemberWeek>> => {
  const table = new Map<string, Record<string, MemberWeek>>();
  for (const week of season.weeks) {
    const authors = Map.groupBy(week.posts, ({ author }) => author);
    for (const [author, posts] of authors) {
      const row = rowOf({ ...week, posts }, author);
      if (row) table.set(author, { ...table.get(author), [week.week]: row });
    }
  }
  tables.set(season, table);
  return table;
};

const weekSnapshot = (_: SampleSeason, { week, label, month, posts, rest }: Week): WeekSnapshot => {
  const participants = [...new Set(posts.map(({ author }) => author))].sort();
  return { version: 1, week, label, month, open: true, ...(rest ? { rest } : {}), participants, posts };
};

const totalOf = (rows: MemberWeek[]): { posts: number; likes: number } => ({
  posts: rows.reduce((sum, { posts }) => sum + posts, 0),
  likes: rows.reduce((sum, { likes }) => sum + likes, 0),
});

const monthSnapshot = (season: SampleSeason, month: string, closed: boolean): MonthSnapshot => {
  const open = season.weeks.filter((week) => week.month === month);
  const weeks = open.map(({ week }) => week);
  const counted = {
    weeks: open.filter(({ rest }) => !rest).map(({ week }) => week),
    excused: new Map(open.map(({ week, excused }) => [week, excused])),
  };
  const taking = season.members.flatMap(({ id }) => {
    const all = rowsOf(season, id);
    const mine = Object.fromEntries(weeks.flatMap((week) => (all[week] ? [[week, all[week]]] : [])));
    const rows = Object.values(mine);
    return rows.length === 0 ? [] : [{ id, ...totalOf(rows), weeks: mine }];
  });
  const challengers = challengersOf(counted, taking);
  const finishers = finishersOf(counted, taking);
  const special = specialOf(challengers);
  const members = taking.map((row) => ({ ...row, challenger: challengers.some(({ id }) => id === row.id) }));
  const live = {
    version: 1 as const,
    month,
    label: `${Number(month.slice(5))}월`,
    weeks,
    members,
    challengers,
    special,
    finishers,
  };
  return { ...live, closed: closed ? announced(live, stampAfter(season, weeks)) : null };
};

const stampAfter = (season: SampleSeason, weeks: string[]): string => {
  const last = season.weeks.find(({ week }) => week === weeks.at(-1));
  return stamp((last?.monday ?? 0) + 7 * DAY - SEOUL + 9.35 * 3_600_000, 1);
};

/** What was said on the day: in July two were level at the top, and likes came in afterwards. */
const announced = (
  live: Pick<MonthSnapshot, 'month' | 'challengers' | 'special'> & Required<Pick<MonthSnapshot, 'finishers'>>,
  at: string,
): MonthSnapshot['closed'] => {
  const { challengers, special, finishers } = live;
  const [first, second, ...rest] = challengers;
  if (!live.month.endsWith('-07') || !first || !second) return { at, challengers, special, finishers };
  const level = { ...first, likes: second.likes };
  return { at, challengers: [level, second, ...rest], special: [first.id, second.id].sort(), finishers };
};

const indexSnapshot = (season: SampleSeason, months: MonthSnapshot[]): IndexSnapshot => {
  const weeks = season.weeks.map((week) => ({
    week: week.week,
    label: week.label,
    month: week.month,
    open: true as const,
    openedAt: week.openedAt,
    posts: week.posts.length,
    participants: new Set(week.posts.map(({ author }) => author)).size,
    likes: week.posts.reduce((sum, { likes }) => sum + likes, 0),
    late: week.posts.filter(({ late }) => late).length,
    ...(week.rest ? { rest: true as const } : {}),
  }));
  const writers = new Set(season.weeks.flatMap(({ posts }) => posts.map(({ author }) => author)));
  return {
    version: 1,
    challenge: season.challenge,
    streak: { between: BETWEEN },
    asOf: season.weeks.at(-1)?.posts.at(-1)?.ts ?? season.weeks.at(-1)?.openedAt ?? null,
    weeks,
    months: months.map((month) => ({
      month: month.month,
      label: month.label,
      weeks: month.weeks,
      closed: month.closed !== null,
      challengers: (month.closed ?? month).challengers.length,
      special: (month.closed ?? month).special,
    })),
    totals: {
      members: season.members.length - season.gone.size,
      participants: writers.size,
      posts: weeks.reduce((sum, { posts }) => sum + posts, 0),
      likes: weeks.reduce((sum, { likes }) => sum + likes, 0),
    },
  };
};

const memberSnapshot = (
  season: SampleSeason,
  { id, name }: { id: string; name: string },
  months: MonthSnapshot[],
): MemberSnapshot => {
  const weeks = rowsOf(season, id);
  const { current, longest, rests } = runOf(
    season.weeks.map(({ week, rest, excused }) => ({
      week,
      written: weeks[week] !== undefined,
      rests: rest,
      excused: excused.has(id),
    })),
    BETWEEN,
  );
  const byMonth = months.flatMap(({ month, members }) => {
    const mine = members.find((member) => member.id === id);
    if (!mine) return [];
    const { posts, likes, challenger } = mine;
    return [[month, { weeks: Object.keys(mine.weeks).length, posts, likes, challenger }] as const];
  });
  return {
    version: 1,
    id,
    name,
    weeks,
    months: Object.fromEntries(byMonth),
    totals: { weeks: Object.keys(weeks).length, ...totalOf(Object.values(weeks)) },
    streak: { current, longest },
    rests,
  };
};

const summary = ({ id, name, totals }: MemberSnapshot) => ({ id, name, ...totals });
