import { type Month, monthOf, type Week } from '../events/week.ts';
import type { Rules } from './challenge.ts';
import type { MemberSnapshot, MonthMember, WeekSummary } from './contract.ts';
import { runOf } from './streak.ts';

/** What a person's runs depend on beside what they wrote: the open weeks, ascending, and those for which they are excused. */
export interface RunGround {
  weeks: readonly Pick<WeekSummary, 'week' | 'rest'>[];
  excused: readonly Week[];
  between: Rules['streak']['between'];
}

/** A person's snapshot with one month's part of it replaced by that month's row. */
export const placeInMember = (
  last: MemberSnapshot | undefined,
  id: string,
  name: string,
  month: Month,
  row: MonthMember | undefined,
  ground: RunGround,
): MemberSnapshot => {
  const weeks = Object.fromEntries(Object.entries(last?.weeks ?? {}).filter(([week]) => monthOf(week) !== month));
  const months = Object.fromEntries(Object.entries(last?.months ?? {}).filter(([key]) => key !== month));
  if (row) addRow(weeks, months, month, row);
  return memberSnapshot(id, name, weeks, months, ground);
};

/** Puts a month's row into its places. */
export const addRow = (
  weeks: MemberSnapshot['weeks'],
  months: MemberSnapshot['months'],
  month: Month,
  row: MonthMember,
): void => {
  Object.assign(weeks, row.weeks);
  months[month] = {
    weeks: Object.keys(row.weeks).length,
    posts: row.posts,
    likes: row.likes,
    challenger: row.challenger,
  };
};

/** A person's snapshot, with what follows from the rows. */
export const memberSnapshot = (
  id: string,
  name: string,
  weeks: MemberSnapshot['weeks'],
  months: MemberSnapshot['months'],
  ground: RunGround,
): MemberSnapshot => {
  const totals = { weeks: Object.keys(weeks).length, posts: 0, likes: 0 };
  for (const { posts, likes } of Object.values(weeks)) {
    totals.posts += posts;
    totals.likes += likes;
  }
  return { version: 1, id, name, weeks, months, totals, ...runIn(weeks, ground) };
};

/** Somebody's runs, and the weeks without a post that end none of them, where there can be any. */
const runIn = (
  written: Record<string, unknown>,
  { weeks, excused, between }: RunGround,
): Pick<MemberSnapshot, 'streak' | 'rests'> => {
  const { current, longest, rests } = runOf(
    weeks.map(({ week, rest = false }) => ({
      week,
      written: Object.hasOwn(written, week),
      rests: rest,
      excused: excused.includes(week),
    })),
    between,
  );
  const canRest = between !== 'off' || weeks.some(({ rest }) => rest);
  return { streak: { current, longest }, ...(canRest ? { rests } : {}) };
};
