import type { ChallengeSummary, PostRow } from '../../src/projections/contract.ts';
import { hostileLinks, hostileNames, sampleLink, sampleName } from './sample-names.ts';

/** Milliseconds of a day. */
export const DAY = 86_400_000;
/** How far the clocks of Seoul are ahead of UTC, in milliseconds. */
export const SEOUL = 9 * 3_600_000;

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

/** A week and what was posted in it. */
export interface Week {
  week: string;
  label: string;
  month: string;
  monday: number;
  openedAt: string;
  posts: PostRow[];
  /** Korea's harvest holiday. */
  rest: boolean;
  /** Who need not write in it. */
  excused: Set<string>;
}

/** A made-up challenge, before anything is counted. */
export interface SampleSeason {
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

/** Makes up members, weeks and posts; equal options give equal seasons. */
export const makeSeason = (options: SampleOptions): SampleSeason => {
  const { channel = 'C0TILCHAN1', name = 'TIL', hostile = false } = options;
  const chance = dice(options.members * 1009 + options.weeks);
  const members = Array.from({ length: options.members }, (_, place) => ({
    id: `U${String(place + 1).padStart(6, '0')}`,
    name: (hostile ? hostileNames[place] : undefined) ?? sampleName(place),
  }));
  const monday = Date.parse(`${options.from ?? '2024-07-01'}T00:00:00Z`);
  const season: SampleSeason = {
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
    rest: monday === CHUSEOK,
    excused: new Set(monday === EXCUSED.monday ? [EXCUSED.id] : []),
  };
};

/** The Monday of the week of rest. */
const CHUSEOK = Date.parse('2024-09-16T00:00:00Z');
/** Who did not write in one week, and why is nobody's business. */
const EXCUSED = { id: 'U000003', monday: Date.parse('2024-08-19T00:00:00Z') };

/** A Slack timestamp. */
export const stamp = (instant: number, fraction: number): string =>
  `${Math.floor(instant / 1000)}.${String(fraction).padStart(6, '0')}`;

/** Member 0 never misses and member 1 neither, without a like; others have their own diligence, and a few never write. */
const diligence = (place: number): number => {
  if (place < 2) return 1;
  return place % 7 === 6 ? 0 : 0.35 + ((place * 37) % 60) / 100;
};

const fill = (season: SampleSeason, week: Week, place: number, hostile: boolean, chance: () => number): void => {
  const running = place === season.weeks.length - 1;
  season.members.forEach(({ id }, member) => {
    const [writes, roll, again] = [chance(), chance(), chance()];
    if (week.excused.has(id) || writes >= diligence(member) * (running ? 0.6 : week.rest && member > 1 ? 0.4 : 1))
      return;
    const late = !running && member > 1 && roll < 0.08;
    const at = week.monday - SEOUL + (late ? 7.1 : running ? 2.4 * roll + 0.45 : 6.5 * roll + 0.45) * DAY;
    week.posts.push(post(season, week, id, member, at, { late, place, hostile, roll }));
    if (again < 0.06)
      week.posts.push(post(season, week, id, member, at + 3_600_000, { late, place, hostile, roll: again }));
  });
  week.posts.sort((a, b) => (a.ts < b.ts ? -1 : 1));
};

const post = (
  { challenge }: SampleSeason,
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
