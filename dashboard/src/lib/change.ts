import type { MonthSnapshot } from '../../../src/projections/contract.ts';

/** What is different now from what was announced, for one member. */
export interface Change {
  id: string;
  kind: 'joined' | 'left' | 'likes' | 'special' | 'unspecial';
  before: number;
  after: number;
}

/** What changed in a month after its result was announced; nothing while it runs. */
export const changesOf = (month: MonthSnapshot): Change[] => {
  if (month.closed === null) return [];
  const announced = new Map(month.closed.challengers.map(({ id, likes }) => [id, likes]));
  const live = new Map(month.challengers.map(({ id, likes }) => [id, likes]));
  const ids = [...new Set([...announced.keys(), ...live.keys()])].sort();
  const challengers = ids.flatMap((id) => challengerChange(id, announced.get(id), live.get(id)));
  return [...challengers, ...specialChanges(month.closed.special, month.special, announced, live)];
};

const challengerChange = (id: string, before: number | undefined, after: number | undefined): Change[] => {
  if (before === after) return [];
  if (before === undefined) return [{ id, kind: 'joined', before: 0, after: after ?? 0 }];
  if (after === undefined) return [{ id, kind: 'left', before, after: 0 }];
  return [{ id, kind: 'likes', before, after }];
};

const specialChanges = (
  announced: readonly string[],
  live: readonly string[],
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Change[] => {
  const likes = (id: string) => ({ id, before: before.get(id) ?? 0, after: after.get(id) ?? 0 });
  const gained = live.filter((id) => !announced.includes(id));
  const lost = announced.filter((id) => !live.includes(id));
  return [
    ...gained.map((id): Change => ({ kind: 'special', ...likes(id) })),
    ...lost.map((id): Change => ({ kind: 'unspecial', ...likes(id) })),
  ];
};
