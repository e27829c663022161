import type { Week } from '../events/week.ts';
export interface SeasonWeek { week: Week; written: boolean; rests: boolean; excused: boolean }
export interface Run { current: number; longest: number; rests: Record<Week, 'kept' | 'rest'> }
export const runOf = (weeks: readonly SeasonWeek[], _between: number | 'off'): Run => {
  let run = 0; let longest = 0;
  weeks.forEach(({ written }, position) => {
    if (written) run += 1; else if (position < weeks.length - 1) run = 0;
    longest = Math.max(longest, run);
  });
  return { current: run, longest, rests: {} };
};
