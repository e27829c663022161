import { type Month, monthOf } from '../events/week.ts';
import type { MemberSnapshot, MonthMember } from './contract.ts';

/** A person's snapshot with one month's part of it replaced by that month's row. */
export const placeInMember = (
  last: MemberSnapshot | undefined,
  id: string,
  name: string,
  month: Month,
  row: MonthMember | undefined,
  openWeeks: readonly string[],
): MemberSnapshot => {
  const weeks = Object.fromEntries(Object.entries(last?.weeks ?? {}).filter(([week]) => monthOf(week) !== month));
  const months = Object.fromEntries(Object.entries(last?.months ?? {}).filter(([key]) => key !== month));
  if (row) addRow(weeks, months, month, row);
  return memberSnapshot(id, name, weeks, months, openWeeks);
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
  openWeeks: readonly string[],
): MemberSnapshot => {
  const totals = { weeks: Object.keys(weeks).length, posts: 0, likes: 0 };
  for (const { posts, likes } of Object.values(weeks)) {
    totals.posts += posts;
    totals.likes += likes;
  }
  return { version: 1, id, name, weeks, months, totals, streak: streakOf(weeks, openWeeks) };
};

/** Runs of open weeks without a gap. A last open week without a post is not yet a gap: it may still be running. */
const streakOf = (weeks: Record<string, unknown>, openWeeks: readonly string[]): MemberSnapshot['streak'] => {
  let run = 0;
  let longest = 0;
  openWeeks.forEach((week, position) => {
    if (Object.hasOwn(weeks, week)) run += 1;
    else if (position < openWeeks.length - 1) run = 0;
    longest = Math.max(longest, run);
  });
  return { current: run, longest };
};
