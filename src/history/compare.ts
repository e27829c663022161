import { keyOf } from '../events/key.ts';
import { calendarOf, type Month, monthOf, type Week, weeksOf } from '../events/week.ts';
import { foldSafely } from '../pipeline/fold-safely.ts';
import { NO_TIME } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { MonthMember, MonthSnapshot } from '../projections/contract.ts';
import { weekBeyond } from '../projections/extension.ts';
import { weekLabel } from '../projections/label.ts';
import { emptyLedger, type Ledger } from '../projections/ledger.ts';
import { type MonthView, viewMonth } from '../projections/month-view.ts';
import type { Bucket } from '../store/bucket.ts';
import { openLog } from '../store/log.ts';
import { knownNames } from './known-names.ts';
import { type OtherRules, withRules } from './other-rules.ts';

/** The ledgers of a month, and of the week into which it was extended, if it was, folded from the log alone. */
export const ledgersFromLog = async (challenge: Challenge, month: Month, log: Bucket): Promise<Ledger[]> => {
  const opened = openLog(log, challenge);
  const weeks = new Set(await opened.weeks());
  const ledgers: Ledger[] = [];
  const read = async (week: Week): Promise<void> => {
    const events = await opened.readWeek(week);
    ledgers.push(foldSafely(emptyLedger(challenge.channel, week), events).state);
  };
  for (const week of weeksOf(month)) if (weeks.has(week)) await read(week);
  const beyond = weekBeyond(month, ledgers, calendarOf(challenge.timeZone));
  if (beyond) await read(beyond);
  return ledgers;
};

/** A month as the log tells it, with the names of its people; nothing is written. */
export const monthAsLogged = async (
  challenge: Challenge,
  month: Month,
  { log, state }: { log: Bucket; state: Bucket },
): Promise<{ view: MonthSnapshot; nameOf: (id: string) => string }> => {
  const { snapshot, roster } = viewMonth(challenge, month, await ledgersFromLog(challenge, month, log));
  const names = namesOf(roster);
  const known = await knownNames(challenge, state);
  return { view: snapshot, nameOf: (id) => names.get(id) ?? known(id) ?? id };
};

const namesOf = (roster: Record<string, { name?: { value: string } }>): Map<string, string> =>
  new Map(Object.entries(roster).flatMap(([id, { name }]) => (name ? [[id, name.value] as const] : [])));

/** What a week adds up to. */
interface WeekSum {
  posts: number;
  likes: number;
  late: number;
}

/** What a month is to a member. */
interface MemberSum {
  weeks: number;
  posts: number;
  likes: number;
  result: '' | 'finisher' | 'challenger' | 'special';
}

/** What a month's result is. */
interface ResultSum {
  challengers: number;
  /** How many missed just one week. */
  finishers: number;
  special: string[];
}

/** A month beside what it would be: as it was announced, or else as it stands. Of the members, those for whom something differs. */
export interface MonthComparison {
  month: Month;
  /** Its result was announced, and stays. */
  closed: boolean;
  weeks: { week: Week; label: string; is: WeekSum; would: WeekSum }[];
  members: { id: string; name: string; is: MemberSum; would: MemberSum }[];
  is: ResultSum;
  would: ResultSum;
}

/** Every month with an open week, now or then, under the challenge's rules and under others. A month at a time is in memory. */
export const compareRules = async (
  challenge: Challenge,
  other: OtherRules,
  { log, state }: { log: Bucket; state: Bucket },
  only?: Month,
  progress?: (done: number, total: number) => void,
): Promise<MonthComparison[]> => {
  const months = [...new Set((await openLog(log, challenge).weeks()).map(monthOf))];
  const wanted = only ? months.filter((month) => month === only) : months;
  const comparisons: MonthComparison[] = [];
  const names = new Map<string, string>();
  const known = await knownNames(challenge, state);
  for (const [position, month] of wanted.entries()) {
    const ledgers = await ledgersFromLog(challenge, month, log);
    const is = viewMonth(challenge, month, ledgers);
    const would = viewMonth(withRules(challenge, other), month, ledgers);
    for (const [id, name] of namesOf(is.roster)) names.set(id, name);
    const sides = [(await announcedSide(challenge, month, log)) ?? sideOf(is), sideOf(would)] as const;
    if (sides.some(({ weeks }) => weeks.length > 0))
      comparisons.push(beside(month, is.snapshot.closed !== null, ...sides));
    progress?.(position + 1, wanted.length);
  }
  for (const { members } of comparisons)
    for (const member of members) member.name = names.get(member.id) ?? known(member.id) ?? member.id;
  return comparisons;
};

/** One side of a comparison: what a month adds up to. */
interface Side {
  weeks: Week[];
  labelOf: (week: Week) => string | undefined;
  sumOf: (week: Week) => WeekSum;
  members: readonly Omit<MonthMember, 'challenger'>[];
  challengers: readonly string[];
  finishers: readonly string[];
  special: string[];
}

const NO_WEEK: WeekSum = { posts: 0, likes: 0, late: 0 };

/** A month as it stands under some rules. */
const sideOf = ({ snapshot, weekSnapshots, weekSummaries }: MonthView): Side => ({
  ...snapshot,
  labelOf: (week) => weekSnapshots.find((each) => each.week === week)?.label,
  sumOf: (week) => {
    const { posts, likes, late } = weekSummaries.find((each) => each.week === week) ?? NO_WEEK;
    return { posts, likes, late };
  },
  challengers: snapshot.challengers.map(({ id }) => id),
  finishers: (snapshot.finishers ?? []).map(({ id }) => id),
});

/** A month as it was announced: what came later changes nothing of it. Undefined while it is not closed. */
const announcedSide = async (challenge: Challenge, month: Month, log: Bucket): Promise<Side | undefined> => {
  const { channel, timeZone, locale } = challenge;
  const like = { v: 1, kind: 'month.closed', channel, at: NO_TIME, month, weeks: [], rules: {} } as const;
  const key = keyOf({ ...like, weeks: [], members: [], challengers: [], special: [] }, calendarOf(timeZone));
  const closed = await openLog(log, challenge).find(key);
  if (closed?.kind !== 'month.closed') return undefined;
  const { weeks, members, challengers, special, finishers = [] } = closed;
  return {
    weeks,
    members,
    special,
    challengers: challengers.map(({ id }) => id),
    finishers: finishers.map(({ id }) => id),
    labelOf: (week) => weekLabel(week, locale),
    sumOf: (week) => members.map((member) => member.weeks[week] ?? NO_WEEK).reduce(plus, NO_WEEK),
  };
};

const plus = (left: WeekSum, right: WeekSum): WeekSum => ({
  posts: left.posts + right.posts,
  likes: left.likes + right.likes,
  late: left.late + right.late,
});

const beside = (month: Month, closed: boolean, is: Side, would: Side): MonthComparison => {
  const ids = [...new Set([...is.members, ...would.members].map(({ id }) => id))].sort();
  const members = ids.map((id) => ({ id, name: id, is: memberSum(is, id), would: memberSum(would, id) }));
  return {
    month,
    closed,
    weeks: [...new Set([...is.weeks, ...would.weeks])].sort().map((week) => ({
      week,
      label: is.labelOf(week) ?? would.labelOf(week) ?? week,
      is: is.sumOf(week),
      would: would.sumOf(week),
    })),
    members: members.filter((member) => JSON.stringify(member.is) !== JSON.stringify(member.would)),
    is: resultSum(is),
    would: resultSum(would),
  };
};

const resultSum = ({ challengers, finishers, special }: Side): ResultSum => ({
  challengers: challengers.length,
  finishers: finishers.length,
  special,
});

const memberSum = (side: Side, id: string): MemberSum => {
  const row = side.members.find((member) => member.id === id);
  if (!row) return { weeks: 0, posts: 0, likes: 0, result: '' };
  return { weeks: Object.keys(row.weeks).length, posts: row.posts, likes: row.likes, result: resultOf(side, id) };
};

const resultOf = ({ special, challengers, finishers }: Side, id: string): MemberSum['result'] => {
  if (special.includes(id)) return 'special';
  if (challengers.includes(id)) return 'challenger';
  return finishers.includes(id) ? 'finisher' : '';
};
