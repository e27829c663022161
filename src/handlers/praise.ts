import type { Praise } from '../events/catalog.ts';
import { compareTs } from '../events/timestamp.ts';
import { monthOf, plusMonths, type Week } from '../events/week.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { type MonthReading, type Reply, readMonth } from '../projections/participation.ts';
import { runOf, type SeasonWeek } from '../projections/streak.ts';
import type { Background, Past, PostView } from './effect.ts';
import { isFinal, seriesOf } from './effect-record.ts';

/** A run of so many weeks is one to speak of. */
const LONG_RUN = 4;

/**
 * What the announcement of a post says of it for its author, if anything: that it is their first, that it is of their fifth, tenth,
 * twentieth … week, or that their run is longer than any before; in this order, one at most. It is worked out from what they posted before
 * it: in the month of `week` (in whose ledger it is), whose `ledgers` these are, in the month before that, and, as `background` knows of
 * them, in all others. Only the first post that they have in a week can be any of it.
 */
export const praiseOf = (
  challenge: Challenge,
  week: Week,
  ledgers: readonly Ledger[],
  { before = [], pastOf }: Background,
  post: PostView,
): Praise | undefined => {
  const past = pastOf?.(post.author);
  if (!past) return undefined;
  const month = monthOf(week);
  const rules = rulesOf(challenge);
  const readings = [readMonth(plusMonths(month, -1), [...before, ...ledgers], rules), readMonth(month, ledgers, rules)];
  const all = [...before, ...ledgers];
  const written = new Set([...past.written, ...writtenBefore(post, readings, all)]);
  if (written.has(post.week)) return undefined;
  const weeks = written.size + 1;
  if (weeks === 1) return { for: 'first', weeks };
  if (weeks === 5 || weeks % 10 === 0) return { for: 'week', weeks };
  const run = runWith(post, written, seasonOf(past, readings, post.author), rules.streak.between);
  return run === undefined ? undefined : { for: 'run', weeks: run };
};

/** The weeks for which somebody has posted before a post of theirs, or was said to have: what counts only since then may be older. */
const writtenBefore = (
  { ts, author }: PostView,
  readings: readonly MonthReading[],
  ledgers: readonly Ledger[],
): Week[] => {
  const isAnnounced = (reply: Reply): boolean => {
    const ledger = ledgers.find(({ week }) => week === reply.writtenIn);
    return ledger !== undefined && isFinal(seriesOf(ledger, 'participation', reply.ts).past[0]);
  };
  return readings
    .flatMap(({ replies }) => replies)
    .filter((reply) => reply.counted && reply.author === author && reply.ts !== ts)
    .filter((reply) => compareTs(reply.ts, ts) < 0 || isAnnounced(reply))
    .map(({ week }) => week);
};

type OpenWeek = Omit<SeasonWeek, 'written'>;

/** The open weeks of a person's season, ascending. */
const seasonOf = ({ weeks, excused }: Past, readings: readonly MonthReading[], user: string): OpenWeek[] => [
  ...weeks.map(({ week, rest = false }) => ({ week, rests: rest, excused: excused.includes(week) })),
  ...readings.flatMap(({ weeklyPosts, resting, excused: excuses }) =>
    [...weeklyPosts.keys()]
      .sort()
      .map((week) => ({ week, rests: resting.has(week), excused: excuses.get(week)?.has(user) === true })),
  ),
];

/** The length of the run in which a post's week is the last, where that is longer than all before. Of what comes late, none. */
const runWith = (
  post: PostView,
  written: ReadonlySet<Week>,
  season: readonly OpenWeek[],
  between: number | 'off',
): number | undefined => {
  if ([...written].some((week) => week > post.week)) return undefined;
  const weeks = season
    .filter(({ week }) => week <= post.week)
    .map((each) => ({ ...each, written: each.week === post.week || written.has(each.week) }));
  const { current } = runOf(weeks, between);
  const { longest } = runOf(weeks.slice(0, -1), between);
  return current >= LONG_RUN && current > longest ? current : undefined;
};
