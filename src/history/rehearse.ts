import type { Event } from '../events/catalog.ts';
import { compareTs, type Ts, tsAt } from '../events/timestamp.ts';
import { calendarOf, monthOf, type Week } from '../events/week.ts';
import { weeklyTitleIn } from '../events/weekly-title.ts';
import { digestDueAt, digestOf } from '../handlers/digest-due.ts';
import { breachesOf } from '../handlers/noise-budget.ts';
import { dueTs } from '../handlers/open-week.ts';
import { due, HELD, momentOf, type Personal } from '../handlers/personal.ts';
import { wordingShown } from '../handlers/remind.ts';
import { SLOT_NAMES, type Slot, type SlotName, slotOf } from '../handlers/slots.ts';
import type { Challenge } from '../projections/challenge.ts';
import { WEEK_OPEN } from '../projections/message.ts';
import type { PersonalKind } from '../projections/month-rows.ts';
import type { SeasonPeople } from '../projections/season-people.ts';
import { rehearseLikes } from './rehearsed-likes.ts';
import { beginWalk, type Walk } from './walk.ts';

/** Something that would have been said. */
export interface Rehearsed {
  at: Ts;
  kind: PersonalKind | 'digest';
  /** A user; of the digest, the channel. */
  to: string;
  week: Week;
  why: string;
}

/** What the bot would have said in a season. */
export interface Rehearsal {
  /** The open weeks, ascending. */
  weeks: Week[];
  /** By their instants. */
  messages: Rehearsed[];
  likes: { at: Ts; to: string }[];
  /** What of the noise budget was broken, in words; empty when it was kept. */
  breaches: string[];
}

/**
 * Walks through events, in order, with a clock of its own, and decides at each moment as it would have been decided then, by what had
 * happened by then. What was really sent does not count. What it decides counts as said. Sends nothing and writes nothing. The walk ends with the last open week.
 */
export const rehearse = (challenge: Challenge, log: readonly Event[]): Rehearsal => {
  const events = log.filter(({ kind }) => !kind.startsWith('effect.'));
  const walk = beginWalk(challenge);
  let next = 0;
  const advance = (seconds: number): void => {
    const now = tsAt(seconds * 1000);
    for (; next < events.length && compareTs((events[next] as Event).at, now) <= 0; next += 1)
      walk.take(events[next] as Event);
  };
  const stage: Stage = { challenge, walk, advance, messages: [], breaches: [] };
  for (const [week, posts] of weeklyPostsIn(challenge, events)) playWeek(stage, week, posts);
  for (const event of events.slice(next)) walk.take(event);
  const open = [...walk.people().weeks].flatMap(([week, { openedAt }]) => (openedAt ? [week] : []));
  return {
    weeks: [...new Set([...open, ...stage.messages.map(({ week }) => week)])].sort(),
    messages: stage.messages,
    likes: rehearseLikes(challenge, events),
    breaches: stage.breaches,
  };
};

/** Where a rehearsal has come to. */
interface Stage {
  challenge: Challenge;
  walk: Walk;
  /** Takes in what had happened by then, in seconds. */
  advance(seconds: number): void;
  messages: Rehearsed[];
  breaches: string[];
}

/** By week, ascending, the ts of all that was ever a weekly post, or looked like one. */
const weeklyPostsIn = ({ timeZone }: Challenge, events: readonly Event[]): [Week, Set<Ts>][] => {
  const calendar = calendarOf(timeZone);
  const weeks = new Map<Week, Set<Ts>>();
  for (const event of events) {
    if ((event.kind !== 'message.posted' && event.kind !== 'message.edited') || event.thread) continue;
    const isWeekly = event.metadata?.type === WEEK_OPEN || (event.title ?? weeklyTitleIn(event.text)) !== undefined;
    if (!isWeekly) continue;
    const week = calendar.weekOf(event.ts);
    weeks.set(week, (weeks.get(week) ?? new Set()).add(event.ts));
  }
  return [...weeks].sort(([left], [right]) => (left < right ? -1 : 1));
};

/** Something to be done at a moment, in seconds: the digest, or a slot. */
interface Entry {
  at: number;
  name: SlotName | 'friday';
  /** Of those who are asleep at the slot itself. */
  later?: Slot;
}

const playWeek = (stage: Stage, week: Week, weeklyPosts: ReadonlySet<Ts>): void => {
  const { challenge, advance } = stage;
  const agenda = agendaOf(challenge, week, weeklyPosts);
  while (agenda.length > 0) {
    agenda.sort((left, right) => left.at - right.at);
    const entry = agenda.shift() as Entry;
    advance(entry.at);
    if (entry.name === 'friday') playDigest(stage, week, entry.at);
    else agenda.push(...playSlot(stage, week, entry));
  }
};

/** All that is to be done in a week by the clock. When Monday's messages come depends on the weekly post that stands by then. */
const agendaOf = (challenge: Challenge, week: Week, weeklyPosts: ReadonlySet<Ts>): Entry[] => {
  const mondays = new Set([undefined, ...weeklyPosts].map((ts) => slotOf(challenge, week, 'monday', ts).at));
  return [
    ...[...mondays].map((at) => ({ at, name: 'monday' as const })),
    ...SLOT_NAMES.flatMap((name) => (name === 'monday' ? [] : [{ at: slotOf(challenge, week, name).at, name }])),
    { at: digestDueAt(challenge, week), name: 'friday' },
  ];
};

/** Says what is due at a slot to those whose moment it is; gives what is to be done later, for those who are asleep. */
const playSlot = (stage: Stage, week: Week, { at, name, later }: Entry): Entry[] => {
  const { challenge, walk } = stage;
  if (name === 'friday') return [];
  const people = walk.people();
  const openedAt = people.weeks.get(week)?.openedAt;
  const slot = later ?? slotOf(challenge, week, name, openedAt);
  if (!openedAt) return [];
  for (const personal of due(challenge, people, slot)) if (Number(personal.at) === at) say(stage, people, personal);
  return later ? [] : [...laterMoments(challenge, people, slot)].map((moment) => ({ at: moment, name, later: slot }));
};

/** The moments after a slot at which it is day for somebody who was asleep at the slot. */
const laterMoments = (challenge: Challenge, people: SeasonPeople, slot: Slot): Set<number> =>
  new Set(
    [...people.people.values()].flatMap((person) => {
      const at = momentOf(challenge, person, slot);
      return at !== undefined && at > slot.at ? [at] : [];
    }),
  );

const playDigest = (stage: Stage, week: Week, seconds: number): void => {
  const { challenge, walk } = stage;
  const digest = digestOf(challenge, week, walk.ledgersOf(monthOf(week)));
  if (!digest) return;
  const why = `${digest.posts.length} ${digest.posts.length === 1 ? 'post' : 'posts'}`;
  add(stage, walk.people(), { at: dueTs(seconds), kind: 'digest', to: challenge.channel, week, why });
};

/** Says something to a person: from now on it is known that it was said. */
const say = (stage: Stage, people: SeasonPeople, personal: Personal): void => {
  const { challenge, walk } = stage;
  const { kind, user, week, at, why, held } = personal;
  const event = { v: 1, channel: challenge.channel, at, week, effect: `${kind}:${user}` } as const;
  if (held) {
    walk.take({ ...event, kind: 'effect.skipped', reason: HELD });
    return;
  }
  const says = kind === 'remind' ? { says: { shows: wordingShown(personal.wording) } } : {};
  walk.take({ ...event, kind: 'effect.attempted', attempt: 1, ...says });
  walk.take({ ...event, kind: 'effect.delivered', attempt: 1, to: user });
  add(stage, people, { at, kind, to: user, week, why });
};

const add = ({ challenge, messages, breaches }: Stage, people: SeasonPeople, said: Rehearsed): void => {
  for (const breach of breachesOf(challenge, people, said, messages))
    breaches.push(`${said.week} ${said.kind} to ${said.to}: ${breach}`);
  messages.push(said);
};

/** How often each would have been said, and the most personal messages to one person in a week. */
export const totalsOf = (
  messages: readonly Rehearsed[],
): { totals: Record<Rehearsed['kind'], number>; mostInAWeek: number } => {
  const totals = { remind: 0, note: 0, comeback: 0, firststep: 0, digest: 0 };
  const perWeek = new Map<string, number>();
  for (const { kind, to, week } of messages) {
    totals[kind] += 1;
    if (kind !== 'digest') perWeek.set(`${to}/${week}`, (perWeek.get(`${to}/${week}`) ?? 0) + 1);
  }
  return { totals, mostInAWeek: Math.max(0, ...perWeek.values()) };
};
