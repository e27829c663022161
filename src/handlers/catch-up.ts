import { secondsOf, type Ts } from '../events/timestamp.ts';
import { calendarOf, dayAt, type Month, monthOf, type Week } from '../events/week.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import { ownOf, weekBeyond } from '../projections/extension.ts';
import type { EffectRecord, Ledger } from '../projections/ledger.ts';
import { readMonth } from '../projections/participation.ts';
import { firstHeardIn, isOver } from './decide.ts';
import {
  type Background,
  type EffectId,
  type EffectOf,
  effectId,
  isHistory,
  type PostView,
  postView,
  TOO_OLD,
} from './effect.ts';
import { isFinal, isUnclear, saidBy, seriesOf } from './effect-record.ts';
import { isEffectId, parseId } from './kinds.ts';

/** The id of the catch-up of a date: there is one a day at most. */
export const catchUpId = (date: string): EffectId<'catch-up'> => effectId('catch-up', date);

/**
 * Tells the channel, in one message, of the participations that became too old to be announced one by one: those recorded as too old, in
 * open months, and in no catch-up yet. `ledgers` are those of the months that may be open.
 */
export const catchUp = (
  challenge: Challenge,
  date: string,
  week: Week,
  ledgers: readonly Ledger[],
  { firstHeard: elsewhere, openFrom }: Background,
): EffectOf<'catch-up'> | undefined => {
  const id = catchUpId(date);
  const record = ledgers.find((ledger) => ledger.week === week)?.effects[id];
  if (isFinal(record)) return undefined;
  const firstHeard = firstHeardIn(ledgers, elsewhere);
  const told = toldIn(ledgers);
  const posts = monthsIn(challenge, ledgers)
    .filter(([month]) => !isOver(month, ownOf(month, ledgers), openFrom))
    .flatMap(([month, ofMonth]) => missedIn(challenge, month, ofMonth))
    .filter(({ ts }) => !told.has(ts) && !isHistory(ts, firstHeard));
  const [first] = posts;
  if (!first && !isUnclear(record)) return undefined;
  return {
    kind: 'catch-up',
    id,
    week,
    due: first?.ts ?? NO_DATE,
    date,
    posts,
    says: { posts: posts.map(({ ts }) => ts) },
    ...(first ? {} : { withdrawn: true as const }),
  };
};

/**
 * The catch-ups that spoke of somebody whose name nobody knew, as they read now that all names are known: changed in place, once. What
 * counts no more is left out of them.
 */
export const namedCatchUps = (
  challenge: Challenge,
  ledgers: readonly Ledger[],
  { isNamed = () => true }: Background,
): EffectOf<'catch-up'>[] => {
  const standing = unnamedCatchUps(ledgers);
  if (standing.length === 0) return [];
  const counted = countedIn(challenge, ledgers);
  return standing.flatMap(({ date, week, change, about, people }) => {
    const id = effectId('catch-up', date, 'named');
    const posts = about.flatMap((ts) => counted.get(ts) ?? []);
    const isFinished = ledgers.some(({ effects }) => isFinal(effects[id]));
    if (isFinished || posts.length === 0 || !people.every(isNamed)) return [];
    const says = { posts: posts.map(({ ts }) => ts) };
    return [{ kind: 'catch-up', id, week, due: about[0] ?? NO_DATE, date, posts, says, change }];
  });
};

/** The catch-ups that stand without somebody's name: where, of which posts, and by whom these are. */
export const unnamedCatchUps = (ledgers: readonly Ledger[]) =>
  ledgers.flatMap(({ week, effects }) =>
    Object.entries(effects).flatMap(([id, record]) => {
      const { delivered } = record;
      const said = saidBy(record);
      const date = isEffectId(id) && parseId(id).kind === 'catch-up' ? parseId(id).about : undefined;
      if (date === undefined || id !== catchUpId(date) || !delivered?.ts || !said?.unnamed) return [];
      const about = said.posts ?? [];
      const people = about.flatMap((ts) => ledgers.flatMap(({ messages }) => messages[ts]?.author ?? []));
      return [{ date, week, change: { channel: delivered.to, ts: delivered.ts }, about, people }];
    }),
  );

/** The months of ledgers, each with those from which it is read: also that of the week into which it was extended. */
const monthsIn = ({ timeZone }: Challenge, ledgers: readonly Ledger[]): [Month, Ledger[]][] =>
  [...new Set(ledgers.map(({ week }) => monthOf(week)))].map((month) => {
    const beyond = weekBeyond(month, ledgers, calendarOf(timeZone));
    return [month, ledgers.filter(({ week }) => monthOf(week) === month || week === beyond)];
  });

const countedIn = (challenge: Challenge, ledgers: readonly Ledger[]): ReadonlyMap<Ts, PostView> =>
  new Map(
    monthsIn(challenge, ledgers)
      .flatMap(([month, ofMonth]) => readMonth(month, ofMonth, rulesOf(challenge)).replies)
      .flatMap((reply) => (reply.counted ? [[reply.ts, postView(reply)] as const] : [])),
  );

/** A catch-up is worth saying only on its date. */
const NO_DATE = '0000000000.000000';

/** The posts of a month that count, and whose announcement was passed over for its age. */
const missedIn = (challenge: Challenge, month: Month, ledgers: readonly Ledger[]): PostView[] =>
  readMonth(month, ledgers, rulesOf(challenge)).replies.flatMap((reply) => {
    const ledger = ledgers.find(({ week }) => week === reply.writtenIn);
    if (!reply.counted || !ledger) return [];
    const [first] = seriesOf(ledger, 'participation', reply.ts).past;
    return first?.skipped?.reason === TOO_OLD && !first.delivered ? [postView(reply)] : [];
  });

/** The posts of which a catch-up has told. One that Slack refused for good is not tried again. */
const toldIn = (ledgers: readonly Ledger[]): ReadonlySet<Ts> =>
  new Set(
    ledgers.flatMap(({ effects }) =>
      Object.entries(effects).flatMap(([id, record]) =>
        isEffectId(id) && parseId(id).kind === 'catch-up' && isFinal(record) ? postsOf(record) : [],
      ),
    ),
  );

const postsOf = (record: EffectRecord): readonly Ts[] => {
  if (!record.delivered && record.skipped)
    return record.skipped.reason === TOO_OLD ? [] : (saidBy(record)?.posts ?? []);
  const attempts = Object.values(record.attempts ?? {});
  return (record.delivered ? saidBy(record) : attempts.at(-1)?.says)?.posts ?? [];
};

/** What the admins are told: how much was passed over that day, and why. */
export const missedSubject = (
  { channel, notify, timeZone }: Challenge,
  { date, posts }: EffectOf<'catch-up'>,
  ledgers: readonly Ledger[],
): string => {
  const calendar = calendarOf(timeZone);
  const likes = ledgers
    .flatMap(({ effects }) => Object.entries(effects))
    .filter(([id, { skipped }]) => isEffectId(id) && parseId(id).kind === 'like' && skipped?.reason === TOO_OLD)
    .filter(([, { skipped }]) => skipped && dayAt(calendar, secondsOf(skipped.at)) === date);
  const counts = [`${posts.length} participation${plural(posts.length)}`];
  if (likes.length > 0) counts.push(`${likes.length} like notice${plural(likes.length)}`);
  const reason = `too old to be told one by one (more than ${notify.maxAgeHours} hours)`;
  return `${channel}, ${date}: ${reason}: ${counts.join(', ')}; told together`;
};

const plural = (count: number): string => (count === 1 ? '' : 's');
