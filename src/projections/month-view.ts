import { earlierTs, laterTs, type Ts } from '../events/timestamp.ts';
import { type Month, monthOf, type Week } from '../events/week.ts';
import { type Challenge, rulesOf } from './challenge.ts';
import { challengersOf, finishersOf, specialOf } from './challengers.ts';
import type { MonthSnapshot, MonthSummary, PostRow, WeekSnapshot, WeekSummary } from './contract.ts';
import { ownOf } from './extension.ts';
import { monthLabel, weekLabel } from './label.ts';
import type { Closed, Ledger } from './ledger.ts';
import { type Look, lookAnew } from './look.ts';
import { memberRows } from './month-members.ts';
import { type MonthRows, rowsOfMonth } from './month-rows.ts';
import { type MonthReading, type Reply, readMonth } from './participation.ts';
import { readersOf } from './readers.ts';
import type { Roster } from './roster.ts';
import { type ChosenSettings, settingsIn } from './settings.ts';

/**
 * All that one month's ledgers say, in the shape of the snapshots. A month stands by itself: a reply can only count for a week of the
 * month in which it was written, so nothing outside these four or five ledgers is needed.
 */
export interface MonthView {
  month: Month;
  asOf: Ts | null;
  /** The smallest instant of what was heard about these weeks. */
  firstHeard: Ts | undefined;
  /** One for each ledger, open or not. */
  weekSnapshots: WeekSnapshot[];
  snapshot: MonthSnapshot;
  /** Open weeks. */
  weekSummaries: WeekSummary[];
  /** Missing while the month has neither an open week nor a result. */
  summary: MonthSummary | undefined;
  roster: Roster;
  /** Open weeks for which somebody is excused, by user. */
  excused: Record<string, Week[]>;
  /** What people chose last to be told in these weeks. */
  settings: ChosenSettings;
  /** Those who like most of what the others wrote; undefined where they are not looked for. */
  readers: string[] | undefined;
  /** The private rows. */
  rows: MonthRows;
}

/** Computes a month's view from its ledgers, in order of weeks, and that of the week into which it was extended, if it was. */
export const viewMonth = (
  challenge: Challenge,
  month: Month,
  read: readonly Ledger[],
  look: Look = lookAnew,
): MonthView => {
  const rules = rulesOf(challenge);
  const reading = readMonth(month, read, rules);
  const ledgers = ownOf(month, read);
  const counted = reading.replies.filter((reply) => reply.counted);
  const openWeeks = [...reading.weeklyPosts.keys()].sort();
  const weekSnapshots = ledgers.map(({ week }) => viewWeek(challenge, week, reading, counted));
  const snapshot = viewResult(challenge, reading, openWeeks, weekSnapshots, closedIn(ledgers, month));
  const roster = look.roster(`${challenge.channel}/${month}`, ledgers);
  return {
    month,
    asOf: ledgers.reduce<Ts | null>((asOf, ledger) => laterTs(asOf, ledger.asOf) ?? null, null),
    firstHeard: ledgers.reduce<Ts | undefined>((first, ledger) => earlierTs(first, ledger.firstHeard), undefined),
    weekSnapshots,
    snapshot,
    weekSummaries: weekSnapshots.filter(({ open }) => open).map((week) => summarizeWeek(week, reading)),
    summary: summarizeMonth(snapshot),
    roster,
    excused: excusedWeeks(reading, openWeeks),
    settings: settingsIn(ledgers),
    get readers() {
      return rules.readers === 'off' ? undefined : readersOf(rules.readers, counted, roster);
    },
    get rows() {
      return rowsOfMonth(reading, ledgers, look);
    },
  };
};

const excusedWeeks = ({ excused }: MonthReading, openWeeks: readonly Week[]): Record<string, Week[]> => {
  const byUser: Record<string, Week[]> = {};
  for (const week of openWeeks) for (const user of excused.get(week) ?? []) (byUser[user] ??= []).push(week);
  return byUser;
};

const closedIn = (ledgers: readonly Ledger[], month: Month): Closed | undefined =>
  ledgers.map(({ closed }) => closed[month]).find((closed) => closed !== undefined);

const viewWeek = (challenge: Challenge, week: Week, reading: MonthReading, counted: readonly Reply[]): WeekSnapshot => {
  const replies = counted.filter((reply) => reply.week === week);
  return {
    version: 1,
    week,
    label: weekLabel(week, challenge.locale),
    month: monthOf(week),
    open: reading.weeklyPosts.has(week),
    ...(reading.resting.has(week) ? { rest: true } : {}),
    participants: [...new Set(replies.map(({ author }) => author))].sort(),
    posts: replies.map((reply) => viewPost(challenge, reply)),
  };
};

/** A reply is replaced and never changed, so its row is remembered. */
const postRows = new WeakMap<Reply, { challenge: Challenge; row: PostRow }>();

const viewPost = (challenge: Challenge, reply: Reply): PostRow => {
  const last = postRows.get(reply);
  if (last?.challenge === challenge) return last.row;
  const row = postRow(challenge, reply);
  postRows.set(reply, { challenge, row });
  return row;
};

const postRow = (challenge: Challenge, { ts, author, thread, links, likeCount, late, accepted }: Reply): PostRow => ({
  ts,
  author,
  links,
  likes: likeCount,
  late,
  ...(accepted ? { accepted } : {}),
  ...(challenge.workspaceUrl ? { permalink: permalinkOf(challenge.workspaceUrl, challenge.channel, ts, thread) } : {}),
});

/** Slack's address of a message. That of a reply names its thread, without which Slack opens the channel and not the reply. */
export const permalinkOf = (workspaceUrl: string, channel: string, ts: Ts, thread?: Ts): string =>
  `${workspaceUrl.replace(/\/+$/, '')}/archives/${channel}/p${ts.replace('.', '')}${thread ? `?thread_ts=${thread}&cid=${channel}` : ''}`;

const summarizeWeek = (week: WeekSnapshot, reading: MonthReading): WeekSummary => ({
  week: week.week,
  label: week.label,
  month: week.month,
  open: true,
  openedAt: reading.weeklyPosts.get(week.week)?.[0] as Ts,
  posts: week.posts.length,
  participants: week.participants.length,
  likes: week.posts.reduce((sum, { likes }) => sum + likes, 0),
  late: week.posts.filter(({ late }) => late).length,
  ...(week.rest ? { rest: true } : {}),
});

const viewResult = (
  { locale, rules }: Challenge,
  { month, resting, excused }: MonthReading,
  openWeeks: Week[],
  weeks: readonly WeekSnapshot[],
  closed: Closed | undefined,
): MonthSnapshot => {
  const rows = memberRows(weeks);
  const counted = { weeks: openWeeks.filter((week) => !resting.has(week)), excused };
  const challengers = challengersOf(counted, rows);
  const winners = new Set(challengers.map(({ id }) => id));
  // A month that was announced without a second tier has none.
  const hasFinishers = rules.finishers !== 'off' && (!closed || closed.finishers !== undefined);
  return {
    version: 1,
    month,
    label: monthLabel(month, locale),
    weeks: openWeeks,
    members: rows.map((row) => ({ ...row, challenger: winners.has(row.id) })),
    challengers,
    special: specialOf(challengers),
    ...(hasFinishers ? { finishers: finishersOf(counted, rows) } : {}),
    closed: closed ? frozen(closed) : null,
  };
};

/** A result as it was announced. Its readers are named in the announcement alone. */
const frozen = ({ at, challengers, special, finishers }: Closed): NonNullable<MonthSnapshot['closed']> => ({
  at,
  challengers,
  special,
  ...(finishers ? { finishers } : {}),
});

const summarizeMonth = ({
  month,
  label,
  weeks,
  challengers,
  special,
  closed,
}: MonthSnapshot): MonthSummary | undefined => {
  if (weeks.length === 0 && !closed) return undefined;
  const result = closed ?? { challengers, special };
  return {
    month,
    label,
    weeks,
    closed: closed !== null,
    challengers: result.challengers.length,
    special: result.special,
  };
};
