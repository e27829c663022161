import { compareTs, earlierTs, type Ts } from '../events/timestamp.ts';
import type { Week } from '../events/week.ts';
import type { Person, Setting } from './ledger.ts';
import type { MonthRows, PersonalKind, PersonRow, Plan, Telling, WeekRow } from './month-rows.ts';
import { wins } from './register.ts';
import type { Roster } from './roster.ts';
import type { ChosenSettings } from './settings.ts';

/** Everybody of a season and its weeks, as what they are told is decided by. */
export interface SeasonPeople {
  /** The weeks that are open, or of rest, by week, ascending. */
  weeks: ReadonlyMap<Week, WeekRow>;
  /** By user. */
  people: ReadonlyMap<string, SeasonPerson>;
}

/** One person's season. */
export interface SeasonPerson {
  user: string;
  /** What Slack says of them. */
  person: Person;
  /** The earliest instant of what is known of them; undefined while they have only been spoken of. */
  seen: Ts | undefined;
  /** By week, ascending, their counted posts in it. */
  posts: Map<Week, { first: Ts; last: Ts; count: number }>;
  /** How many of the others' counted posts they like. */
  likes: number;
  excused: Set<Week>;
  plans: Map<Week, Plan>;
  /** By key, what they chose last. */
  settings: Map<string, Setting>;
  /** What they were told, or were not, by its instant. */
  told: Told[];
}

/** A personal message, and what became of it. */
export interface Told extends Telling {
  week: Week;
  kind: PersonalKind;
}

/**
 * Joins the rows of a season's months, each month once, in any order, with what is known of everybody. `settings` are those that people
 * chose in any month: one in which no week was open may not be among `months`.
 */
export const joinMonths = (
  months: readonly MonthRows[],
  roster: Roster,
  settings: ChosenSettings = {},
): SeasonPeople => {
  const inOrder = [...months].sort((left, right) => (left.month < right.month ? -1 : 1));
  const people = new Map<string, SeasonPerson>();
  for (const user of Object.keys(roster)) people.set(user, nobodyYet(user, roster[user] ?? {}));
  const personOf = (user: string): SeasonPerson => {
    let person = people.get(user);
    if (!person) people.set(user, (person = nobodyYet(user, {})));
    return person;
  };
  for (const { people: rows } of inOrder) for (const [user, row] of Object.entries(rows)) placeRow(personOf(user), row);
  for (const [name, setting] of Object.entries(settings)) {
    const [user = '', key = ''] = name.split('/');
    placeSetting(personOf(user), key, setting);
  }
  for (const { told } of people.values()) told.sort((left, right) => compareTs(left.at, right.at));
  const weeks = inOrder.flatMap((month) => Object.entries(month.weeks));
  return { weeks: new Map(weeks.sort(([left], [right]) => (left < right ? -1 : 1))), people };
};

/** The same for one person alone, of whom nothing may be known. */
export const joinMonthsFor = (
  user: string,
  months: readonly MonthRows[],
  settings: ChosenSettings = {},
): { weeks: SeasonPeople['weeks']; person: SeasonPerson } => {
  const own = Object.entries(settings).filter(([name]) => name.startsWith(`${user}/`));
  const { weeks, people } = joinMonths(
    months.map((month) => onlyOf(user, month)),
    { [user]: {} },
    Object.fromEntries(own),
  );
  return { weeks, person: people.get(user) as SeasonPerson };
};

const onlyOf = (user: string, month: MonthRows): MonthRows => {
  const row = Object.hasOwn(month.people, user) ? month.people[user] : undefined;
  return { ...month, people: row ? { [user]: row } : {} };
};

const nobodyYet = (user: string, person: Person): SeasonPerson => ({
  user,
  person,
  seen: undefined,
  posts: new Map(),
  likes: 0,
  excused: new Set(),
  plans: new Map(),
  settings: new Map(),
  told: [],
});

const placeRow = (person: SeasonPerson, row: PersonRow): void => {
  person.seen = earlierTs(person.seen, row.seen);
  person.likes += row.likes ?? 0;
  const posts = Object.entries(row.posts ?? {}).sort(([left], [right]) => (left < right ? -1 : 1));
  for (const [week, post] of posts) person.posts.set(week, post);
  for (const week of row.excused ?? []) person.excused.add(week);
  for (const [week, plan] of Object.entries(row.plans ?? {})) person.plans.set(week, plan);
  for (const [key, setting] of Object.entries(row.settings ?? {})) placeSetting(person, key, setting);
  for (const [week, kinds] of Object.entries(row.told ?? {}))
    for (const [kind, telling] of Object.entries(kinds))
      person.told.push({ ...telling, week, kind: kind as PersonalKind });
};

const placeSetting = ({ settings }: SeasonPerson, key: string, next: Setting): void => {
  const last = settings.get(key);
  if (!last || wins(next, last)) settings.set(key, next);
};
