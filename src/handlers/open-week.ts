import type { Says } from '../events/catalog.ts';
import { type Ts, tsAt } from '../events/timestamp.ts';
import {
  type Calendar,
  calendarOf,
  type Month,
  monthOf,
  plusMonths,
  plusWeeks,
  type Week,
  weeksOf,
} from '../events/week.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { isResting, readMonth, weeklyPostsOf } from '../projections/participation.ts';
import { digestDueAt } from './digest-due.ts';
import { type EffectOf, effectId, type StandingMessage } from './effect.ts';
import { changesOf, endedWith, isFinal, isUnclear, mayBeMade } from './effect-record.ts';
import { deliveriesOf } from './second-chance.ts';

/** The id of a week's weekly post. */
export const weekOpenId = (week: Week) => effectId('week.open', week);

/**
 * The weekly post of a week that has none yet, whoever asks for it and however often. `due` is when it should have been said; `before` are
 * the ledgers of the month of the week before, and its own.
 */
export const openWeek = (
  challenge: Challenge,
  week: Week,
  ledger: Ledger | undefined,
  due: Ts,
  before: readonly Ledger[] = [],
): EffectOf<'week.open'> | undefined => {
  const id = weekOpenId(week);
  const record = ledger?.effects[id];
  if (isFinal(record)) return undefined;
  const isOpen = ledger !== undefined && weeklyPostsOf([ledger], rulesOf(challenge)).has(week);
  if (isOpen && !isUnclear(record)) return undefined;
  const carried = carriedBy(challenge, week, ledger, before);
  return {
    kind: 'week.open',
    id,
    week,
    due,
    ...carried,
    ...(carried.rest ? { says: { shows: RESTS } } : {}),
    ...(isOpen ? { withdrawn: true as const } : {}),
  };
};

/** `says.shows` of a weekly post that speaks of a week of rest, and of one that was changed so that it does not. */
const RESTS = 'rest';
const OPEN = 'open';

/**
 * The bot's own weekly post that stands, when the week has become one of rest since, or is none any more: changed in place. `before` as
 * for `openWeek`.
 */
export const weeklyPostChange = (
  challenge: Challenge,
  ledger: Ledger,
  before: readonly Ledger[] = [],
): EffectOf<'week.open'> | undefined => {
  const { week } = ledger;
  const { past, id, record } = changesOf(ledger, 'week.open', week);
  const standing = ownPostIn(ledger);
  if (!standing) return undefined;
  const { says, ...change } = standing;
  const changed = past.slice(1).findLast(({ delivered }) => delivered === undefined || delivered.ts === change.ts);
  const shown = (changed && endedWith(changed)?.shows) ?? says?.shows ?? OPEN;
  const shows = isResting(week, ledger, rulesOf(challenge)) ? RESTS : OPEN;
  if (shows === shown && !mayBeMade(record)) return undefined;
  const carried = carriedBy(challenge, week, ledger, before);
  return { kind: 'week.open', id, week, due: openingOf(challenge, week), ...carried, says: { shows }, change };
};

/** The last weekly post of this bot's that nobody deleted, and what it said. */
const ownPostIn = ({ week, effects, messages }: Ledger): (StandingMessage & { says: Says | undefined }) | undefined => {
  const record = effects[weekOpenId(week)];
  const standing = deliveriesOf(record).findLast(({ ts }) => ts && !messages[ts]?.deleted);
  if (!standing?.ts) return undefined;
  return { channel: standing.to, ts: standing.ts, says: record?.attempts?.[standing.attempt]?.says };
};

/** What a weekly post carries. One of a week of rest does not speak of the week before. */
const carriedBy = (
  challenge: Challenge,
  opens: Week,
  ledger: Ledger | undefined,
  before: readonly Ledger[],
): Pick<EffectOf<'week.open'>, 'opens' | 'rest' | 'lastWeek'> => {
  if (isResting(opens, ledger, rulesOf(challenge))) return { opens, rest: true };
  const last = plusWeeks(opens, -1);
  const { replies } = readMonth(monthOf(last), before, rulesOf(challenge));
  const posts = replies.filter((reply) => reply.counted && reply.week === last);
  if (posts.length === 0) return { opens };
  return { opens, lastWeek: { people: new Set(posts.map(({ author }) => author)).size, posts: posts.length } };
};

/** What the schedule asks for at an instant. */
export interface Due {
  tick: 'week.open' | 'month.result' | 'digest';
  /** When it was to be done, in seconds. */
  at: number;
  week?: Week;
  month?: Month;
}

const timeOf = (text: string): [number, number] => [Number(text.slice(0, 2)), Number(text.slice(3))];

/**
 * What is to be done by `now` (seconds) as far as it still makes sense: last month's result within this month, this week's post within
 * this week, and last Friday's digest until the next, since one that was missed is recorded; in this order. Asking again does no harm:
 * what is done already is found done.
 */
export const dueAt = (challenge: Challenge, calendar: Calendar, now: number): Due[] => {
  const week = calendar.weekAt(now);
  const month = plusMonths(monthOf(week), -1);
  const resultAt = resultDueAt(challenge, month);
  const openAt = calendar.instant(week, 0, ...timeOf(challenge.schedule.weekOpen));
  const due: Due[] = [];
  if (now >= resultAt) due.push({ tick: 'month.result', at: resultAt, month });
  if (now >= openAt) due.push({ tick: 'week.open', at: openAt, week });
  const digested = now >= digestDueAt(challenge, week) ? week : plusWeeks(week, -1);
  due.push({ tick: 'digest', at: digestDueAt(challenge, digested), week: digested });
  return due;
};

/** The first month whose result is not due yet: those before it are over, whether they are frozen already or not. */
export const firstOpenMonth = (challenge: Challenge, now: number): Month => {
  const calendar = calendarOf(challenge.timeZone);
  const isDue = dueAt(challenge, calendar, now).some(({ tick }) => tick === 'month.result');
  return plusMonths(monthOf(calendar.weekAt(now)), isDue ? 0 : -1);
};

/** When a month's result is due, in seconds: on the first Monday of the next. */
export const resultDueAt = ({ schedule, timeZone }: Challenge, month: Month): number => {
  const [first] = weeksOf(plusMonths(month, 1)) as [Week];
  return calendarOf(timeZone).instant(first, 0, ...timeOf(schedule.monthResult));
};

/** A Slack timestamp for a scheduled instant. */
export const dueTs = (seconds: number): Ts => tsAt(seconds * 1000);

/** When a week's weekly post is due. */
export const openingOf = ({ schedule, timeZone }: Challenge, week: Week): Ts =>
  dueTs(calendarOf(timeZone).instant(week, 0, ...timeOf(schedule.weekOpen)));
