import { compareTs, type Ts } from '../events/timestamp.ts';
import { calendarOf, dayAt, type Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { PersonalKind } from '../projections/month-rows.ts';
import type { SeasonPeople } from '../projections/season-people.ts';
import { lapseSince } from './lapse.ts';
import { zoneOf } from './personal.ts';
import { isDaytime } from './slots.ts';

/** Something that was said: to a person, or, a digest, to the channel. */
export interface Said {
  kind: PersonalKind | 'digest';
  /** A user, or the channel. */
  to: string;
  week: Week;
  at: Ts;
}

/** How often each may be said in one lapse; a first step once for ever. */
const MOST_IN_A_LAPSE: Readonly<Record<Exclude<PersonalKind, 'firststep'>, number>> = {
  remind: 2,
  note: 1,
  comeback: 2,
};
const MOST_IN_A_WEEK = 2;

/**
 * What of the noise budget a message would break, in words; nothing when it keeps it. `before` is all that was said before it, and
 * `people` what is known when it is said. This asks what was said and not who decided it, so that it finds a decision that is wrong.
 */
export const breachesOf = (
  challenge: Challenge,
  people: SeasonPeople,
  said: Said,
  before: readonly Said[],
): string[] => {
  const { openedAt, rest } = people.weeks.get(said.week) ?? {};
  const silent = !openedAt || rest ? ['something in a week of rest, or in one that is not open'] : [];
  const own = before.filter(({ to }) => to === said.to);
  if (said.kind === 'digest')
    return [...silent, ...(own.some(({ week }) => week === said.week) ? ['a second digest in a week'] : [])];
  return [...silent, ...breachesTo(challenge, people, { ...said, kind: said.kind }, own)];
};

const breachesTo = (
  challenge: Challenge,
  people: SeasonPeople,
  { kind, to, week, at }: Said & { kind: PersonalKind },
  own: readonly Said[],
): string[] => {
  const person = people.people.get(to);
  const zone = zoneOf(challenge, person?.person.name?.tz);
  const since = person && lapseSince(person);
  const day = (instant: Ts): string => dayAt(calendarOf(zone), Number(instant));
  const ofKind = own.filter((each) => each.kind === kind);
  const inLapse = ofKind.filter((each) => since === undefined || compareTs(each.at, since) > 0);
  const isTooMuch = kind === 'firststep' ? ofKind.length > 0 : inLapse.length >= MOST_IN_A_LAPSE[kind];
  return [
    ...(own.filter((each) => each.week === week).length >= MOST_IN_A_WEEK ? ['more than two in a week'] : []),
    ...(own.some((each) => day(each.at) === day(at)) ? ['more than one a day'] : []),
    ...(isDaytime(zone, Number(at)) ? [] : ['something at night']),
    ...(isTooMuch ? [`one ${kind} too many`] : []),
  ];
};
