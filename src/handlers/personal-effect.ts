import { secondsOf, type Ts } from '../events/timestamp.ts';
import { calendarOf, dayAt, plusWeeks } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { PersonalKind } from '../projections/month-rows.ts';
import type { SeasonPeople, SeasonPerson } from '../projections/season-people.ts';
import { runOf } from '../projections/streak.ts';
import { hoursOf } from './addressing.ts';
import type { Background, Effect, EffectId, EffectOf, EffectRef } from './effect.ts';
import { effectId } from './effect.ts';
import { dueTs } from './open-week.ts';
import { dueToOne, HELD, type Personal, zoneOf } from './personal.ts';
import { wordingShown } from './remind.ts';
import { type SlotName, sayableAt, slotOf } from './slots.ts';

/** The reason of what was due when it was asked for, and not any more when its turn came. */
export const NO_LONGER_TRUE = 'no longer true';

/** At which slots each kind is told. */
const SLOTS: Readonly<Record<PersonalKind, readonly [SlotName, ...SlotName[]]>> = {
  remind: ['saturday', 'sunday'],
  note: ['monday'],
  comeback: ['monday'],
  firststep: ['wednesday'],
};

/** Any of the messages to one person alone. */
export type PersonalEffect = { [K in PersonalKind]: EffectOf<K> }[PersonalKind];

/** The id of a personal message. */
export const personalId = ({ kind, user }: Pick<Personal, 'kind' | 'user'>): EffectId<PersonalKind> =>
  effectId(kind, user);

/**
 * A personal message whose turn has come, decided again. One that is held back, or that nobody needs to be told any more, is to be recorded
 * as unsaid; of a kind that is off there is nothing.
 */
export const personalEffect = (
  challenge: Challenge,
  { week, id }: EffectRef,
  season: NonNullable<Background['season']>,
): Effect | undefined => {
  const [kind, user, detail] = id.split(':') as [PersonalKind, string, string?];
  if (detail !== undefined || challenge.notify[kind] === 'off') return undefined;
  const { people } = season;
  const openedAt = people.weeks.get(week)?.openedAt;
  const slots = SLOTS[kind].map((name) => slotOf(challenge, week, name, openedAt));
  const due = slots.flatMap((slot) => dueToOne(challenge, people, user, slot) ?? []).find((each) => each.kind === kind);
  const common = { week, user, ...(openedAt ? { here: openedAt } : {}) };
  if (!due) return untrue({ ...common, due: dueTs(Math.max(...slots.map((slot) => slot.at))) }, kind);
  return wordsOf({ ...common, due: due.at, ...(due.held ? { unsaid: HELD } : {}) }, challenge, due, season);
};

/**
 * When a personal message that is due may be said, if it is `now`, in seconds: now, or in the first daytime after; undefined when that is too
 * late.
 */
export const personalSayableAt = (
  challenge: Challenge,
  effect: PersonalEffect,
  { people }: NonNullable<Background['season']>,
  now: number,
): number | undefined => {
  const { week, due, user } = effect;
  const timeZone = zoneOf(challenge, people.people.get(user)?.person.name?.tz);
  return sayableAt(challenge, { week, due: secondsOf(due), hours: hoursOf(challenge, effect), timeZone }, now);
};

/** What every personal message carries. */
type Common = Pick<PersonalEffect, 'week' | 'due' | 'here' | 'unsaid' | 'user'>;

const untrue = (common: Common, kind: PersonalKind): PersonalEffect => {
  const { user } = common;
  const unsaid = { ...common, unsaid: NO_LONGER_TRUE };
  switch (kind) {
    case 'remind':
      return { ...unsaid, kind, id: effectId(kind, user), why: 'wrote lately', wording: 0, ends: 'later' };
    case 'note':
      return { ...unsaid, kind, id: effectId(kind, user), posts: 0, longest: 0 };
    case 'comeback':
      return { ...unsaid, kind, id: effectId(kind, user), why: 'a month begins', posts: 0, recent: [] };
    case 'firststep':
      return { ...unsaid, kind, id: effectId(kind, user) };
  }
};

/** A message with what its words need. */
const wordsOf = (
  common: Common,
  challenge: Challenge,
  personal: Personal,
  { people, recent }: NonNullable<Background['season']>,
): PersonalEffect => {
  const { user, week, at } = personal;
  const person = people.people.get(user) as SeasonPerson;
  switch (personal.kind) {
    case 'remind': {
      const { kind, why, wording } = personal;
      const says = { shows: wordingShown(wording) };
      const ends = endOf(challenge, people, week, at);
      return { ...common, kind, id: effectId(kind, user), why, wording, ends, says };
    }
    case 'note': {
      const standing = standingOf(challenge, people, person, week);
      return { ...common, kind: 'note', id: effectId('note', user), posts: postsOf(person), ...standing };
    }
    case 'comeback': {
      const { kind, why } = personal;
      return { ...common, kind, id: effectId(kind, user), why, posts: postsOf(person), recent };
    }
    case 'firststep':
      return { ...common, kind: 'firststep', id: effectId('firststep', user) };
  }
};

const postsOf = ({ posts }: SeasonPerson): number => [...posts.values()].reduce((sum, { count }) => sum + count, 0);

/** When the week ends for those who write, as seen from the day of a message. */
const endOf = ({ timeZone }: Challenge, { weeks }: SeasonPeople, week: string, at: Ts): EffectOf<'remind'>['ends'] => {
  const calendar = calendarOf(timeZone);
  const end = calendar.beginningOf(plusWeeks(week, 1));
  if (secondsOf(weeks.get(week)?.until ?? at) > end) return 'later';
  return dayAt(calendar, secondsOf(at)) === dayAt(calendar, end - 1) ? 'today' : 'tomorrow';
};

/** How long somebody's longest run is; and the one that they were in when they missed a week, if it goes on. */
const standingOf = (
  { rules }: Challenge,
  { weeks }: SeasonPeople,
  { posts, excused }: SeasonPerson,
  now: string,
): { run?: number; longest: number } => {
  const known = [...weeks].flatMap(([week, { openedAt, rest }]) =>
    openedAt && week <= now
      ? [{ week, written: posts.has(week), rests: rest === true, excused: excused.has(week) }]
      : [],
  );
  const { between } = rules.streak;
  const { current, longest } = runOf(known, between);
  const before = runOf(known.slice(0, known.findLastIndex(({ written }) => written) + 1), between).current;
  return current > 0 && current === before ? { run: current, longest } : { longest };
};
