import type { Event, EventOf } from '../../src/events/catalog.ts';
import type { Choice } from '../../src/events/choices.ts';
import { canonical } from '../../src/events/codec.ts';
import { isFinal } from '../../src/handlers/effect-record.ts';
import { breachesOf } from '../../src/handlers/noise-budget.ts';
import { dueToOne } from '../../src/handlers/personal.ts';
import { type SlotName, slotOf } from '../../src/handlers/slots.ts';
import { beginWalk } from '../../src/history/walk.ts';
import type { Challenge } from '../../src/projections/challenge.ts';
import type { EffectRecord, Ledger } from '../../src/projections/ledger.ts';
import type { PersonalKind } from '../../src/projections/month-rows.ts';
import type { SeasonPeople } from '../../src/projections/season-people.ts';
import type { Rest } from './checks.ts';
import { isLater } from './choices.ts';
import {
  dayOf,
  endOf,
  type Got,
  gotIn,
  hoursAheadOf,
  isDay,
  kindOf,
  momentsOf,
  nextDay,
  WORTH_SECONDS,
} from './personal-told.ts';
import { CHUSEOK } from './truth.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long before something is decided the log may have what is decided by: at once, or after some tries of whoever appended it. */
const KNOWN_BEFORE = [0, 2 * MINUTE, 15 * MINUTE] as const;
/** How far a clock may be off that counts as right, and how long a call may be under way, in seconds. */
const CLOCK_SECONDS = 330;
/** How long after it was known for certain something may still be on its way that it forbids, in milliseconds. */
const ON_ITS_WAY = 45_000;

const SLOTS: Readonly<Record<PersonalKind, readonly SlotName[]>> = {
  remind: ['saturday', 'sunday'],
  note: ['monday'],
  comeback: ['monday'],
  firststep: ['wednesday'],
};

/** What could be known at an instant, and the rules of then. */
interface View {
  challenge: Challenge;
  people: SeasonPeople;
}

/** An event, and when it came into the log, in milliseconds. */
interface Known {
  event: Event;
  at: number;
}

/** Everybody as far as the log knew of them at instants that only go on; the rules are those of another instant. */
const createPast = ({ configured }: Rest, known: readonly Known[]) => {
  const walks = configured.map(({ challenge }) => beginWalk(challenge));
  let next = 0;
  return (by: number, rulesAt: number): View => {
    for (; next < known.length && (known[next]?.at ?? 0) <= by; next += 1)
      for (const walk of walks) walk.take((known[next] as Known).event);
    const last = configured.findLastIndex(({ from }) => from <= rulesAt);
    const { challenge } = configured[last] as Rest['configured'][number];
    return { challenge, people: (walks[last] as (typeof walks)[number]).people() };
  };
};

/** What was told by then, as Slack has it, without one message. */
const toldTo = (got: readonly Got[], user: string, kind: PersonalKind, week: string, before: number) =>
  got
    .filter((each) => each.to === user && each.since < before && !(each.kind === kind && each.week === week))
    .map((each) => ({ kind: each.kind, week: each.week, at: each.claimed, became: 'delivered' as const }));

interface About {
  kind: PersonalKind;
  to: string;
  week: string;
}

/** At which slots something was due, for whoever knew so much. What was told is what Slack shows, whatever the log says of it. */
const slotsDue = (
  { challenge, people }: View,
  got: readonly Got[],
  { kind, to, week }: About,
  before: number,
): readonly SlotName[] => {
  const person = people.people.get(to);
  if (!person) return [];
  const seen = new Map([[to, { ...person, told: toldTo(got, to, kind, week, before) }]]);
  const openedAt = people.weeks.get(week)?.openedAt;
  return SLOTS[kind].filter(
    (name) =>
      dueToOne(challenge, { weeks: people.weeks, people: seen }, to, slotOf(challenge, week, name, openedAt))?.kind ===
      kind,
  );
};

/**
 * Everything said to one person alone was true when it was sent, came by day and in time, kept the noise budget, and did not come after it
 * was switched off; what was skipped was skipped for the reason that is recorded; and nothing that was due has neither.
 */
export const checkPersonal = (rest: Rest, ledgers: readonly Ledger[], events: ReadonlyMap<string, Event>): string[] => {
  const known = [...events]
    .map(([key, event]) => ({ event, at: rest.log.createdAt.get(key) ?? 0 }))
    .sort((left, right) => left.at - right.at);
  const got = gotIn(rest, events);
  const skips = known.filter(
    (each): each is { event: EventOf<'effect.skipped'>; at: number } =>
      each.event.kind === 'effect.skipped' && kindOf(each.event.effect) !== undefined,
  );
  return [
    ...got.flatMap((each) => [...checkHour(rest, events, each), ...checkOff(rest, known, each)]),
    ...checkOften(rest, events, got),
    ...checkTrue(rest, known, got, skips),
    ...skips.flatMap((skip) => checkTooOld(rest, events, skip)),
    ...(rest.dropped ? [] : checkLost(rest, known, got, ledgers)),
  ];
};

const nameOf = ({ week, kind, to }: About): string => `${week} ${kind}:${to}`;

/** By day, and within three hours of the moment. */
const checkHour = (rest: Rest, events: ReadonlyMap<string, Event>, got: Got): string[] => {
  const { kind, week, to, at } = got;
  const zones = hoursAheadOf(to, rest, events, got.since);
  const around = [at - CLOCK_SECONDS, at, at + CLOCK_SECONDS];
  const isByDay = zones.some((ahead) => around.some((each) => isDay(each, ahead)));
  const isInTime = zones
    .flatMap((ahead) => momentsOf(kind, week, ahead, rest.deeds.weekly))
    .some((moment) => at >= moment - CLOCK_SECONDS && at <= moment + WORTH_SECONDS + CLOCK_SECONDS);
  const isInWeek = at < endOf(week) + CLOCK_SECONDS;
  return [
    ...(isByDay ? [] : [`${nameOf(got)}: something at night`]),
    ...(isInTime && isInWeek
      ? []
      : [`${nameOf(got)} was not sent in its time, but ${new Date(at * 1000).toISOString()}`]),
  ];
};

/** Two a week at most, and one a day of their own. */
const checkOften = (rest: Rest, events: ReadonlyMap<string, Event>, got: readonly Got[]): string[] =>
  [...Map.groupBy(got, ({ to }) => to)].flatMap(([to, own]) => {
    const weeks = [...Map.groupBy(own, ({ week }) => week)].filter(([, { length }]) => length > 2);
    const days = own.flatMap((each) => {
      const [ahead, other] = hoursAheadOf(to, rest, events, each.since);
      return ahead === undefined || other !== undefined ? [] : [`${ahead} ${dayOf(each.at, ahead)}`];
    });
    return [
      ...weeks.map(([week]) => `${to} was told more than two things in ${week}`),
      ...(new Set(days).size < days.length ? [`${to} was told more than one thing a day`] : []),
    ];
  });

type Chosen<K extends Choice['kind']> = Extract<Choice, { kind: K }>;

/** The last words of some kind on something when a message came: those that were certainly known, and all that might be. */
const wordsBy = <K extends Choice['kind']>(
  { chosen, jobs }: Rest,
  known: readonly Known[],
  got: Got,
  isAbout: (event: Event) => event is Chosen<K> & Event,
): [certain: Chosen<K> | undefined, possible: Chosen<K> | undefined] => {
  const done = new Map(
    chosen.map(({ choice, job }) => [canonical(choice), Math.min(...jobs(job).ended, ...jobs(`${job}+`).ended)]),
  );
  const all = known.flatMap(({ event, at }) => (at <= got.at * 1000 && isAbout(event) ? [event as Chosen<K>] : []));
  const certain = all.filter((each) => (done.get(canonical(each)) ?? Infinity) <= got.at * 1000 - ON_ITS_WAY);
  const last = (choices: Chosen<K>[]): Chosen<K> | undefined =>
    choices.length === 0 ? undefined : choices.reduce((one, other) => (isLater(one, other) ? one : other));
  return [last(certain), last(all)];
};

/** Nothing comes after the choice that switches it off is done, unless it is switched on again; nor in a week of rest. */
const checkOff = (rest: Rest, known: readonly Known[], got: Got): string[] => {
  const key = got.kind === 'remind' ? 'remind' : 'notes';
  const set = wordsBy<'member.set'>(
    rest,
    known,
    got,
    (event): event is EventOf<'member.set'> =>
      event.kind === 'member.set' && event.user === got.to && event.key === key,
  );
  const rested = wordsBy<'week.rested'>(
    rest,
    known,
    got,
    (event): event is EventOf<'week.rested'> => event.kind === 'week.rested' && event.week === got.week,
  );
  const { rules } = rest.configured.findLast(({ from }) => from <= got.since) as Rest['configured'][number];
  const isRest = rules.rest.includes(got.week) || (rules.rest.includes('chuseok') && got.week === CHUSEOK);
  return [
    ...(set.every((word) => word?.value === 'off') ? [`${nameOf(got)} was sent after it was switched off`] : []),
    ...(rested.every((word) => word?.rest ?? isRest) ? [`${nameOf(got)} was sent in a week of rest`] : []),
  ];
};

/** What was sent was due and kept the noise budget, and what was skipped as untrue was not due, by what could be known. */
const checkTrue = (
  rest: Rest,
  known: readonly Known[],
  got: readonly Got[],
  skips: readonly { event: EventOf<'effect.skipped'>; at: number }[],
): string[] => {
  const pasts = KNOWN_BEFORE.map(() => createPast(rest, known));
  const faults: string[] = [];
  const untrue = skips.filter(({ event }) => event.reason === 'no longer true');
  const all = [
    ...got.map((each) => ({ at: each.since, sent: each, about: each as About })),
    ...untrue.map(({ event, at }) => {
      const [kind, to] = event.effect.split(':') as [PersonalKind, string];
      return { at, sent: undefined, about: { kind, to, week: event.week } };
    }),
  ].sort((one, other) => one.at - other.at);
  for (const { at, sent, about } of all) {
    const views = pasts.map((past, position) => past(at - (KNOWN_BEFORE[position] as number), at));
    if (!sent) {
      if (views.every((view) => slotsDue(view, got, about, at).length > 0))
        faults.push(`${nameOf(about)} was skipped as no longer true, and was true`);
      continue;
    }
    if (!views.some((view) => slotsDue(view, got, about, at).length > 0))
      faults.push(`${nameOf(about)} was sent, and was not true`);
    faults.push(...breachesIn(views, got, sent));
  }
  return faults;
};

/** What of the noise budget a message broke, whatever of the last was known. */
const breachesIn = (views: readonly View[], got: readonly Got[], sent: Got): string[] => {
  const said = ({ kind, to, week, claimed }: Got) => ({ kind, to, week, at: claimed });
  const before = got.filter((each) => each.to === sent.to && each.since < sent.since).map(said);
  let common: string[] | undefined;
  for (const { challenge, people } of views) {
    const found = breachesOf(challenge, people, said(sent), before);
    common = common ? common.filter((each) => found.includes(each)) : found;
    if (common.length === 0) return [];
  }
  return (common ?? []).map((breach) => `${nameOf(sent)}: ${breach}`);
};

/** What was skipped as too old could not be said any more in the three hours after any moment that it had. */
const checkTooOld = (
  rest: Rest,
  events: ReadonlyMap<string, Event>,
  { event, at }: { event: EventOf<'effect.skipped'>; at: number },
): string[] => {
  if (event.reason !== 'too old') return [];
  const [kind, to] = event.effect.split(':') as [PersonalKind, string];
  const { week } = event;
  const now = at / 1000 + CLOCK_SECONDS;
  const isLate = hoursAheadOf(to, rest, events, at).some((ahead) =>
    momentsOf(kind, week, ahead, rest.deeds.weekly).some((moment) => {
      const possible = nextDay(Math.max(now, moment), ahead);
      return possible > moment + WORTH_SECONDS || possible >= endOf(week);
    }),
  );
  return isLate ? [] : [`${nameOf({ kind, to, week })} was skipped as too old: ${new Date(at).toISOString()}`];
};

/** A day and a half, until it has certainly been asked for: a machine may be off for longer than a day. */
const ASKED_AFTER = 36 * HOUR;

/** Whatever was due at its moment, and for so long after it, has been told or is recorded. */
const checkLost = (rest: Rest, known: readonly Known[], got: readonly Got[], ledgers: readonly Ledger[]): string[] => {
  const records = new Map<string, EffectRecord>(
    ledgers.flatMap(({ week, effects }) =>
      Object.entries(effects).map(([id, record]) => [`${week} ${id}`, record] as const),
    ),
  );
  const certain = momentsIn(rest).filter(
    ({ from, until }) => until <= rest.asked && !rest.configured.some((each) => each.from > from && each.from <= until),
  );
  const [before, after] = [createPast(rest, known), createPast(rest, known)];
  const due = (past: typeof before, { week, kinds }: Moments, at: number) => {
    const view = past(at, at);
    return kinds.flatMap((kind) =>
      [...view.people.people.keys()].map((to) => {
        const about = { kind, to, week };
        return { about, slots: slotsDue(view, got, about, at) };
      }),
    );
  };
  // Each past only goes on, and what begins first need not end first.
  const first = new Map(
    certain.toSorted((one, other) => one.from - other.from).map((each) => [each, due(before, each, each.from)]),
  );
  return certain.flatMap((each) => {
    const { week, from, until } = each;
    const stirred = stirredBetween(known, from, until);
    const still = new Map(due(after, each, until).map(({ about, slots }) => [nameOf(about), slots]));
    // Whose day has become another meanwhile, may have been too late for that.
    return (first.get(each) ?? []).flatMap(({ about, slots }) =>
      !stirred.has(week) &&
      !stirred.has(about.to) &&
      !isFinal(records.get(nameOf(about))) &&
      slots.some((name) => still.get(nameOf(about))?.includes(name))
        ? [`${nameOf(about)} was due, and neither sent nor skipped`]
        : [],
    );
  });
};

/** What is told at one slot of a week; `from` and `until` are the milliseconds between which it must have been due all the time. */
interface Moments {
  week: string;
  kinds: readonly PersonalKind[];
  from: number;
  until: number;
}

/** For each slot of a week, from when on and until when what was due then must have been due all the time. */
const momentsIn = ({ weeks, deeds, now }: Rest): Moments[] =>
  weeks
    .flatMap((week) =>
      [['note', 'comeback'] as const, ['firststep'] as const, ['remind'] as const].flatMap((kinds) => {
        const moments = [-5, 1, 9].flatMap((ahead) => momentsOf(kinds[0], week, ahead, deeds.weekly));
        if (moments.length === 0) return [];
        const [from, until] = [Math.min(...moments) * 1000 - 15 * MINUTE, Math.max(...moments) * 1000 + ASKED_AFTER];
        return until < now ? [{ week, kinds, from, until }] : [];
      }),
    )
    .sort((one, other) => one.until - other.until);

/** The people, and the weeks, about whom something was chosen, said or taken back between two instants. */
const stirredBetween = (known: readonly Known[], from: number, until: number): Set<string> => {
  const stirred = new Set<string>();
  const authors = new Map<string, string>();
  for (const { event, at } of known) {
    if ('author' in event && event.author?.user) authors.set(event.ts, event.author.user);
    if (at <= from || at > until) continue;
    if ('user' in event && event.kind !== 'reaction.added') stirred.add(event.user);
    if (event.kind === 'week.rested') stirred.add(event.week);
    // Written, edited, deleted, or ruled about.
    const author = 'ts' in event && event.ts !== undefined ? authors.get(event.ts) : undefined;
    if (author) stirred.add(author);
  }
  return stirred;
};
