import { monthOf, plusMonths, plusWeeks, type Week, weeksOf } from '../events/week.ts';
import { MEMBERS } from './sample.ts';

/** When in a week somebody usually writes. */
export type Habit = 'monday' | 'midweek' | 'sunday';

/** What one member does in the season. */
export interface Part {
  id: string;
  habit: Habit;
  /** The chance that they write in a week, 0 to 1. */
  writes: (week: Week) => number;
  /** Of what the others write in a week, the part that they like. */
  likes: (week: Week) => number;
  /** Now and then late, and what they wrote may be gone again. */
  careless?: true;
}

/** Who is in the season, and what happens in it to certain people. */
export interface Plot {
  parts: readonly Part[];
  /** The week of rest by an admin's word. */
  rest: Week;
  /** Whether a week is one of rest, by that word or by the calendar. */
  isRest: (week: Week) => boolean;
  /** Who is excused from a week. */
  excused: { user: string; week: Week };
  /** Whose post lies where no post counts, until an admin accepts it. */
  ruled: { user: string; week: Week };
  /** Who writes early in the week that is on, the first of them first. */
  early: readonly string[];
}

const memberId = (number: number): string => MEMBERS[number - 1]?.id as string;

/** The first of some weeks that is not taken. */
const firstOf = (candidates: readonly Week[], isTaken: (week: Week) => boolean): Week =>
  candidates.find((week) => !isTaken(week)) ?? (candidates[0] as Week);

/** The weeks around which the plot turns. `rests`: whether a week rests by the calendar. */
const turningPoints = (current: Week, rests: (week: Week) => boolean) => {
  const month = monthOf(current);
  const firstWeek = (back: number): Week => weeksOf(plusMonths(month, -back))[0] as Week;
  const inMonth = (back: number): readonly Week[] => weeksOf(plusMonths(month, -back));
  // A month with two weeks of rest would leave too little to write in.
  const rest = (inMonth(1).some(rests) ? inMonth(2) : inMonth(1))[2] as Week;
  const isRest = (week: Week): boolean => week === rest || rests(week);
  const isDaysOff = (week: Week): boolean => weeksOf(monthOf(week)).filter((each) => !isRest(each))[1] === week;
  const ago = (...weeks: number[]): Week[] => weeks.map((count) => plusWeeks(current, -count));
  const kept = firstOf(ago(4, 3, 5), (week) => isRest(week) || isDaysOff(week));
  const excused = firstOf(ago(2, 1, 3, 5), (week) => isRest(week) || isDaysOff(week) || week === kept);
  const ruled = firstOf(ago(1, 2, 3), isRest);
  return { firstWeek, rest, isRest, isDaysOff, kept, excused, ruled };
};

/**
 * The season's plot. A handful writes to the end; one takes a week off within a long run, one the second week of each month; three come
 * back with a month's first week after four without a post; two read nearly everything; one writes for the first time in the week that
 * is on, `current`; the others come to an end sooner or later. `weeks`: those before, ascending.
 */
export const plotOf = (weeks: readonly Week[], current: Week, rests: (week: Week) => boolean): Plot => {
  const { firstWeek, rest, isRest, isDaysOff, kept, excused, ruled } = turningPoints(current, rests);
  const since = (week: Week) => (each: Week) => (each >= week ? 1 : 0);
  const until = (count: number, chance: number) => (each: Week) => (each < (weeks[count] as Week) ? chance : 0);
  const backIn = (week: Week) => (each: Week) => (each >= week ? 1 : each < plusWeeks(week, -4) ? 0.8 : 0);
  const always = () => 1;
  const member = (
    number: number,
    habit: Habit,
    likes: number | Part['likes'],
    writes: Part['writes'],
    careless?: true,
  ): Part => {
    // Few write in a week of rest.
    const chance = (week: Week): number => writes(week) * (isRest(week) && number !== 4 ? 0.3 : 1);
    return {
      id: memberId(number),
      habit,
      likes: typeof likes === 'number' ? () => likes : likes,
      writes: chance,
      ...(careless ? { careless } : {}),
    };
  };
  const leaving = [3, 4, 6, 8, 10, 13].map((count, position) =>
    member(13 + position, position % 2 ? 'sunday' : 'monday', 0.1, until(count, 0.75), true),
  );
  const readers = MEMBERS.slice(18).map(
    ({ id }) => ({ id, habit: 'midweek', likes: () => 0.06, writes: () => 0 }) as const,
  );
  return {
    parts: [
      member(1, 'sunday', 0.12, always),
      member(2, 'monday', 0.2, always),
      member(3, 'midweek', 0.2, () => 0.75, true),
      member(4, 'midweek', 0.2, (week) => (week === kept ? 0 : 1)),
      member(5, 'sunday', 0.15, (week) => (isDaysOff(week) ? 0 : 1)),
      member(6, 'midweek', 0.2, backIn(firstWeek(1))),
      member(7, 'midweek', 0.15, backIn(firstWeek(0))),
      member(
        8,
        'midweek',
        (week) => since(firstWeek(3))(week) * 0.96,
        () => 0,
      ),
      member(9, 'monday', 0.2, (week) => (week === excused || week < (weeks[3] as Week) ? 0 : 1)),
      member(
        10,
        'sunday',
        (week) => since(firstWeek(2))(week) * 0.95,
        (week) => backIn(firstWeek(2))(week) * 0.8,
      ),
      member(11, 'midweek', 0.2, (week) => since(plusWeeks(firstWeek(1), 1))(week) * 0.7),
      member(
        12,
        'midweek',
        (week) => since(firstWeek(1))(week) * 0.6,
        () => 0,
      ),
      ...leaving,
      ...readers,
    ],
    rest,
    isRest,
    excused: { user: memberId(9), week: excused },
    ruled: { user: memberId(6), week: ruled },
    early: [2, 12, 7, 9, 4, 11].map(memberId),
  };
};
