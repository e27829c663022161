import * as v from 'valibot';
import { expect } from 'vitest';
import type { Event, EventOf } from '../../src/events/catalog.ts';
import { weekOfEvent } from '../../src/events/key.ts';
import type { Ts } from '../../src/events/timestamp.ts';
import { calendarOf, type Month, monthOf, plusMonths, type Week } from '../../src/events/week.ts';
import * as addressing from '../../src/handlers/addressing.ts';
import { decide, touchedBy } from '../../src/handlers/decide.ts';
import { decideOne } from '../../src/handlers/decide-one.ts';
import { digest } from '../../src/handlers/digest.ts';
import type { Background, Effect } from '../../src/handlers/effect.ts';
import { closeMonth } from '../../src/handlers/month-result.ts';
import { openWeek } from '../../src/handlers/open-week.ts';
import { type Challenge, ChallengeSchema } from '../../src/projections/challenge.ts';
import { emptyLedger, type Ledger } from '../../src/projections/ledger.ts';
import { ledger } from '../../src/projections/ledger-fold.ts';
import { fold } from '../../src/projections/projection.ts';
import { CHANNEL, WEEKLY } from './events.ts';

/** Settings that are not the defaults. */
export type Settings = Partial<v.InferInput<typeof ChallengeSchema>>;

/** A challenge with defaults and what is given. */
export const challengeOf = (settings: Settings = {}): Challenge =>
  v.parse(ChallengeSchema, { channel: CHANNEL, ...settings });

/** The ledgers that events fold into, in order of weeks: one for each week that an event is about. */
export const ledgersOf = (challenge: Challenge, events: readonly Event[]): Ledger[] => {
  const calendar = calendarOf(challenge.timeZone);
  const byWeek = Map.groupBy(events, (event) => weekOfEvent(event, calendar));
  return [...byWeek.keys()]
    .sort()
    .map((week) => fold(ledger, emptyLedger(challenge.channel, week), byWeek.get(week) as Event[]));
};

/** What has happened so far, in plain events; lists of them are taken apart. */
export const given = (...events: (Event | readonly Event[])[]) => scene(events.flat() as Event[], {});

const scene = (past: readonly Event[], settings: Settings) => {
  const challenge = challengeOf(settings);
  const weekOf = (event: Event): Week => weekOfEvent(event, calendarOf(challenge.timeZone));
  const monthLedgers = (events: readonly Event[], month: Month): Ledger[] =>
    ledgersOf(challenge, events).filter(({ week }) => monthOf(week) === month);

  /** What the last events, of one week, make owed; without any, all that is owed in the month of the last event. */
  const owed = (...last: Event[]): Effect[] => {
    const events = [...past, ...last];
    const week = weekOf(events.at(-1) as Event);
    const ledgers = monthLedgers(events, monthOf(week));
    const touched =
      last.length > 0 ? touchedBy(challenge, last, ledgerOf(ledgers, week) as Ledger, ledgers) : undefined;
    return decide(challenge, monthOf(week), ledgers, touched);
  };

  return {
    /** Under other settings. */
    under: (more: Settings) => scene(past, { ...settings, ...more }),
    owed,
    when: (...last: Event[]) => outcome(owed(...last)),
    /** The one effect of an id, if it is owed. */
    asked: (week: Week, id: string, background: Background = {}): Effect | undefined =>
      decideOne(challenge, { week, id }, monthLedgers(past, monthOf(week)), undefined, {
        before: monthLedgers(past, plusMonths(monthOf(week), -1)),
        ...background,
      }),
    whenWeekOpens: (week: Week, due: Ts) => {
      const ledgers = ledgersOf(challenge, past);
      return outcome<Effect>([openWeek(challenge, week, ledgerOf(ledgers, week), due, ledgers)].filter(exists));
    },
    /** The bot has listened since `heard`. */
    whenDigestIsDue: (week: Week, heard: Ts = WEEKLY) =>
      outcome<Effect>([digest(challenge, week, monthLedgers(past, monthOf(week)), heard)].filter(exists)),
    whenMonthCloses: (month: Month, at: Ts) =>
      outcome<EventOf<'month.closed'>>([closeMonth(challenge, month, monthLedgers(past, month), at)].filter(exists)),
  };
};

/** `then()` with nothing: nothing follows. */
const outcome = <T = Effect>(found: readonly T[]) => ({
  // biome-ignore lint/suspicious/noThenProperty: given, when, then; nobody awaits it.
  then: (...expected: T[]): void => expect(found).toStrictEqual(expected),
});

const exists = <T>(value: T | undefined): value is T => value !== undefined;

const ledgerOf = (ledgers: readonly Ledger[], week: Week): Ledger | undefined =>
  ledgers.find((each) => each.week === week);

/** What is known of an effect beside its decision: to whom it goes, whom it names, when it is too late. */
export const { isStale, mentionedBy, personOf, recipientById, recipientOf } = addressing;
