import type { Event } from '../events/catalog.ts';
import { compareTs, type Ts, tsAt } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, type Week, weeksOf } from '../events/week.ts';
import { agesInHours } from '../handlers/addressing.ts';
import { aboutAlone, decide, touchedBy } from '../handlers/decide.ts';
import type { Effect, EffectRef } from '../handlers/effect.ts';
import { keys } from '../pipeline/keys.ts';
import { isStored, loadAll, loadLedgers } from '../pipeline/ledgers.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import type { Documents } from '../store/documents.ts';
import { effectJob, profileJob } from './effect-jobs.ts';
import { createUnknownNames } from './names.ts';

export interface OwedPorts {
  documents: Documents;
  queue: Pick<Queue, 'put'>;
  clock: Clock;
}

/** What is owed to Slack: decided, and put on the queue. Nothing here can speak. */
export interface Owed {
  /** Queues what events of one week have made owed, and the names that are not known yet. */
  decideFor(challenge: Challenge, week: Week, events: readonly Event[]): Promise<void>;
  /** Queues what an effect that has come to its end has made owed. */
  decideAfter(challenge: Challenge, ref: EffectRef, ledgers: readonly Ledger[]): Promise<void>;
  /** Queues everything that is owed about the months of the last two weeks: what a crash may have left unsaid. */
  sweep(challenge: Challenge): Promise<void>;
}

const DAY_SECONDS = 86_400;

export const createOwed = ({ documents, queue, clock }: OwedPorts): Owed => {
  const unknownNames = createUnknownNames(documents, clock);

  const putOwed = (challenge: Challenge, owed: readonly Effect[]): Promise<void> =>
    queue.put(owed.map((effect) => effectJob(challenge, effect, clock.now())));

  const decideAbout = async (
    challenge: Challenge,
    month: Month,
    ledgers: readonly Ledger[],
    about?: ReadonlySet<Ts>,
  ): Promise<Effect[]> =>
    decide(challenge, month, ledgers, about, await elsewhereOf(documents, challenge, ledgers, about));

  return {
    decideFor: async (challenge, week, events) => {
      const ledgers = await ledgersOf(documents, challenge, week);
      const ledger = ledgers.find((each) => each.week === week);
      if (!ledger) return;
      const owed = await decideAbout(challenge, monthOf(week), ledgers, touchedBy(events, ledger));
      const unknown = await unknownNames(challenge, events);
      const now = clock.now();
      await queue.put([
        ...owed.map((effect) => effectJob(challenge, effect, now)),
        ...unknown.map((user) => profileJob(challenge, user, now)),
      ]);
    },

    decideAfter: async (challenge, { week, id }, ledgers) =>
      putOwed(challenge, await decideAbout(challenge, monthOf(week), ledgers, aboutAlone(id))),

    sweep: async (challenge) => {
      const calendar = calendarOf(challenge.timeZone);
      const seconds = clock.now() / 1000;
      const months = new Set([calendar.weekAt(seconds), calendar.weekAt(seconds - 14 * DAY_SECONDS)].map(monthOf));
      const oldest = tsAt((seconds - 3 * DAY_SECONDS) * 1000);
      for (const month of months) {
        const ledgers = await ledgersOf(documents, challenge, weeksOf(month)[0] as Week);
        const owed = (await decideAbout(challenge, month, ledgers)).filter(
          ({ due, kind }) => !agesInHours(kind) || compareTs(due, oldest) > 0,
        );
        await putOwed(challenge, owed);
      }
    },
  };
};

/**
 * The ledgers of other months' weeks in whose threads messages of one month are: what came too late for its month is among them. `about`
 * limits it to some messages.
 */
export const elsewhereOf = async (
  documents: Documents,
  { channel, timeZone }: Challenge,
  ledgers: readonly Ledger[],
  about?: ReadonlySet<Ts>,
): Promise<Ledger[]> => {
  const calendar = calendarOf(timeZone);
  const weeks = new Set<Week>();
  for (const { week: writtenIn, messages } of ledgers)
    for (const ts of about ?? Object.keys(messages)) {
      const thread = messages[ts]?.thread;
      const week = thread && calendar.weekOf(thread);
      if (week && monthOf(week) !== monthOf(writtenIn)) weeks.add(week);
    }
  const loaded = await loadAll<Ledger>(
    documents,
    [...weeks].map((week) => keys.ledger(channel, week)),
  );
  return loaded.filter(isStored).map(({ value }) => value);
};

/** The ledgers of the month of a week. */
export const ledgersOf = async (documents: Documents, { channel }: Challenge, week: Week): Promise<Ledger[]> =>
  (await loadLedgers(documents, channel, monthOf(week))).map(({ value }) => value);
