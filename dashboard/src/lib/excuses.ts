import type { MemberSnapshot, MonthSnapshot } from '../../../src/projections/contract.ts';
import { runOf, type SeasonWeek } from '../../../src/projections/streak.ts';

/** By week, whom it is no miss for. */
export type Excuses = ReadonlyMap<string, ReadonlySet<string>>;

/** An open week of the season. */
export interface OpenWeek {
  week: string;
  month: string;
  rest?: true;
}

/** The weeks of one person's season, for `runOf`. */
export const seasonOf = (
  id: string,
  weeks: readonly OpenWeek[],
  wrote: (week: string) => boolean,
  excuses: Excuses,
): SeasonWeek[] =>
  weeks.map(({ week, rest = false }) => ({
    week,
    written: wrote(week),
    rests: rest,
    excused: excuses.get(week)?.has(id) ?? false,
  }));

/**
 * Who must be excused for what, since the bot keeps a week that no run goes over, or names somebody challenger without it. No snapshot says
 * it: why a week is kept is nobody's business. So this is what the pictures of earlier weeks are drawn from, and nothing that is shown.
 */
export const excusesIn = (
  weeks: readonly OpenWeek[],
  months: readonly MonthSnapshot[],
  members: readonly Pick<MemberSnapshot, 'id' | 'weeks' | 'rests'>[],
  between: number | 'off',
): Excuses => {
  const excuses = new Map<string, Set<string>>();
  const excuse = (week: string, id: string) => excuses.set(week, (excuses.get(week) ?? new Set()).add(id));
  const counted = weeks.filter(({ rest }) => !rest);
  for (const { month, members: rows } of months) {
    const ofMonth = counted.filter((each) => each.month === month);
    for (const { id, weeks: written } of rows.filter(({ challenger }) => challenger))
      for (const { week } of ofMonth) if (!written[week]) excuse(week, id);
  }
  for (const { id, weeks: written, rests = {} } of members) {
    const alone = runOf(
      seasonOf(id, weeks, (week) => written[week] !== undefined, new Map()),
      between,
    );
    for (const [week, rest] of Object.entries(rests))
      if (rest === 'kept' && alone.rests[week] === undefined) excuse(week, id);
  }
  return excuses;
};
