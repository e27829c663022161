import type { Event } from '../events/catalog.ts';
import type { Corrupt } from '../events/errors.ts';
import { keyOf } from '../events/key.ts';
import { calendarOf, type Month, monthOf, plusWeeks, type Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import { weekBeyond } from '../projections/extension.ts';
import { emptyLedger, LEDGER_VERSION, type Ledger } from '../projections/ledger.ts';
import type { Bucket } from '../store/bucket.ts';
import type { Documents } from '../store/documents.ts';
import { openLog, quarantine } from '../store/log.ts';
import { createTurns } from '../store/together.ts';
import { groupByWeek, type OfWeek } from './by-week.ts';
import { foldSafely, type Poisoned } from './fold-safely.ts';
import { keys } from './keys.ts';
import { again } from './ledgers.ts';

/** A month whose ledgers have changed. */
export interface ChangedMonth {
  challenge: Challenge;
  month: Month;
  /** Whether one of its ledgers did not exist before. */
  isNew?: boolean;
}

export interface BookkeepingPorts {
  log: Bucket;
  documents: Documents;
  challenges: readonly Challenge[];
  /** What follows from changed ledgers; called before an event counts as done, so that nothing owed is lost. Absent: nothing follows. */
  decide?: ((challenge: Challenge, week: Week, events: readonly Event[]) => Promise<void>) | undefined;
  /**
   * Raises an alarm: `code` is a heading of RUNBOOK.md, `subject` names a key, never a text. With a channel, only the admins of that
   * challenge get it.
   */
  alarm?: ((code: string, subject: string, channel?: string) => Promise<void>) | undefined;
}

/** Appends events, folds them into their ledgers, saves those, and has the consequences decided. */
export interface Bookkeeping {
  /** Appends an event; gives the event that the log holds under its key, since only events of the log may come into a ledger. */
  appendEvent(event: Event): Promise<Event | undefined>;
  /** Folds events of the log into the ledgers of their weeks; gives the months these belong to. */
  foldEvents(events: readonly Event[]): Promise<ChangedMonth[]>;
  /** Puts a delivery that cannot be processed into quarantine, with the reason; the admins (of the challenge, where it is known) get one alarm. */
  setAside(reason: string, content: unknown, channel?: string): Promise<{ created: boolean }>;
}

/** The one way into the log and the ledgers. */
export const createBookkeeping = (ports: BookkeepingPorts): Bookkeeping => {
  const { challenges, alarm } = ports;
  const byChannel = new Map(challenges.map((challenge) => [challenge.channel, challenge]));
  const saveLedger = createLedgerSaver(ports);

  const setAside: Bookkeeping['setAside'] = async (reason, content, channel) => {
    const { key, created } = await quarantine(ports.log, reason, content);
    if (created)
      await alarm?.('quarantine', key, channel !== undefined && byChannel.has(channel) ? channel : undefined);
    return { created };
  };

  const foldWeek = async ({ challenge, week, ofWeek }: OfWeek): Promise<ChangedMonth[]> => {
    const { poisoned, isNew } = await saveLedger(challenge, week, ofWeek);
    for (const { event, reason } of poisoned) await setAside(reason, event, challenge.channel);
    await ports.decide?.(challenge, week, ofWeek);
    const before = await extendedInto(ports.documents, challenge, week);
    return [{ challenge, month: monthOf(week), isNew }, ...before.map((month) => ({ challenge, month }))];
  };

  return {
    setAside,

    appendEvent: async (event) => {
      const challenge = byChannel.get(event.channel) as Challenge;
      const log = openLog(ports.log, challenge);
      const appended = await log.append(event);
      if (appended !== 'conflict') return event;
      const kept = await log.find(keyOf(event, calendarOf(challenge.timeZone)));
      if (!isEcho(event) && !isInferred(kept)) await setAside('another event has this key', event, event.channel);
      return kept;
    },

    foldEvents: async (events) => {
      const changed = new Map<string, ChangedMonth>();
      for (const group of groupByWeek(events, byChannel)) {
        for (const each of await foldWeek(group)) {
          const name = `${each.challenge.channel}/${each.month}`;
          changed.set(name, { ...each, isNew: each.isNew || changed.get(name)?.isNew === true });
        }
      }
      return [...changed.values()];
    },
  };
};

/** The month before, if it was extended into a week: some of the week's replies are that month's. */
const extendedInto = async (documents: Documents, { channel, timeZone }: Challenge, week: Week): Promise<Month[]> => {
  const before = plusWeeks(week, -1);
  if (monthOf(before) === monthOf(week)) return [];
  const { value } = await documents.load<Ledger>(keys.ledger(channel, before));
  return value && weekBeyond(monthOf(before), [value], calendarOf(timeZone)) ? [monthOf(before)] : [];
};

/**
 * Folds events of one week into its ledger: loads it, folds, saves it if it changed, and begins again if another process saved meanwhile.
 * A ledger that is missing, damaged or of another version is folded again from the log, which holds these events already.
 */
const createLedgerSaver = ({ log: bucket, documents, alarm }: BookkeepingPorts) => {
  const inTurn = createTurns();

  /** The events of a week; a damaged one raises an alarm and does not hold up the others. */
  const readWeek = async (challenge: Challenge, week: Week): Promise<Event[]> => {
    const damaged: Corrupt[] = [];
    const events = await openLog(bucket, challenge).readWeek(week, (error) => damaged.push(error));
    for (const { message } of damaged) await alarm?.('damaged', message.split(':')[0] as string, challenge.channel);
    return events;
  };

  return (
    challenge: Challenge,
    week: Week,
    events: readonly Event[],
  ): Promise<{ poisoned: Poisoned[]; isNew: boolean }> =>
    // One after the other within this process; against other processes the compare-and-swap guards.
    inTurn(keys.ledger(challenge.channel, week), () =>
      again(documents, async () => {
        const document = await documents.load<Ledger>(keys.ledger(challenge.channel, week));
        const ours = document.value?.version === LEDGER_VERSION && document.value.week === week;
        const isNew = document.etag === undefined;
        const folded = ours ? foldSafely(document.value as Ledger, events) : undefined;
        if (folded?.poisoned.length === 0) {
          await documents.save(document, folded.state, 'from it');
          return { poisoned: [], isNew };
        }
        // If folding fails, suspect the stored ledger first and refold from the log.
        const anew = foldSafely(emptyLedger(challenge.channel, week), await readWeek(challenge, week));
        await documents.save(document, anew.state);
        return { poisoned: anew.poisoned, isNew };
      }),
    );
};

/** Slack's echo of a message of our own may be worded slightly differently from its answer, which was first. */
const isEcho = (event: Event): boolean => event.kind === 'message.posted' && event.metadata?.effect !== undefined;

/** What reconciling or importing found may be worded slightly differently from the delivery that comes after all. */
const isInferred = (event: Event | undefined): boolean =>
  event !== undefined && 'inferred' in event && event.inferred === true;
