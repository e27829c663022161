import type { MemberWeek } from '../../../src/projections/contract.ts';

/** What a member did in a week: wrote in time, wrote late, did not write, or still has time to. */
export type Mark = 'done' | 'late' | 'missed' | 'waiting';

/** The mark of a row; a week with one post in time is done, whatever else came late. */
export const markOf = (row: Pick<MemberWeek, 'posts' | 'late'> | undefined, over: boolean): Mark => {
  if (row === undefined || row.posts === 0) return over ? 'missed' : 'waiting';
  return row.late >= row.posts ? 'late' : 'done';
};
