import type { Event } from '../../src/events/catalog.ts';
import type { EffectId } from '../../src/handlers/effect.ts';
import { isFinal, saidBy } from '../../src/handlers/effect-record.ts';
import { parseId } from '../../src/handlers/kinds.ts';
import type { EffectRecord, Ledger } from '../../src/projections/ledger.ts';
import type { Rest, Truth } from './checks.ts';
import { monthOf, weekOf } from './truth.ts';

const DAY_SECONDS = 86_400;

/** Two clocks that are ten minutes off, and the time that a call takes. */
const CLOCKS_SECONDS = 1300;

const seconds = (ts: string): number => Number(ts.split('.')[0]);

const isHeard = (event: Event): boolean => /^(message|reaction)\./.test(event.kind) && !('inferred' in event);

/** Since when the bot has listened: the smallest instant of what Slack told it. */
export const firstHeardOf = (events: ReadonlyMap<string, Event>): string | undefined =>
  [...events.values()]
    .filter(isHeard)
    .map(({ at }) => at)
    .sort()[0];

/** Who was heard to like which message: `<ts> <user>`. */
export const heardLikes = (events: ReadonlyMap<string, Event>): ReadonlySet<string> =>
  new Set(
    [...events.values()].flatMap((event) =>
      event.kind === 'reaction.added' && isHeard(event) ? [`${event.item} ${event.user}`] : [],
    ),
  );

interface Told {
  id: string;
  kind: string;
  about: string;
  detail: string | undefined;
  record: EffectRecord;
}

const toldIn = (ledgers: readonly Ledger[]): Told[] =>
  ledgers.flatMap(({ effects }) =>
    Object.entries(effects).map(([id, record]) => ({ id, record, ...parseId(id as EffectId) })),
  );

/** Only what happened since the bot listened, and lately, is said by itself; what was missed is said once, and together. */
export const checkNews = (
  rest: Rest,
  truth: Truth,
  ledgers: readonly Ledger[],
  events: ReadonlyMap<string, Event>,
): string[] => {
  const told = toldIn(ledgers);
  const firstHeard = firstHeardOf(events) ?? '9999999999.000000';
  return [
    ...checkHistory(told, firstHeard),
    ...checkAges(told, events),
    ...checkLikers(told, heardLikes(events)),
    ...checkCaughtUp(rest, truth, told, firstHeard, events),
    ...checkEnded(told, firstHeard, events),
  ];
};

const checkHistory = (told: readonly Told[], firstHeard: string): string[] =>
  told
    .filter(({ kind, about, record }) => kind === 'participation' && record.delivered && about < firstHeard)
    .map(({ id }) => `${id} was announced, and is history`);

const attemptedAt = ({ delivered, attempts }: EffectRecord): number =>
  seconds(attempts?.[delivered?.attempt ?? 0]?.at ?? '0.0');

/** A first announcement comes within a day of a wording. */
const checkAges = (told: readonly Told[], events: ReadonlyMap<string, Event>): string[] =>
  told
    .filter(({ id, kind, record }) => kind === 'participation' && id.endsWith(':0') && record.delivered)
    .filter(({ about, record }) => {
      const worded = [...events.values()].flatMap((event) =>
        (event.kind === 'message.posted' || event.kind === 'message.edited') && event.ts === about
          ? [seconds(event.at)]
          : [],
      );
      return attemptedAt(record) - Math.max(...worded) > DAY_SECONDS + CLOCKS_SECONDS;
    })
    .map(({ id }) => `${id} was announced, and is old`);

/** Whoever is named in a notice was heard, and is named for a post once. */
const checkLikers = (told: readonly Told[], heard: ReadonlySet<string>): string[] => {
  const named = told.flatMap(({ kind, about, record }) =>
    kind === 'like' && record.delivered ? (saidBy(record)?.names ?? []).map((user) => `${about} ${user}`) : [],
  );
  return [
    ...named.filter((like) => !heard.has(like)).map((like) => `like of ${like}: named, and was not heard`),
    ...named.filter((like, position) => named.indexOf(like) < position).map((like) => `like of ${like}: named twice`),
  ];
};

/** What was too old is told of in one catch-up, in the months that are open. */
const checkCaughtUp = (
  { dropped, now }: Rest,
  truth: Truth,
  told: readonly Told[],
  firstHeard: string,
  events: ReadonlyMap<string, Event>,
): string[] => {
  // One in which names were put in afterwards tells of nothing new.
  const catchUps = told.filter(({ kind, detail, record }) => kind === 'catch-up' && !detail && isFinal(record));
  const covered = catchUps.flatMap(({ record }) => (record.delivered ? (saidBy(record)?.posts ?? []) : []));
  const faults = covered
    .filter((ts, position) => covered.indexOf(ts) < position || ts < firstHeard)
    .map((ts) => `${ts} was caught up on, and is history or was told before`);
  const today = new Date(now + 9 * 3_600_000).toISOString().slice(0, 10);
  const isEnough = catchUps.some(({ about, record }) => about >= today || !record.delivered);
  if (dropped || isEnough) return faults;
  const closed = new Set([...events.values()].flatMap((event) => (event.kind === 'month.closed' ? [event.month] : [])));
  const counted = new Map(truth.counted.map(({ ts, week }) => [ts, week]));
  for (const { id, kind, about, record } of told) {
    const isMissed = kind === 'participation' && id.endsWith(':0') && record.skipped?.reason === 'too old';
    const week = counted.get(about);
    if (isMissed && week && !closed.has(monthOf(week)) && !covered.includes(about))
      faults.push(`${id} was too old, and is in no catch-up`);
  }
  return faults;
};

/** A month that ended before the bot listened is frozen, and not announced. */
const checkEnded = (told: readonly Told[], firstHeard: string, events: ReadonlyMap<string, Event>): string[] => {
  const began = monthOf(weekOf(firstHeard));
  return [...events.values()].flatMap((event) => {
    if (event.kind !== 'month.closed') return [];
    const record = told.find(({ id }) => id === `month.result:${event.month}`)?.record;
    const isPassedOver = record?.skipped?.reason === 'ended before the bot first listened';
    return isPassedOver === event.month < began
      ? []
      : [`${event.month}: ${isPassedOver ? 'passed over' : 'announced'}, and the bot has listened since ${firstHeard}`];
  });
};
