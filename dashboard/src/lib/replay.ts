import type { MonthSnapshot } from '../../../src/projections/contract.ts';

/** The season as it stood after a week. */
export interface Frame {
  week: string;
  /** Who took part in that week. */
  participants: string[];
  /** Posts and likes so far, of all together. */
  posts: number;
  likes: number;
  /** Likes and weeks taken part in so far, of everybody who has taken part; worked out anew when asked. */
  standings(): Standing[];
}

/** What somebody has come to. */
export interface Standing {
  id: string;
  likes: number;
  weeks: number;
}

interface Row {
  id: string;
  posts: number;
  likes: number;
}

/** One frame for each week, from the months' tables. */
export const framesOf = (weeks: readonly string[], months: readonly MonthSnapshot[]): Frame[] => {
  const rows = rowsByWeek(months);
  const played = weeks.map((week) => rows.get(week) ?? []);
  let posts = 0;
  let likes = 0;
  return weeks.map((week, place) => {
    const here = played[place] ?? [];
    for (const row of here) {
      posts += row.posts;
      likes += row.likes;
    }
    const participants = here.map(({ id }) => id);
    return { week, participants, posts, likes, standings: () => standingsOf(played.slice(0, place + 1)) };
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

const rowsByWeek = (months: readonly MonthSnapshot[]): Map<string, Row[]> => {
  const rows = new Map<string, Row[]>();
  for (const { id, weeks } of months.flatMap(({ members }) => members)) {
    for (const [week, { posts, likes }] of Object.entries(weeks)) {
      const here = rows.get(week) ?? [];
      here.push({ id, posts, likes });
      rows.set(week, here);
    }
  }
  return rows;
};
