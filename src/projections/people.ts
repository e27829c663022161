import { earlierTs, type Ts } from '../events/timestamp.ts';
import { type Month, monthOf, type Week } from '../events/week.ts';
import type { Challenge } from './challenge.ts';
import type { MemberSnapshot, MembersSnapshot } from './contract.ts';
import { standingOf } from './membership.ts';
import type { MonthView } from './month-view.ts';
import type { Roster } from './roster.ts';
import { type ChosenSettings, joinSettings } from './settings.ts';

/** The internal table behind `members.json`: everybody ever seen. */
export interface People {
  version: 1;
  roster: Roster;
  totals: Record<string, MemberSnapshot['totals']>;
  /** Since when the bot has listened: the smallest instant of what it heard, in any month. What was before is history, and no news. */
  firstHeard?: Ts;
  /** By user, the open weeks for which they are excused. */
  excused?: Record<string, Week[]>;
  /** What people chose last to be told, in any month. Missing while nobody has. */
  settings?: ChosenSettings;
  /** By month, whose snapshots its step is changing, or was when it was cut short: these may say what has been taken back since. */
  pending?: Record<Month, string[]>;
  /** How often the table was written while a step was noted, so that no two of these tables are the same to whoever compares and swaps them. */
  turn?: number;
}

/** Since when the bot has listened, as a field that is missing while it has heard nothing. */
export const heardIn = (people: People, view: Pick<MonthView, 'firstHeard'>): Pick<People, 'firstHeard'> => {
  const firstHeard = earlierTs(people.firstHeard, view.firstHeard);
  return firstHeard ? { firstHeard } : {};
};

/** What people chose last, as a field that is missing while nobody has chosen anything. */
export const chosenIn = (people: People, view: Pick<MonthView, 'settings'>): Pick<People, 'settings'> => {
  const settings = joinSettings(people.settings, view.settings);
  return Object.keys(settings).length > 0 ? { settings } : {};
};

/** The excused weeks of all months, those of one month replaced by what its view says. */
export const placeExcused = (
  last: People['excused'] = {},
  { month, excused }: Pick<MonthView, 'month' | 'excused'>,
) => {
  const next: NonNullable<People['excused']> = {};
  for (const id of new Set([...Object.keys(last), ...Object.keys(excused)])) {
    const weeks = [...(last[id] ?? []).filter((week) => monthOf(week) !== month), ...(excused[id] ?? [])].sort();
    if (weeks.length > 0) next[id] = weeks;
  }
  return next;
};

/** Whose excused weeks differ. */
export const changedExcused = (last: People['excused'] = {}, next: NonNullable<People['excused']>): string[] =>
  [...new Set([...Object.keys(last), ...Object.keys(next)])].filter(
    (id) => (last[id] ?? []).join() !== (next[id] ?? []).join(),
  );

/** The ids of the members, ascending. */
export const memberIds = (challenge: Challenge, { roster, totals }: People): string[] =>
  Object.entries(roster)
    .filter(([id, person]) => standingOf(challenge, id, person, totals[id]?.weeks ?? 0) === 'member')
    .map(([id]) => id)
    .sort();

type MemberRow = MembersSnapshot['members'][number];

/** Totals are replaced and never changed, so whoever's row was made of them is remembered. */
const memberRows = new WeakMap<MemberSnapshot['totals'], MemberRow>();

const memberRow = (id: string, name: string, totals: MemberSnapshot['totals'] = NONE): MemberRow => {
  const last = memberRows.get(totals);
  if (last?.id === id && last.name === name) return last;
  const row = { id, name, ...totals };
  memberRows.set(totals, row);
  return row;
};

const NONE: MemberSnapshot['totals'] = { weeks: 0, posts: 0, likes: 0 };

/** `members.json` from the table behind it. */
export const membersOf = (challenge: Challenge, people: People): MembersSnapshot => ({
  version: 1,
  members: memberIds(challenge, people).map((id) =>
    memberRow(id, people.roster[id]?.name?.value ?? id, people.totals[id]),
  ),
});

/** The table with a note of whose snapshots are to be looked at in a month's step; the same one when it has that note. */
export const withPending = (people: People, month: Month, ids: readonly string[]): People => {
  const last = people.pending?.[month] ?? [];
  const pending = new Set([...last, ...ids]);
  if (pending.size === last.length) return people;
  return { ...people, ...noted(people, { ...people.pending, [month]: [...pending].sort() }) };
};

/** The notes without a month's. */
export const otherPending = (people: People, month: Month): Pick<People, 'pending' | 'turn'> => {
  const { [month]: _, ...others } = people.pending ?? {};
  return Object.keys(others).length > 0 ? noted(people, others) : {};
};

const noted = ({ turn = 0 }: People, pending: NonNullable<People['pending']>): Pick<People, 'pending' | 'turn'> => ({
  pending,
  turn: turn + 1,
});
