import type { Week } from '../events/week.ts';

/** An open week in one person's season. */
export interface SeasonWeek {
  week: Week;
  /** Whether a post of theirs counts in it. */
  written: boolean;
  /** Whether it is a week of rest, for all. */
  rests: boolean;
  /** Whether they need not write in it. */
  excused: boolean;
}

/** What a person's season makes of their weeks. */
export interface Run {
  /** The weeks written in the run that reaches the season's end; 0 when none does. */
  current: number;
  /** The most weeks ever written in one run. */
  longest: number;
  /** The weeks without a post, ascending, that take nothing from a run: `kept` by this person, `rest` for all. */
  rests: Record<Week, 'kept' | 'rest'>;
}

/**
 * The runs of one person, from all open weeks of the season, ascending. Write three, and one week off keeps your run: a run is a stretch
 * of weeks in which at least `between` written weeks lie between any two missed ones, and it is as long as the weeks written in it. A week
 * without a post is not missed if it rests or is excused, nor if it is the season's last, which may still be written; if the last week
 * rests, the one before it is spared no longer. With `between: 'off'` a missed week ends a run.
 */
export const runOf = (weeks: readonly SeasonWeek[], between: number | 'off'): Run => {
  const counted = weeks.filter(
    ({ written, rests, excused }, position) => written || !(rests || excused || position === weeks.length - 1),
  );
  const { current, longest } = lengthsOf(counted, between);
  return { current, longest, rests: restsOf(weeks, keptIn(counted, between), current > 0) };
};

/** The lengths of the run that ends last and of the longest, among weeks that are written or missed. */
const lengthsOf = (counted: readonly SeasonWeek[], between: number | 'off'): { current: number; longest: number } => {
  let written = 0; // So far.
  let before = 0; // Of these, what was written before the run that ends here.
  let beforeMiss: number | undefined; // Of these, what was written before the last missed week.
  let longest = 0;
  for (const week of counted) {
    if (week.written) written += 1;
    else {
      if (between === 'off') before = written;
      else if (beforeMiss !== undefined && written - beforeMiss < between) before = beforeMiss;
      beforeMiss = written;
    }
    longest = Math.max(longest, written - before);
  }
  return { current: written - before, longest };
};

/** The missed weeks that some run goes over: one alone after a written week, and before another or at the season's end. */
const keptIn = (counted: readonly SeasonWeek[], between: number | 'off'): ReadonlySet<Week> => {
  const kept = new Set<Week>();
  if (between === 'off') return kept;
  counted.forEach(({ week, written }, position) => {
    if (!written && counted[position - 1]?.written && (counted[position + 1]?.written ?? true)) kept.add(week);
  });
  return kept;
};

const restsOf = (weeks: readonly SeasonWeek[], kept: ReadonlySet<Week>, lives: boolean): Run['rests'] => {
  const rests: Run['rests'] = {};
  const first = weeks.findIndex(({ written }) => written);
  const last = weeks.findLastIndex(({ written }) => written);
  weeks.forEach((week, position) => {
    if (week.written || first === -1 || position < first) return;
    if (week.rests && (lives || position < last)) rests[week.week] = 'rest';
    else if (week.excused || kept.has(week.week)) rests[week.week] = 'kept';
  });
  return rests;
};
