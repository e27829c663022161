import type { MonthSnapshot } from '../../../src/projections/contract.ts';

/** How many weeks in a row a member has written, up to now. */
export interface Streak {
  id: string;
  weeks: number;
  /** Wrote in the latest week; who has not may still, so that week breaks nothing. */
  written: boolean;
  /** Reaches back to the first of the weeks that were looked at, and perhaps further. */
  longer: boolean;
}

/** The streaks of two weeks and more, longest first; `weeks` are all open weeks, of which the months tell the last. */
export const streaksOf = (
  weeks: readonly { week: string; month: string }[],
  months: readonly MonthSnapshot[],
): Streak[] => {
  const looked = weeks
    .filter(({ month }) => months.some((snapshot) => snapshot.month === month))
    .map(({ week }) => week);
  const written = weeksByMember(months);
  return [...written]
    .map(([id, mine]) => streakOf(id, mine, looked, looked.length < weeks.length))
    .filter((streak) => streak.weeks >= 2)
    .sort((a, b) => b.weeks - a.weeks || (a.id < b.id ? -1 : 1));
};

const weeksByMember = (months: readonly MonthSnapshot[]): Map<string, Set<string>> => {
  const written = new Map<string, Set<string>>();
  for (const { id, weeks } of months.flatMap(({ members }) => members)) {
    written.set(id, new Set([...(written.get(id) ?? []), ...Object.keys(weeks)]));
  }
  return written;
};

const streakOf = (id: string, mine: ReadonlySet<string>, looked: readonly string[], more: boolean): Streak => {
  const written = mine.has(looked.at(-1) ?? '');
  const past = written ? looked : looked.slice(0, -1);
  const gap = past.findLastIndex((week) => !mine.has(week));
  const weeks = past.length - 1 - gap;
  return { id, weeks, written, longer: more && gap < 0 };
};
