import { type Month, monthOf, type Week, weeksOf } from '../events/week.ts';
import { foldSafely } from '../pipeline/fold-safely.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { MonthSnapshot } from '../projections/contract.ts';
import { emptyLedger, type Ledger } from '../projections/ledger.ts';
import { type MonthView, viewMonth } from '../projections/month-view.ts';
import type { Bucket } from '../store/bucket.ts';
import { openLog } from '../store/log.ts';
import { knownNames } from './known-names.ts';
import { type OtherRules, withRules } from './other-rules.ts';

/** The ledgers of a month, folded from the log alone. */
export const ledgersFromLog = async (challenge: Challenge, month: Month, log: Bucket): Promise<Ledger[]> => {
  const opened = openLog(log, challenge);
  const weeks = new Set(await opened.weeks());
  const ledgers: Ledger[] = [];
  for (const week of weeksOf(month).filter((each) => weeks.has(each))) {
    const events = await opened.readWeek(week);
    ledgers.push(foldSafely(emptyLedger(challenge.channel, week), events).state);
  }
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
  result: '' | 'challenger' | 'special';
}

/** A month beside what it would be. Of the members, those for whom something differs. */
export interface MonthComparison {
  month: Month;
  /** Its result was announced, and stays. */
  closed: boolean;
  weeks: { week: Week; label: string; is: WeekSum; would: WeekSum }[];
  members: { id: string; name: string; is: MemberSum; would: MemberSum }[];
  is: { challengers: number; special: string[] };
  would: { challengers: number; special: string[] };
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
    if (is.snapshot.weeks.length + would.snapshot.weeks.length > 0)
      comparisons.push(beside(is.snapshot, would.snapshot, is, would));
    progress?.(position + 1, wanted.length);
  }
  for (const { members } of comparisons)
    for (const member of members) member.name = names.get(member.id) ?? known(member.id) ?? member.id;
  return comparisons;
};

const beside = (is: MonthSnapshot, would: MonthSnapshot, isView: MonthView, wouldView: MonthView): MonthComparison => {
  const ids = [...new Set([...is.members, ...would.members].map(({ id }) => id))].sort();
  const members = ids.map((id) => ({ id, name: id, is: memberSum(is, id), would: memberSum(would, id) }));
  return {
    month: is.month,
    closed: is.closed !== null,
    weeks: [...new Set([...is.weeks, ...would.weeks])].sort().map((week) => ({
      week,
      label: labelIn(isView, week),
      is: weekSum(isView, week),
      would: weekSum(wouldView, week),
    })),
    members: members.filter((member) => JSON.stringify(member.is) !== JSON.stringify(member.would)),
    is: { challengers: is.challengers.length, special: is.special },
    would: { challengers: would.challengers.length, special: would.special },
  };
};

const labelIn = ({ weekSnapshots }: MonthView, week: Week): string =>
  weekSnapshots.find((each) => each.week === week)?.label ?? week;

const weekSum = ({ weekSummaries }: MonthView, week: Week): WeekSum => {
  const { posts = 0, likes = 0, late = 0 } = weekSummaries.find((each) => each.week === week) ?? {};
  return { posts, likes, late };
};

const memberSum = ({ members, special }: MonthSnapshot, id: string): MemberSum => {
  const row = members.find((member) => member.id === id);
  if (!row) return { weeks: 0, posts: 0, likes: 0, result: '' };
  const result = special.includes(id) ? 'special' : row.challenger ? 'challenger' : '';
  return { weeks: Object.keys(row.weeks).length, posts: row.posts, likes: row.likes, result };
};
