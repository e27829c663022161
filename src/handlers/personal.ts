import type { Ts } from '../events/timestamp.ts';
import { calendarOf, dayAt, type Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import { standingOf } from '../projections/membership.ts';
import type { PersonalKind } from '../projections/month-rows.ts';
import type { SeasonPeople, SeasonPerson } from '../projections/season-people.ts';
import { comeback } from './comeback.ts';
import { firststep } from './firststep.ts';
import { isTold } from './lapse.ts';
import { lotOf } from './lot.ts';
import { note } from './note.ts';
import { dueTs } from './open-week.ts';
import { remind } from './remind.ts';
import { momentFor, type Slot } from './slots.ts';

/** What a personal message is, and why it comes. */
export type PersonalWords =
  /** `wording`: which of four, from 0. */
  | { kind: 'remind'; why: 'wrote lately' | 'planned to write'; wording: number }
  | { kind: 'note'; why: 'missed one week' }
  | { kind: 'comeback'; why: 'a month begins' | 'a week of rest is over' }
  | { kind: 'firststep'; why: 'reads along' };

/** A personal message that is due. Its id is `<kind>:<user>`, in the ledger of its week. */
export type Personal = PersonalWords & {
  user: string;
  week: Week;
  /** When it is to be said, by the person's own day. */
  at: Ts;
  /** Not to be said, so that it can be seen what saying it does. */
  held?: true;
};

/** What a decision about one person sees. */
export interface PersonalScene {
  challenge: Challenge;
  people: SeasonPeople;
  person: SeasonPerson;
  slot: Slot;
  /** The person's own moment for the slot, in seconds. */
  at: number;
}

/** Decides one kind of message about one person. Pure: no clock, no chance. */
export type Decider = (scene: PersonalScene) => PersonalWords | undefined;

/** How each kind is decided. No two of these are due at one slot. */
export const deciders: Readonly<Record<PersonalKind, Decider>> = { remind, note, comeback, firststep };

/** The reason of what is held back, to see what saying it does. */
export const HELD = 'held';

const MOST_IN_A_WEEK = 2;

/**
 * Who is to be told what at a slot, and when: by their moment, then by user. `people` is all that is known at the time of asking, and what
 * was said and recorded is in it. Whoever says it asks again when a message's moment has come: it may be said, or no longer true, by then.
 * Nothing is due in a week that is not open, or of rest.
 */
export const due = (challenge: Challenge, people: SeasonPeople, slot: Slot): Personal[] => {
  const week = people.weeks.get(slot.week);
  if (!week?.openedAt || week.rest) return [];
  return [...people.people.values()]
    .flatMap((person) => dueTo(challenge, people, person, slot) ?? [])
    .sort((left, right) => Number(left.at) - Number(right.at) || (left.user < right.user ? -1 : 1));
};

/** When somebody is told what is due at a slot, in seconds; undefined when there is no daytime of theirs left in the week. */
export const momentOf = (
  challenge: Challenge,
  { person }: Pick<SeasonPerson, 'person'>,
  slot: Slot,
): number | undefined => momentFor(challenge, slot, zoneOf(challenge, person.name?.tz));

/** Somebody's own time zone, where it is known and exists; else the challenge's. */
export const zoneOf = ({ timeZone }: Challenge, own: string | undefined): string => {
  if (!own) return timeZone;
  try {
    return calendarOf(own).timeZone;
  } catch {
    return timeZone;
  }
};

/** What one person is told at a slot, if anything; decided as by `due`. */
export const dueToOne = (
  challenge: Challenge,
  people: SeasonPeople,
  user: string,
  slot: Slot,
): Personal | undefined => {
  const person = people.people.get(user);
  const week = people.weeks.get(slot.week);
  return person && week?.openedAt && !week.rest ? dueTo(challenge, people, person, slot) : undefined;
};

/** The challenge with each kind of personal message on or off. Unless the challenge says so, people are only told what they can switch off. */
export const withTalk = (challenge: Challenge, canTalk: boolean): Challenge => {
  const usual = canTalk ? 'on' : 'off';
  const { remind = usual, note = usual, comeback = usual, firststep = usual } = challenge.notify;
  return { ...challenge, notify: { ...challenge.notify, remind, note, comeback, firststep } };
};

const dueTo = (challenge: Challenge, people: SeasonPeople, person: SeasonPerson, slot: Slot): Personal | undefined => {
  const { user, posts } = person;
  const at = momentOf(challenge, person, slot);
  const isAsked = standingOf(challenge, user, person.person, posts.size) === 'member';
  if (at === undefined || !isAsked || person.plans.get(slot.week)?.plan === 'rest') return undefined;
  for (const [kind, decider] of Object.entries(deciders) as [PersonalKind, Decider][]) {
    if (challenge.notify[kind] === 'off' || isSettled(person, kind, slot.week)) continue;
    const words = decider({ challenge, people, person, slot, at });
    if (!words || !hasRoom(challenge, person, kind, slot.week, at)) continue;
    return {
      ...words,
      user,
      week: slot.week,
      at: dueTs(at),
      ...(isHeld(challenge, user, slot.week, kind) ? { held: true } : {}),
    };
  }
  return undefined;
};

/** Whether it is known what became of a week's message of a kind. */
const isSettled = ({ told }: SeasonPerson, kind: PersonalKind, week: Week): boolean =>
  told.some((each) => each.kind === kind && each.week === week && each.became !== 'unclear');

/** Whether somebody may be told one thing more: two a week at most, and one a day, by their own days and by the challenge's. */
const hasRoom = (
  challenge: Challenge,
  { told, person }: SeasonPerson,
  kind: PersonalKind,
  week: Week,
  at: number,
): boolean => {
  const others = told.filter((each) => isTold(each) && !(each.kind === kind && each.week === week));
  if (others.filter((each) => each.week === week).length >= MOST_IN_A_WEEK) return false;
  return [challenge.timeZone, zoneOf(challenge, person.name?.tz)].every((timeZone) => {
    const calendar = calendarOf(timeZone);
    const day = dayAt(calendar, at);
    return others.every((each) => dayAt(calendar, Number(each.at)) !== day);
  });
};

/** Whether a message is held back. The arm follows from the message alone, so that it is the same whoever asks. */
const isHeld = ({ channel, notify }: Challenge, user: string, week: Week, kind: PersonalKind): boolean =>
  lotOf('arm', channel, user, week, kind) < notify.holdout;
