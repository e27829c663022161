import { laterTs } from '../events/timestamp.ts';
import type { Challenge } from './challenge.ts';
import type { IndexSnapshot, MemberSnapshot, MonthSnapshot, WeekSummary } from './contract.ts';
import { addRow, memberSnapshot, placeInMember, type RunGround } from './member-view.ts';
import { changedCounts, changedRows } from './month-members.ts';
import type { MonthView } from './month-view.ts';
import { changedExcused, chosenIn, heardIn, memberIds, otherPending, type People, placeExcused } from './people.ts';
import { isBot, joinRoster, rosterWith } from './roster.ts';

/**
 * What spans the months: the index, the roster with everybody's totals, and a snapshot per person. A month's view replaces exactly
 * that month's part of each, so a step costs the size of these objects and not of the history, and rebuilding is the same step for
 * every month from nothing.
 */
export interface Season {
  index: IndexSnapshot;
  people: People;
}

/** A season of which nothing is known. */
export const emptySeason = (challenge: Challenge): Season => ({
  index: {
    version: 1,
    challenge: summaryOf(challenge),
    ...streakRule(challenge),
    asOf: null,
    weeks: [],
    months: [],
    totals: { members: 0, participants: 0, posts: 0, likes: 0 },
  },
  people: { version: 1, roster: {}, totals: {} },
});

/** A challenge as the dashboard lists it. */
export const summaryOf = ({
  channel,
  name,
  timeZone,
  locale,
  dashboard: { notYet },
}: Challenge): IndexSnapshot['challenge'] => ({ channel, name, timeZone, locale, ...(notYet ? { notYet } : {}) });

/** How runs are told, where they are not strict. */
const streakRule = ({ rules }: Challenge): Pick<IndexSnapshot, 'streak'> => {
  const { between } = rules.streak;
  return between === 'off' ? {} : { streak: { between } };
};

/** What a step did: the season after it, and whose snapshots it changed. */
export interface Step {
  season: Season;
  members: Map<string, MemberSnapshot>;
}

/** A step that is computed except for the snapshots of the members whom it changes. */
export interface Plan {
  /** Their row, name or presence changed, or, when a week opens or goes, perhaps anybody's streak; or a step was cut short. */
  changed: string[];
  /**
   * Those of them whom the next step would not find by itself if this one were cut short and its cause taken back. Whose counts change is found:
   * the snapshots of the weeks, which are written first, then tell otherwise than the month's, which is written last; and so are names, which
   * are not taken back.
   */
  untold: string[];
  /** The step; `memberOf` gives a member's snapshot as it stands (undefined when there is none). */
  place(memberOf: (id: string) => MemberSnapshot | undefined): Step;
}

/**
 * Puts a month's view in its place. `before` is the month's snapshot that the season holds now. Pure: the arguments stay as they are.
 */
export const planMonth = (
  challenge: Challenge,
  season: Season,
  before: MonthSnapshot | undefined,
  view: MonthView,
): Plan => {
  const index = placeInIndex(challenge, season.index, view);
  const excused = placeExcused(season.people.excused, view);
  const { roster, changed: joined } = rosterWith(season.people.roster, view.roster);
  const pending = season.people.pending?.[view.month] ?? [];
  const excusedAnew = changedExcused(season.people.excused, excused).filter((id) => Object.hasOwn(roster, id));
  const [old, rows] = [before?.members ?? [], view.snapshot.members];
  const some = new Set([...joined, ...changedRows(old, rows), ...excusedAnew, ...pending]);
  // Somebody whom no month that is published knows yet may be in none of the rosters.
  const changed = sameWeeks(index.weeks, season.index.weeks)
    ? [...some]
    : [...new Set([...some, ...Object.keys(roster)])];
  const told = new Set([...joined, ...changedCounts(old, rows)]);
  return {
    changed,
    untold: changed.filter((id) => !told.has(id)),
    place: (memberOf) => {
      const people: People = {
        version: 1,
        roster,
        totals: { ...season.people.totals },
        ...heardIn(season.people, view),
        ...(Object.keys(excused).length > 0 ? { excused } : {}),
        ...chosenIn(season.people, view),
        ...otherPending(season.people, view.month),
      };
      const rowsById = new Map(rows.map((row) => [row.id, row]));
      const groundOf = groundIn(challenge, index, excused);
      const members = new Map<string, MemberSnapshot>();
      for (const id of changed) {
        const name = roster[id]?.name?.value ?? id;
        const member = placeInMember(memberOf(id), id, name, view.month, rowsById.get(id), groundOf(id));
        members.set(id, member);
        people.totals[id] = member.totals;
      }
      return { season: { index: { ...index, totals: totalsOf(challenge, index, people) }, people }, members };
    },
  };
};

/** Whether two lists of weeks are the same, as far as anybody's runs depend on them. */
const sameWeeks = (left: readonly WeekSummary[], right: readonly WeekSummary[]): boolean =>
  left.length === right.length &&
  left.every(({ week, rest }, position) => week === right[position]?.week && rest === right[position]?.rest);

const groundIn =
  (challenge: Challenge, { weeks }: IndexSnapshot, excused: NonNullable<People['excused']>) =>
  (id: string): RunGround => ({
    weeks,
    excused: excused[id] ?? [],
    between: challenge.rules.streak.between,
  });

const placeInIndex = (
  challenge: Challenge,
  index: IndexSnapshot,
  view: Omit<MonthView, 'weekSnapshots' | 'rows'>,
): IndexSnapshot => ({
  version: 1,
  challenge: summaryOf(challenge),
  ...streakRule(challenge),
  asOf: laterTs(index.asOf, view.asOf) ?? null,
  weeks: [...index.weeks.filter(({ month }) => month !== view.month), ...view.weekSummaries].sort((left, right) =>
    left.week < right.week ? -1 : 1,
  ),
  months: [...index.months.filter(({ month }) => month !== view.month), ...(view.summary ? [view.summary] : [])].sort(
    (left, right) => (left.month < right.month ? -1 : 1),
  ),
  totals: index.totals,
});

const totalsOf = (challenge: Challenge, { weeks }: IndexSnapshot, people: People): IndexSnapshot['totals'] => ({
  members: memberIds(challenge, people).length,
  participants: Object.entries(people.totals).filter(([id, total]) => total.weeks > 0 && !isBot(id, people.roster[id]))
    .length,
  posts: weeks.reduce((sum, { posts }) => sum + posts, 0),
  likes: weeks.reduce((sum, { likes }) => sum + likes, 0),
});

/** Builds a season from nothing, month by month in any order: what placing every month would give, in one pass over the members at the end. */
export const buildSeason = (challenge: Challenge) => {
  const empty = emptySeason(challenge);
  const { people } = empty;
  let { index } = empty;
  const weeksOf = new Map<string, MemberSnapshot['weeks']>();
  const monthsOf = new Map<string, MemberSnapshot['months']>();
  return {
    add: (view: Omit<MonthView, 'weekSnapshots' | 'rows'>): void => {
      index = placeInIndex(challenge, index, view);
      joinRoster(people.roster, view.roster);
      Object.assign(people, heardIn(people, view), chosenIn(people, view));
      const excused = placeExcused(people.excused, view);
      if (Object.keys(excused).length > 0) people.excused = excused;
      for (const row of view.snapshot.members) {
        const weeks = weeksOf.get(row.id) ?? {};
        const months = monthsOf.get(row.id) ?? {};
        addRow(weeks, months, view.month, row);
        weeksOf.set(row.id, weeks);
        monthsOf.set(row.id, months);
      }
    },
    finish: (): Step => {
      const groundOf = groundIn(challenge, index, people.excused ?? {});
      const members = new Map<string, MemberSnapshot>();
      for (const id of Object.keys(people.roster)) {
        const name = people.roster[id]?.name?.value ?? id;
        const member = memberSnapshot(id, name, weeksOf.get(id) ?? {}, monthsOf.get(id) ?? {}, groundOf(id));
        members.set(id, member);
        people.totals[id] = member.totals;
      }
      return { season: { index: { ...index, totals: totalsOf(challenge, index, people) }, people }, members };
    },
  };
};
