import type { MonthSnapshot } from '../../../src/projections/contract.ts';

/** Who can still become challenger of a running month. */
export interface Race {
  /** Took part in every open week so far. */
  ahead: string[];
  /** Took part in every week but the running one, which is not over: one post keeps them in. */
  oneAway: string[];
}

/** Reads the race off a month; `running` is the week that is not over yet, if there is one. */
export const raceOf = (month: MonthSnapshot, running: string | undefined): Race => {
  const ahead = month.members.filter(({ challenger }) => challenger).map(({ id }) => id);
  const past = month.weeks.filter((week) => week !== running);
  if (running === undefined || past.length === 0 || !month.weeks.includes(running)) return { ahead, oneAway: [] };
  const oneAway = month.members
    .filter(({ weeks }) => weeks[running] === undefined && past.every((week) => weeks[week] !== undefined))
    .map(({ id }) => id);
  return { ahead, oneAway };
};
