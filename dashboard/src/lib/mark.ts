import type { MemberWeek } from '../../../src/projections/contract.ts';

/** Why a week without a post ends nothing: a run keeps it, or the week rests for all. */
export type Rest = 'kept' | 'rest';

/** What a member did in a week: wrote in time, wrote late, rested while nothing ended, did not write, or still has time to. */
export type Mark = 'done' | 'late' | Rest | 'missed' | 'waiting';

/** The weeks that rest for all. */
export const restWeeks = (weeks: readonly { week: string; rest?: true }[]): ReadonlySet<string> =>
  new Set(weeks.filter(({ rest }) => rest).map(({ week }) => week));

/** Why somebody's week without a post ends nothing, if it is so. */
export const restOf = (
  week: string,
  resting: ReadonlySet<string>,
  rests: Readonly<Record<string, Rest>> | undefined,
): Rest | undefined => (resting.has(week) ? 'rest' : rests?.[week]);

/** The mark of a row; a week with one post in time is done, whatever else came late. */
export const markOf = (row: Pick<MemberWeek, 'posts' | 'late'> | undefined, over: boolean, rest?: Rest): Mark => {
  if (row === undefined || row.posts === 0) return rest ?? (over ? 'missed' : 'waiting');
  return row.late >= row.posts ? 'late' : 'done';
};
