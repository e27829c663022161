import { challengersOf, finishersOf, specialOf } from '../../../src/projections/challengers.ts';
import type { MemberWeek, MonthSnapshot } from '../../../src/projections/contract.ts';
import { runOf } from '../../../src/projections/streak.ts';
import { type Excuses, type OpenWeek, seasonOf } from './excuses.ts';
import { markOf, restOf, restWeeks } from './mark.ts';
import { type MonthResult, resultOf } from './result.ts';
import { type CurrentRun, longestFirst } from './runs.ts';

/** The season as it stood after a week. What costs more than adding up is worked out when asked. */
export interface Frame {
  week: string;
  /** Whether it was a week of rest. */
  rest: boolean;
  /** Who took part in that week. */
  participants: string[];
  /** Posts and likes so far, of all together. */
  posts: number;
  likes: number;
  /** Likes and weeks taken part in so far, of everybody who has taken part. */
  standings(): Standing[];
  /** The runs as they were when the week was over, longest first. */
  runs(): CurrentRun[];
  /** Its month: announced with its last week, before that as it stood. Undefined where there is no such month. */
  month(): MonthResult | undefined;
}

/** What somebody has come to. */
export interface Standing {
  id: string;
  likes: number;
  weeks: number;
}

/** What is replayed. */
export interface Played {
  /** All open weeks, ascending. */
  weeks: readonly OpenWeek[];
  months: readonly MonthSnapshot[];
  between: number | 'off';
  excuses: Excuses;
  /** The last week, while it is not over. */
  running?: string | undefined;
}

interface Row extends MemberWeek {
  id: string;
}

/** One frame for each week, from the months' tables. */
export const framesOf = (season: Played): Frame[] => {
  const rows = rowsByWeek(season.months);
  const played = season.weeks.map(({ week }) => rows.get(week) ?? []);
  let posts = 0;
  let likes = 0;
  return season.weeks.map(({ week, rest = false }, place) => {
    const here = played[place] ?? [];
    for (const row of here) {
      posts += row.posts;
      likes += row.likes;
    }
    const soFar = played.slice(0, place + 1);
    return {
      week,
      rest,
      participants: here.map(({ id }) => id),
      posts,
      likes,
      standings: () => standingsOf(soFar),
      runs: () => runsOf(season, soFar),
      month: () => monthOf(season, place),
    };
  });
};

const standingsOf = (played: readonly Row[][]): Standing[] => {
  const standings = new Map<string, Standing>();
  for (const { id, likes } of played.flat()) {
    const standing = standings.get(id) ?? { id, likes: 0, weeks: 0 };
    standing.likes += likes;
    standing.weeks += 1;
    standings.set(id, standing);
  }
  return [...standings.values()];
};

const runsOf = (season: Played, played: readonly Row[][]): CurrentRun[] => {
  // The next week has begun and nobody has written in it; the season's last has no next.
  const weeks = season.weeks.slice(0, played.length + 1);
  const here = season.weeks[played.length - 1] as OpenWeek;
  const resting = restWeeks([here]);
  const written = new Map<string, Map<string, Row>>();
  played.forEach((rows, place) => {
    const week = season.weeks[place]?.week ?? '';
    for (const row of rows) written.set(row.id, (written.get(row.id) ?? new Map()).set(week, row));
  });
  const runs = [...written].map(([id, mine]): CurrentRun => {
    const { current, rests } = runOf(
      seasonOf(id, weeks, (week) => mine.has(week), season.excuses),
      season.between,
    );
    const rest = restOf(here.week, resting, rests);
    return { id, weeks: current, mark: markOf(mine.get(here.week), here.week !== season.running, rest) };
  });
  return longestFirst(runs);
};

const monthOf = ({ weeks, months, excuses, running }: Played, place: number): MonthResult | undefined => {
  const here = weeks[place];
  const month = months.find((each) => each.month === here?.month);
  if (!month) return undefined;
  if (weeks[place + 1]?.month !== month.month) return resultOf(month, running);
  const soFar = weeks.slice(0, place + 1).filter((each) => each.month === month.month);
  const rows = month.members.map(({ id, weeks: written }) => {
    const mine = soFar.flatMap(({ week }) => (written[week] ? [[week, written[week]] as const] : []));
    const sum = (count: (row: MemberWeek) => number) => mine.reduce((total, [, row]) => total + count(row), 0);
    return { id, weeks: Object.fromEntries(mine), posts: sum(({ posts }) => posts), likes: sum(({ likes }) => likes) };
  });
  const counted = { weeks: soFar.filter(({ rest }) => !rest).map(({ week }) => week), excused: excuses };
  const challengers = challengersOf(counted, rows);
  const hasFinishers = (month.closed ?? month).finishers !== undefined;
  return {
    challengers,
    special: challengers.length > 0 ? specialOf(challengers) : [],
    finishers: hasFinishers ? finishersOf(counted, rows) : [],
    final: false,
  };
};

const rowsByWeek = (months: readonly MonthSnapshot[]): Map<string, Row[]> => {
  const rows = new Map<string, Row[]>();
  for (const { id, weeks } of months.flatMap(({ members }) => members)) {
    for (const [week, row] of Object.entries(weeks)) {
      const here = rows.get(week) ?? [];
      here.push({ id, ...row });
      rows.set(week, here);
    }
  }
  return rows;
};
