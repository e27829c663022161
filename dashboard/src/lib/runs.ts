import type { MemberSnapshot, MembersSnapshot, MonthSnapshot } from '../../../src/projections/contract.ts';
import { type Mark, markOf, restOf } from './mark.ts';

/** Somebody's run up to now. */
export interface CurrentRun {
  id: string;
  /** How many weeks of it were written. */
  weeks: number;
  /** What they did in the latest week. */
  mark: Mark;
}

/** What is said in one place of people's runs at most: each is one more snapshot to fetch. */
export const MOST_RUNS = 40;
const SHORTEST = 2;

/** Those who took part in these months, who have written most first: nobody's run is longer than that. At most `MOST_RUNS`. */
export const mayHaveRuns = (months: readonly MonthSnapshot[], members: MembersSnapshot['members']): string[] => {
  const wrote = new Set(months.flatMap((month) => month.members.map(({ id }) => id)));
  return members
    .filter(({ id, weeks }) => wrote.has(id) && weeks >= SHORTEST)
    .sort((a, b) => b.weeks - a.weeks || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_RUNS)
    .map(({ id }) => id);
};

/** The runs as the bot counts them; `over` says whether the latest week is. */
export const currentRuns = (
  members: readonly Pick<MemberSnapshot, 'id' | 'weeks' | 'streak' | 'rests'>[],
  latest: { week: string; rest?: true },
  over: boolean,
): CurrentRun[] => {
  const resting = new Set(latest.rest ? [latest.week] : []);
  return longestFirst(
    members.map(({ id, weeks, streak, rests }) => ({
      id,
      weeks: streak.current,
      mark: markOf(weeks[latest.week], over, restOf(latest.week, resting, rests)),
    })),
  );
};

/** The runs that are worth telling, longest first. */
export const longestFirst = (runs: readonly CurrentRun[]): CurrentRun[] =>
  runs.filter(({ weeks }) => weeks >= SHORTEST).sort((a, b) => b.weeks - a.weeks || (a.id < b.id ? -1 : 1));
