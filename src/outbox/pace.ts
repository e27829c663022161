import type { Clock } from '../setup/clock.ts';

const APART_MILLISECONDS = 1000;

/** Turns, a second apart. Each name has its own from when it is first asked for, and keeps it until it comes. */
export const createPace = (clock: Pick<Clock, 'elapsed'>) => {
  const turns = new Map<string, number>();
  let last = Number.NEGATIVE_INFINITY;
  /** In how many seconds the turn of a name comes; 0: now, and it is over. */
  return (name: string): number => {
    const now = clock.elapsed();
    let turn = turns.get(name);
    if (turn === undefined) turns.set(name, (turn = last = Math.max(now, last + APART_MILLISECONDS)));
    if (turn > now) return Math.ceil((turn - now) / 1000);
    turns.delete(name);
    return 0;
  };
};
