import type { MonthSnapshot } from '../../../src/projections/contract.ts';

/** Who can still become challenger of a running month. */
export interface Race {
  /** Took part in every week that counts so far. */
  ahead: string[];
  /** Took part in every week but the running one, which is not over: one post keeps them in. */
  oneAway: string[];
}

/** Reads the race off a month; `running` is the week that is not over yet, if there is one, `resting` the weeks that rest for all. */
export const raceOf = (month: MonthSnapshot, running: string | undefined, resting: ReadonlySet<string>): Race => {
  const ahead = month.members.filter(({ challenger }) => challenger).map(({ id }) => id);
  const counted = month.weeks.filter((week) => !resting.has(week));
  const past = counted.filter((week) => week !== running);
  if (running === undefined || past.length === 0 || !counted.includes(running)) return { ahead, oneAway: [] };
  // Whoever counts as having missed one week, and lacks the running one, has missed no other: they are excused for it.
  const finishers = new Set(month.finishers?.map(({ id }) => id));
  const oneAway = month.members
    .filter(({ id, weeks }) => {
      if (weeks[running] !== undefined) return false;
      return finishers.has(id) || past.every((week) => weeks[week] !== undefined);
    })
    .map(({ id }) => id);
  return { ahead, oneAway };
};
