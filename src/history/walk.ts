import type { Event } from '../events/catalog.ts';
import { weekOfEvent } from '../events/key.ts';
import { compareTs } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, plusMonths, plusWeeks, type Week } from '../events/week.ts';
import { foldSafely } from '../pipeline/fold-safely.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import { weekBeyond } from '../projections/extension.ts';
import { emptyLedger, type Ledger } from '../projections/ledger.ts';
import { createLook } from '../projections/look.ts';
import { type MonthRows, rowsOfMonth } from '../projections/month-rows.ts';
import { type MonthReading, readMonth } from '../projections/participation.ts';
import { rosterOf } from '../projections/roster.ts';
import { joinMonths, type SeasonPeople } from '../projections/season-people.ts';
import type { Bucket } from '../store/bucket.ts';
import { openLog } from '../store/log.ts';

/** A season as it was known at a moment that goes on: what has been taken in, and nothing of what came later. */
export interface Walk {
  /** Takes in an event. It is folded when somebody asks for what it changed. */
  take(event: Event): void;
  /** The ledgers of a month, and of the week into which it was extended, if it was. */
  ledgersOf(month: Month): Ledger[];
  readingOf(month: Month): MonthReading;
  people(): SeasonPeople;
}

/** All events of a challenge's log in the order in which they happened: by their instant, then by their kind. What is damaged is left out. */
export const eventsOf = async (challenge: Challenge, log: Bucket): Promise<Event[]> => {
  const opened = openLog(log, challenge);
  const events: Event[] = [];
  for (const week of await opened.weeks()) events.push(...(await opened.readWeek(week, () => {})));
  return events.sort((left, right) => compareTs(left.at, right.at) || (left.kind < right.kind ? -1 : 1));
};

/** A walk that has not begun. */
export const beginWalk = (challenge: Challenge): Walk => {
  const calendar = calendarOf(challenge.timeZone);
  const rules = rulesOf(challenge);
  const ledgers = new Map<Week, Ledger>();
  const waiting = new Map<Week, Event[]>();
  const readings = new Map<Month, MonthReading>();
  const rows = new Map<Month, MonthRows>();
  const look = createLook();

  const forget = (month: Month): void => {
    readings.delete(month);
    rows.delete(month);
  };

  const ledgerOf = (week: Week): Ledger | undefined => {
    const events = waiting.get(week);
    if (!events) return ledgers.get(week);
    waiting.delete(week);
    // What cannot be folded is left out, as everywhere.
    const { state } = foldSafely(ledgers.get(week) ?? emptyLedger(challenge.channel, week), events);
    ledgers.set(week, state);
    return state;
  };

  const known = (): Week[] => [...new Set([...ledgers.keys(), ...waiting.keys()])].sort();

  const ownLedgersOf = (month: Month): Ledger[] =>
    known()
      .filter((week) => monthOf(week) === month)
      .flatMap((week) => ledgerOf(week) ?? []);

  const ledgersOf = (month: Month): Ledger[] => {
    const own = ownLedgersOf(month);
    const beyond = weekBeyond(month, own, calendar);
    return [...own, ...(beyond && ledgerOf(beyond) ? [ledgerOf(beyond) as Ledger] : [])];
  };

  const readingOf = (month: Month): MonthReading => {
    let reading = readings.get(month);
    if (!reading) readings.set(month, (reading = readMonth(month, ledgersOf(month), rules)));
    return reading;
  };

  const rowsOf = (month: Month): MonthRows => {
    let found = rows.get(month);
    if (!found) rows.set(month, (found = rowsOfMonth(readingOf(month), ownLedgersOf(month), look)));
    return found;
  };

  return {
    take: (event) => {
      const week = weekOfEvent(event, calendar);
      const events = waiting.get(week);
      if (events) events.push(event);
      else waiting.set(week, [event]);
      const month = monthOf(week);
      forget(month);
      // A month may have been extended into the first week of the next.
      if (monthOf(plusWeeks(week, -1)) !== month) forget(plusMonths(month, -1));
    },
    ledgersOf,
    readingOf,
    people: () => {
      const months = [...new Set(known().map(monthOf))].map(rowsOf);
      return joinMonths(months, rosterOf([...ledgers.values()]));
    },
  };
};

/** Everybody of a season, after all of its events. */
export const peopleAfter = (challenge: Challenge, events: readonly Event[]): SeasonPeople => {
  const walk = beginWalk(challenge);
  for (const event of events) walk.take(event);
  return walk.people();
};
