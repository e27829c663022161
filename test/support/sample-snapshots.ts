import type {
  ChallengeSummary,
  IndexSnapshot,
  MemberSnapshot,
  MemberWeek,
  MonthSnapshot,
  PostRow,
  WeekSnapshot,
} from '../../src/projections/contract.ts';
import { hostileLinks, hostileNames, sampleLink, sampleName } from './sample-names.ts';

const DAY = 86_400_000;
const SEOUL = 9 * 3_600_000;

/** What a made-up season is like. The last week is the running one; all months but its month are closed. */
export interface SampleOptions {
  members: number;
  weeks: number;
  /** The Monday of the first week, as a date. */
  from?: string;
  channel?: string;
  name?: string;
  hostile?: boolean;
}

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

interface Week {
  week: string;
  label: string;
  month: string;
  monday: number;
  openedAt: string;
  posts: PostRow[];
}

interface Season {
  challenge: ChallengeSummary;
  members: { id: string; name: string }[];
  gone: Set<string>;
  weeks: Week[];
}

/** Mulberry32: chance that repeats itself. */
const dice = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const makeSeason = (options: SampleOptions): Season => {
  const { channel = 'C0TILCHAN1', name = 'TIL', hostile = false } = options;
  const chance = dice(options.members * 1009 + options.weeks);
  const members = Array.from({ length: options.members }, (_, place) => ({
    id: `U${String(place + 1).padStart(6, '0')}`,
    name: (hostile ? hostileNames[place] : undefined) ?? sampleName(place),
  }));
  const monday = Date.parse(`${options.from ?? '2024-07-01'}T00:00:00Z`);
  const season: Season = {
    challenge: { channel, name, timeZone: 'Asia/Seoul', locale: 'ko' },
    members,
    gone: new Set(members.length > 5 ? [members[5]?.id ?? ''] : []),
    weeks: Array.from({ length: options.weeks }, (_, place) => emptyWeek(monday + place * 7 * DAY)),
  };
  for (const [place, week] of season.weeks.entries()) fill(season, week, place, hostile, chance);
  return season;
};

const emptyWeek = (monday: number): Week => {
  const date = new Date(monday);
  const thursday = new Date(monday + 3 * DAY); // An ISO week belongs to the year of its Thursday.
  const number = Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / (7 * DAY)) + 1;
  const month = date.getUTCMonth() + 1;
  return {
    week: `${thursday.getUTCFullYear()}-W${String(number).padStart(2, '0')}`,
    label: `TIL ${month}월 ${Math.floor((date.getUTCDate() - 1) / 7) + 1}주차`,
    month: date.toISOString().slice(0, 7),
    monday,
    openedAt: stamp(monday - SEOUL + 9.5 * 3_600_000, 0),
    posts: [],
  };
};

const stamp = (instant: number, fraction: number): string =>
  `${Math.floor(instant / 1000)}.${String(fraction).padStart(6, '0')}`;

/** Member 0 never misses and member 1 neither, without a like; others have their own diligence, and a few never write. */
const diligence = (place: number): number => {
  if (place < 2) return 1;
  return place % 7 === 6 ? 0 : 0.35 + ((place * 37) % 60) / 100;
};

const fill = (season: Season, week: Week, place: number, hostile: boolean, chance: () => number): void => {
  const running = place === season.weeks.length - 1;
  season.members.forEach(({ id }, member) => {
    const [writes, roll, again] = [chance(), chance(), chance()];
    if (writes >= diligence(member) * (running ? 0.6 : 1)) return;
    const late = !running && member > 1 && roll < 0.08;
    const at = week.monday - SEOUL + (late ? 7.1 : running ? 2.4 * roll + 0.45 : 6.5 * roll + 0.45) * DAY;
    week.posts.push(post(season, week, id, member, at, { late, place, hostile, roll }));
    if (again < 0.06)
      week.posts.push(post(season, week, id, member, at + 3_600_000, { late, place, hostile, roll: again }));
  });
  week.posts.sort((a, b) => (a.ts < b.ts ? -1 : 1));
};

const post = (
  { challenge }: Season,
  week: Week,
  author: string,
  member: number,
  at: number,
  { late, place, hostile, roll }: { late: boolean; place: number; hostile: boolean; roll: number },
): PostRow => {
  const ts = stamp(at, (member * 104 + place) % 1_000_000);
  const bad = hostile ? hostileLinks[(member + place) % (hostileLinks.length * 2)] : undefined;
  const permalink = bad?.url ?? `https://til.slack.com/archives/${challenge.channel}/p${ts.replace('.', '')}`;
  const likes = member === 1 ? 0 : Math.floor(roll * 9) + (member === 0 ? 4 : 0);
  const links = [bad ?? sampleLink(member, place + Number(week.month.slice(5)))];
  return { ts, author, links, likes, late, permalink };
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

const rowsOf = (season: Season, author: string): Record<string, MemberWeek> => {
  const known = tables.get(season) ?? tabulate(season);
  return known.get(author) ?? {};
};

const tables = new WeakMap<Season, Map<string, Record<string, MemberWeek>>>();

const tabulate = (season: Season): Map<string, Record<string, MemberWeek>> => {
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

const weekSnapshot = (_: Season, { week, label, month, posts }: Week): WeekSnapshot => {
  const participants = [...new Set(posts.map(({ author }) => author))].sort();
  return { version: 1, week, label, month, open: true, participants, posts };
};

const totalOf = (rows: MemberWeek[]): { posts: number; likes: number } => ({
  posts: rows.reduce((sum, { posts }) => sum + posts, 0),
  likes: rows.reduce((sum, { likes }) => sum + likes, 0),
});

const monthSnapshot = (season: Season, month: string, closed: boolean): MonthSnapshot => {
  const weeks = season.weeks.filter((week) => week.month === month).map(({ week }) => week);
  const members = season.members.flatMap(({ id }) => {
    const all = rowsOf(season, id);
    const mine = Object.fromEntries(weeks.flatMap((week) => (all[week] ? [[week, all[week]]] : [])));
    const rows = Object.values(mine);
    return rows.length === 0 ? [] : [{ id, ...totalOf(rows), weeks: mine, challenger: rows.length === weeks.length }];
  });
  const challengers = members
    .filter(({ challenger }) => challenger)
    .map(({ id, likes }) => ({ id, likes }))
    .sort((a, b) => b.likes - a.likes || (a.id < b.id ? -1 : 1));
  const special = challengers.filter(({ likes }) => likes === challengers[0]?.likes).map(({ id }) => id);
  const live = {
    version: 1 as const,
    month,
    label: `${Number(month.slice(5))}월`,
    weeks,
    members,
    challengers,
    special,
  };
  return { ...live, closed: closed ? announced(live, stampAfter(season, weeks)) : null };
};

const stampAfter = (season: Season, weeks: string[]): string => {
  const last = season.weeks.find(({ week }) => week === weeks.at(-1));
  return stamp((last?.monday ?? 0) + 7 * DAY - SEOUL + 9.35 * 3_600_000, 1);
};

/** What was said on the day: in July two were level at the top, and likes came in afterwards. */
const announced = (
  live: Pick<MonthSnapshot, 'month' | 'challengers' | 'special'>,
  at: string,
): MonthSnapshot['closed'] => {
  if (!live.month.endsWith('-07')) return { at, challengers: live.challengers, special: live.special };
  const [first, second, ...rest] = live.challengers;
  if (!first || !second) return { at, challengers: live.challengers, special: live.special };
  const level = second.likes;
  return { at, challengers: [{ ...first, likes: level }, second, ...rest], special: [first.id, second.id].sort() };
};

const indexSnapshot = (season: Season, months: MonthSnapshot[]): IndexSnapshot => {
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
  }));
  const writers = new Set(season.weeks.flatMap(({ posts }) => posts.map(({ author }) => author)));
  return {
    version: 1,
    challenge: season.challenge,
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

const streakOf = (season: Season, rows: Record<string, MemberWeek>): MemberSnapshot['streak'] => {
  let current = 0;
  let longest = 0;
  season.weeks.forEach(({ week }, place) => {
    const last = place === season.weeks.length - 1;
    if (rows[week] !== undefined) current += 1;
    else if (!last) current = 0;
    longest = Math.max(longest, current);
  });
  return { current, longest };
};

const memberSnapshot = (
  season: Season,
  { id, name }: { id: string; name: string },
  months: MonthSnapshot[],
): MemberSnapshot => {
  const weeks = rowsOf(season, id);
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
    streak: streakOf(season, weeks),
  };
};

const summary = ({ id, name, totals }: MemberSnapshot) => ({ id, name, ...totals });
