import type { MonthSnapshot } from '../../../src/projections/contract.ts';

/** The season as it stood after a week. */
export interface Frame {
  week: string;
  /** Who took part in that week. */
  participants: string[];
  /** Likes and weeks taken part in so far, of everybody who has taken part. */
  standings: { id: string; likes: number; weeks: number }[];
  /** Posts and likes so far, of all together. */
  posts: number;
  likes: number;
}

/** One frame for each week, from the months' tables. */
export const framesOf = (weeks: readonly string[], months: readonly MonthSnapshot[]): Frame[] => {
  const rows = rowsByWeek(months);
  const totals = new Map<string, { likes: number; weeks: number }>();
  let posts = 0;
  let likes = 0;
  return weeks.map((week) => {
    const here = rows.get(week) ?? [];
    for (const row of here) {
      const sum = totals.get(row.id) ?? { likes: 0, weeks: 0 };
      totals.set(row.id, { likes: sum.likes + row.likes, weeks: sum.weeks + 1 });
      posts += row.posts;
      likes += row.likes;
    }
    const standings = [...totals].map(([id, sum]) => ({ id, ...sum }));
    return { week, participants: here.map(({ id }) => id), standings, posts, likes };
  });
};

const rowsByWeek = (months: readonly MonthSnapshot[]): Map<string, { id: string; posts: number; likes: number }[]> => {
  const rows = new Map<string, { id: string; posts: number; likes: number }[]>();
  for (const { id, weeks } of months.flatMap(({ members }) => members)) {
    for (const [week, { posts, likes }] of Object.entries(weeks)) {
      const here = rows.get(week) ?? [];
      here.push({ id, posts, likes });
      rows.set(week, here);
    }
  }
  return rows;
};
