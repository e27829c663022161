import type { Week } from '../events/week.ts';
import type { MonthMember } from './contract.ts';

type Row = Omit<MonthMember, 'challenger'>;

/** The weeks of a month that count: open, and not of rest. And by week, for whom not having written is no miss. */
export interface CountedWeeks {
  weeks: readonly Week[];
  excused: ReadonlyMap<Week, ReadonlySet<string>>;
}

const written = ({ weeks }: Row, counted: CountedWeeks): Week[] =>
  counted.weeks.filter((week) => Object.hasOwn(weeks, week));

const missed = ({ id, weeks }: Row, counted: CountedWeeks): Week[] =>
  counted.weeks.filter((week) => !Object.hasOwn(weeks, week) && !counted.excused.get(week)?.has(id));

const isChallenger = (row: Row, counted: CountedWeeks): boolean =>
  written(row, counted).length > 0 && missed(row, counted).length === 0;

/** By likes descending, then id. */
const ranked = (rows: readonly Row[]): { id: string; likes: number }[] =>
  rows
    .map(({ id, likes }) => ({ id, likes }))
    .sort((left, right) => right.likes - left.likes || (left.id < right.id ? -1 : 1));

/** Those who wrote, and missed no week that counts. Nobody while there is no such week. By likes descending, then id. */
export const challengersOf = (counted: CountedWeeks, members: readonly Row[]) =>
  ranked(members.filter((row) => isChallenger(row, counted)));

/** The weeks that a finisher wrote, at least: after one of two weeks there is not much to finish. */
const FINISHER_WEEKS = 2;

/** The second tier: those who wrote in two weeks that count, or more, and missed just one. By likes descending, then id. */
export const finishersOf = (counted: CountedWeeks, members: readonly Row[]) =>
  ranked(members.filter((row) => written(row, counted).length >= FINISHER_WEEKS && missed(row, counted).length === 1));

/** Those of the challengers who have the most likes: several when they tie. By id. */
export const specialOf = (challengers: readonly { id: string; likes: number }[]): string[] => {
  const most = Math.max(...challengers.map(({ likes }) => likes));
  return challengers
    .filter(({ likes }) => likes === most)
    .map(({ id }) => id)
    .sort();
};
