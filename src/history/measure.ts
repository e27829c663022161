import type { Event, EventOf } from '../events/catalog.ts';
import { calendarOf, plusWeeks, type Week } from '../events/week.ts';
import { HELD } from '../handlers/personal.ts';
import type { Challenge } from '../projections/challenge.ts';
import { PERSONAL_KINDS, type PersonalKind } from '../projections/month-rows.ts';
import type { SeasonPeople, SeasonPerson, Told } from '../projections/season-people.ts';
import { type AfterMisses, afterMisses } from './after-misses.ts';
import { type Difference, differenceOf, type Share } from './proportions.ts';

/** What is known of one kind of personal message. */
export interface Measured {
  /** Messages that came. */
  told: number;
  /** People who have switched it off. */
  off: number;
  /** Messages that were due and not said, for other reasons than being held out. */
  skipped: number;
  /** Messages that were held out. */
  held: number;
  /** Of those told, whose week is over: who wrote for it within 24 hours, and by its deadline. */
  within24Hours: Share;
  byDeadline: Share;
  /** Of those held out, whose week is over. */
  heldByDeadline: Share;
  /** By how much more of those who were told wrote by the deadline; undefined while nobody was held out, or told. */
  difference: Difference | undefined;
  /** How often it was followed by somebody's switching something off. */
  optOuts: number;
}

/** What is known of all personal messages of a challenge. */
export interface Measurement {
  kinds: Record<PersonalKind, Measured>;
  afterMisses: AfterMisses;
  /** How many weeks were open and are over. */
  weeks: number;
  /** Of these and the one that is, how many since the first reminder; at least 1. */
  weeksOfReminders: number;
}

const DAY_SECONDS = 86_400;
const OPT_OUT_SECONDS = 7 * DAY_SECONDS;

/** Measures what personal messages did, by what is known now (in seconds). `events` are those of the log. */
export const measure = (
  challenge: Challenge,
  people: SeasonPeople,
  events: readonly Event[],
  now: number,
): Measurement => {
  const week = calendarOf(challenge.timeZone).weekAt(now);
  const optOuts = optOutsIn(people, events);
  const kinds = Object.fromEntries(
    PERSONAL_KINDS.map((kind) => [kind, measureKind(challenge, people, kind, week, optOuts.get(kind) ?? 0)]),
  );
  const open = [...people.weeks].flatMap(([each, { openedAt }]) => (openedAt && each <= week ? [each] : []));
  const first = [...people.people.values()]
    .flatMap(({ told }) => told.flatMap((each) => (each.kind === 'remind' ? [each.week] : [])))
    .sort()[0];
  return {
    kinds: kinds as Measurement['kinds'],
    afterMisses: afterMisses(people, week),
    weeks: open.filter((each) => each < week).length,
    weeksOfReminders: Math.max(1, open.filter((each) => first !== undefined && each >= first).length),
  };
};

/** A message, and whose it is. */
type Sample = Told & { person: SeasonPerson };

const measureKind = (
  challenge: Challenge,
  people: SeasonPeople,
  kind: PersonalKind,
  now: Week,
  optOuts: number,
): Measured => {
  const everybody = [...people.people.values()];
  const all: Sample[] = everybody.flatMap((person) =>
    person.told.filter((each) => each.kind === kind).map((each) => ({ ...each, person })),
  );
  const told = all.filter(({ became }) => became === 'delivered');
  const held = all.filter(({ became, reason }) => became === 'skipped' && reason === HELD);
  const shareOf = (samples: readonly Sample[], wrote: (sample: Sample) => boolean): Share => {
    const over = samples.filter(({ week }) => week < now);
    return { of: over.length, wrote: over.filter(wrote).length };
  };
  const inTime = (sample: Sample): boolean => wroteAfter(sample, deadlineOf(challenge, people, sample.week));
  const [byDeadline, heldByDeadline] = [shareOf(told, inTime), shareOf(held, inTime)];
  return {
    told: told.length,
    off: everybody.filter(({ settings }) => settings.get(kind === 'remind' ? 'remind' : 'notes')?.value === 'off')
      .length,
    skipped: all.filter(({ became }) => became === 'skipped').length - held.length,
    held: held.length,
    within24Hours: shareOf(told, (sample) => wroteAfter(sample, Number(sample.at) + DAY_SECONDS)),
    byDeadline,
    heldByDeadline,
    difference: differenceOf(byDeadline, heldByDeadline),
    optOuts,
  };
};

/** The end of a week for those who write, in seconds. */
const deadlineOf = ({ timeZone }: Challenge, { weeks }: SeasonPeople, week: Week): number => {
  const end = calendarOf(timeZone).beginningOf(plusWeeks(week, 1));
  const { until } = weeks.get(week) ?? {};
  return until ? Math.max(end, Number(until)) : end;
};

/** Whether the first post for the message's week came after it, and by an instant in seconds. */
const wroteAfter = ({ person, week, at }: Sample, by: number): boolean => {
  const first = person.posts.get(week)?.first;
  return first !== undefined && Number(first) > Number(at) && Number(first) <= by;
};

/** By kind, how often its message was the last that somebody had got in the seven days before they switched something off. */
const optOutsIn = ({ people }: SeasonPeople, events: readonly Event[]): Map<PersonalKind, number> => {
  const counts = new Map<PersonalKind, number>();
  for (const event of events) {
    if (!isOptOut(event)) continue;
    const at = Number(event.at);
    const last = people
      .get(event.user)
      ?.told.findLast(
        (told) => told.became === 'delivered' && Number(told.at) <= at && Number(told.at) >= at - OPT_OUT_SECONDS,
      );
    if (last) counts.set(last.kind, (counts.get(last.kind) ?? 0) + 1);
  }
  return counts;
};

const isOptOut = (event: Event): event is EventOf<'member.set'> =>
  event.kind === 'member.set' && event.key !== 'likes' && event.value === 'off';
