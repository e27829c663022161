import type { MonthMember } from './contract.ts';

/** Those who took part in every open week, by likes descending, then id. Nobody while no week was open. */
export const challengersOf = (openWeeks: readonly string[], members: readonly Omit<MonthMember, 'challenger'>[]) =>
  openWeeks.length === 0
    ? []
    : members
        .filter(({ weeks }) => openWeeks.every((week) => Object.hasOwn(weeks, week)))
        .map(({ id, likes }) => ({ id, likes }))
        .sort((left, right) => right.likes - left.likes || (left.id < right.id ? -1 : 1));

/** Those of the challengers who have the most likes: several when they tie. By id. */
export const specialOf = (challengers: readonly { id: string; likes: number }[]): string[] => {
  const most = Math.max(...challengers.map(({ likes }) => likes));
  return challengers
    .filter(({ likes }) => likes === most)
    .map(({ id }) => id)
    .sort();
};
