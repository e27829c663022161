import type { Event, EventOf } from '../../src/events/catalog.ts';
import { PERSONAL_KINDS, type PersonalKind } from '../../src/projections/month-rows.ts';
import { readEvent } from '../../src/store/log.ts';
import type { Rest } from './checks.ts';
import { ZONES } from './people.ts';
import type { Store } from './store.ts';
import { mondayOf, weekOf } from './truth.ts';

/** How often each kind of message to one person alone was sent, and skipped for which reason. */
export type Alone = Record<PersonalKind, { sent: number; skipped: Record<string, number> }>;

/** Nobody was told anything. */
export const nobodyTold = (): Alone =>
  Object.fromEntries(PERSONAL_KINDS.map((kind) => [kind, { sent: 0, skipped: {} }])) as unknown as Alone;

/** Adds what became of some messages to a sum. */
export const addAlone = (sum: Alone, more: Alone): void => {
  for (const kind of PERSONAL_KINDS) {
    sum[kind].sent += more[kind].sent;
    for (const [reason, times] of Object.entries(more[kind].skipped))
      sum[kind].skipped[reason] = (sum[kind].skipped[reason] ?? 0) + times;
  }
};

/** What became of the messages to one person alone, by the log. */
export const aloneIn = (log: Store): Alone => {
  const alone = nobodyTold();
  for (const [key, { bytes }] of log.objects) {
    if (!/effect\.(delivered|skipped)-(remind|note|comeback|firststep)/.test(key)) continue;
    const event = readEvent(bytes, key) as EventOf<'effect.delivered'> | EventOf<'effect.skipped'>;
    const became = alone[kindOf(event.effect) as PersonalKind];
    if (event.kind === 'effect.delivered') became.sent += 1;
    else became.skipped[event.reason] = (became.skipped[event.reason] ?? 0) + 1;
  }
  return alone;
};

/** The kind of message to one person alone that an effect is, if it is one. */
export const kindOf = (effect: string): PersonalKind | undefined =>
  PERSONAL_KINDS.find((kind) => effect.startsWith(`${kind}:`));

/** A message that somebody got. */
export interface Got {
  kind: PersonalKind;
  to: string;
  week: string;
  /** By Slack's clock, in seconds. */
  at: number;
  /** When it was claimed, as the log has it, and when that came into the log, in milliseconds. */
  claimed: string;
  since: number;
}

/** All that people got alone, in the order in which it was claimed. */
export const gotIn = ({ direct, log }: Rest, events: ReadonlyMap<string, Event>): Got[] => {
  const claims = new Map(
    [...events].flatMap(([key, event]) =>
      event.kind === 'effect.attempted'
        ? [
            [
              `${event.week} ${event.effect} ${event.attempt}`,
              { claimed: event.at, since: log.createdAt.get(key) ?? 0 },
            ],
          ]
        : [],
    ),
  );
  const got = direct.flatMap(({ ts, metadata }) => {
    const { effect, week, attempt } = metadata?.event_payload ?? {};
    const kind = kindOf(String(effect));
    const claim = claims.get(`${week} ${effect} ${attempt}`);
    return kind && claim
      ? [{ kind, to: String(effect).split(':')[1] as string, week: String(week), at: Number(ts), ...claim }]
      : [];
  });
  return got.sort((one, other) => one.since - other.since);
};

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];
const SEOUL = 9;
const HOURS_AHEAD: Readonly<Record<string, number>> = { 'America/Chicago': -5, 'Europe/London': 1 };

/** By how many hours the clocks of somebody may be ahead of UTC, for who knows some of the events: one way, or one of two. */
export const hoursAheadOf = (user: string, { log }: Rest, events: ReadonlyMap<string, Event>, at: number): number[] => {
  const zone = ZONES[user];
  if (!zone) return [SEOUL];
  const seen = [...events].flatMap(([key, event]) =>
    event.kind === 'profile.seen' && event.user === user && event.tz ? [log.createdAt.get(key) ?? 0] : [],
  );
  const first = Math.min(...seen);
  const own = HOURS_AHEAD[zone] as number;
  if (first > at) return [SEOUL];
  return first > at - 15 * MINUTE * 1000 ? [SEOUL, own] : [own];
};

const hourOf = (at: number, ahead: number): number => ((((at + ahead * HOUR) % DAY) + DAY) % DAY) / HOUR;

/** Whether it is an hour at which one writes to people whose clocks are so far ahead. */
export const isDay = (at: number, ahead: number): boolean => hourOf(at, ahead) >= 9 && hourOf(at, ahead) < 21;

/** The date of an instant where clocks are so far ahead, as a number. */
export const dayOf = (at: number, ahead: number): number => Math.floor((at + ahead * HOUR) / DAY);

/** An instant, or the first daytime after it. */
export const nextDay = (at: number, ahead: number): number =>
  isDay(at, ahead) ? at : at + ((((9 - hourOf(at, ahead)) % 24) + 24) % 24) * HOUR;

/** Days and hours after Monday 00:00 in Seoul at which each kind is told. */
const TOLD_AT: Readonly<Record<PersonalKind, readonly (readonly [days: number, hours: number])[]>> = {
  remind: [
    [5, 10],
    [6, 18],
  ],
  note: [[0, 10]],
  comeback: [[0, 10]],
  firststep: [[2, 12]],
};

/** The moments of a week at which somebody whose clocks are so far ahead is told something, in seconds; on Mondays not before the weekly post. */
export const momentsOf = (kind: PersonalKind, week: string, ahead: number, weekly: readonly string[]): number[] => {
  const monday = mondayOf(week).at / 1000;
  const opened = weekly.filter((ts) => weekOf(ts) === week).map((ts) => Number(ts) + 30 * MINUTE);
  return TOLD_AT[kind].flatMap(([days, hours]) => {
    const at = monday + days * DAY + hours * HOUR;
    const from = days === 0 ? opened.map((each) => Math.max(at, each)) : [at];
    return from.map((each) => nextDay(each, ahead)).filter((each) => each < monday + 7 * DAY);
  });
};

/** For so long after its moment something is worth saying. */
export const WORTH_SECONDS = 3 * HOUR;
/** The week is over then, in seconds. */
export const endOf = (week: string): number => mondayOf(week).at / 1000 + 7 * DAY;
