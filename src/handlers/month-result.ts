import type { EventOf } from '../events/catalog.ts';
import { type Ts, tsAt } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, plusMonths, type Week, weeksOf } from '../events/week.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import { isInTime } from '../projections/extension.ts';
import type { Ledger } from '../projections/ledger.ts';
import { viewMonth } from '../projections/month-view.ts';
import { readMonth } from '../projections/participation.ts';
import { type Background, type Carried, type Effect, effectId, isHistory } from './effect.ts';
import { isFinal } from './effect-record.ts';

/** The id of the announcement of a month's result. */
export const monthResultId = (month: Month) => effectId('month.result', month);

/** Whether it is too late to announce a month's result of one's own accord: the month after it is over, too. */
export const isLongOver = (month: Month, now: Week): boolean => monthOf(now) > plusMonths(month, 1);

/** Whether one may still write for a month at an instant, since its last week was extended: its result waits. */
export const isExtended = (month: Month, ledgers: readonly Ledger[], now: Ts): boolean => {
  const last = ledgers.find(({ week }) => week === weeksOf(month).at(-1));
  return isInTime(now, last?.extended?.until);
};

/** A month's result as the event that freezes it, or undefined while no week of it was open: then there is nothing to announce. */
export const closeMonth = (
  challenge: Challenge,
  month: Month,
  ledgers: readonly Ledger[],
  at: Ts,
): EventOf<'month.closed'> | undefined => {
  const { snapshot, readers } = viewMonth(challenge, month, ledgers);
  if (snapshot.weeks.length === 0) return undefined;
  const { weeks, members, challengers, special, finishers } = snapshot;
  return {
    v: 1,
    kind: 'month.closed',
    channel: challenge.channel,
    at,
    month,
    weeks,
    rules: frozenRules(challenge),
    members: members.map(({ id, posts, likes, weeks }) => ({ id, posts, likes, weeks })),
    challengers,
    special,
    ...(finishers ? { finishers } : {}),
    ...(readers ? { readers } : {}),
  };
};

/** The rules by which a month is frozen. Where nothing of them keeps people writing, they are written as they were before such rules. */
const frozenRules = (challenge: Challenge): Record<string, unknown> => {
  const { rest, streak, finishers, readers, ...counting } = rulesOf(challenge);
  const isStrict = rest.length === 0 && streak.between === 'off' && finishers === 'off' && readers === 'off';
  return isStrict ? counting : { ...counting, rest, streak, finishers, readers };
};

/** Why a month is frozen and not announced: whether somebody has announced it already cannot be known. */
export const ENDED_BEFORE = 'ended before the bot first listened';

/**
 * The announcement of a result that is frozen in the log; `ledger` is that of the month's last week. What ended before the bot listened is
 * passed over, unless a person asks for it.
 */
export const announceResult = (
  { timeZone }: Challenge,
  ledger: Ledger,
  month: Month,
  { firstHeard }: Background,
  isAskedFor = false,
): Effect | undefined => {
  const closed = ledger.closed[month];
  const id = monthResultId(month);
  if (!closed || isFinal(ledger.effects[id])) return undefined;
  const { challengers, special, weeks, finishers, readers } = closed;
  const end = tsAt(calendarOf(timeZone).beginningOf(weeksOf(plusMonths(month, 1))[0] as Week) * 1000);
  const endedBefore = isHistory(end, firstHeard) || end === firstHeard;
  return {
    kind: 'month.result',
    id,
    week: weeksOf(month).at(-1) as string,
    due: closed.at,
    month,
    challengers,
    special,
    weeks,
    ...(finishers ? { finishers: finishers.map(({ id }) => id) } : {}),
    ...(readers ? { readers } : {}),
    ...(endedBefore && !isAskedFor ? { unsaid: ENDED_BEFORE } : {}),
  };
};

/**
 * How many posts counted in a month as it was frozen and, if any did, in the one before: as frozen, or as its ledgers say. Undefined of a
 * month that was frozen before that was kept.
 */
export const togetherIn = (
  challenge: Challenge,
  month: Month,
  ledgers: readonly Ledger[],
  before: readonly Ledger[],
): Carried['month.result']['together'] => {
  const posts = frozenPosts(month, ledgers);
  if (posts === undefined) return undefined;
  const last = plusMonths(month, -1);
  const { replies } = readMonth(last, [...before, ...ledgers], rulesOf(challenge));
  const lastPosts = frozenPosts(last, before) ?? replies.filter(({ counted }) => counted).length;
  return { posts, ...(lastPosts > 0 ? { before: lastPosts } : {}) };
};

const frozenPosts = (month: Month, ledgers: readonly Ledger[]): number | undefined =>
  ledgers.map(({ closed }) => closed[month]).find((closed) => closed !== undefined)?.posts;
