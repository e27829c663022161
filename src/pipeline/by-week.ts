import type { Event } from '../events/catalog.ts';
import { weekOfEvent } from '../events/key.ts';
import { calendarOf, type Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';

/** Events of one week of one challenge. */
export interface OfWeek {
  challenge: Challenge;
  week: Week;
  ofWeek: Event[];
}

/** Sorts events by their weeks; the order within a week stays. Each must be of one of the challenges. */
export const groupByWeek = (events: readonly Event[], challenges: ReadonlyMap<string, Challenge>): Iterable<OfWeek> => {
  const groups = new Map<string, OfWeek>();
  for (const event of events) {
    const challenge = challenges.get(event.channel) as Challenge;
    const week = weekOfEvent(event, calendarOf(challenge.timeZone));
    const key = `${event.channel}/${week}`;
    const group = groups.get(key);
    if (group) group.ofWeek.push(event);
    else groups.set(key, { challenge, week, ofWeek: [event] });
  }
  return groups.values();
};
