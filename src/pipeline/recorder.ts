import type { Event } from '../events/catalog.ts';
import { keyOf } from '../events/key.ts';
import { calendarOf } from '../events/week.ts';
import type { EffectRef } from '../handlers/effect.ts';
import { lastAttempt } from '../handlers/effect-record.ts';
import { deliveriesOf } from '../handlers/second-chance.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { EffectRecord } from '../projections/ledger.ts';
import { isPersonalId } from '../projections/month-rows.ts';
import type { Bucket } from '../store/bucket.ts';
import { type LogPlace, openLog, readEvent } from '../store/log.ts';
import type { Bookkeeping, ChangedMonth } from './bookkeeping.ts';

/** Writes our own events: into the log, and then into the ledgers. */
export interface Recorder {
  /**
   * Appends events one after the other, and folds them. When the log has another event under the same key already (Slack's echo of our own
   * message, worded slightly differently), that event is folded instead, since it was first.
   */
  record(...events: Event[]): Promise<void>;
  /** Appends an event that may exist only once; says whether ours is the one. */
  claim(event: Event): Promise<boolean>;
  /**
   * Folds what the log has of an effect and its record lacks: whoever appended it died, or failed, before it was folded. Says whether
   * there was anything.
   */
  catchUp(challenge: Challenge, ref: EffectRef, record: EffectRecord | undefined): Promise<boolean>;
  /** Folds events of the log, however many of them have been folded before. */
  refold(events: readonly Event[]): Promise<void>;
  /** The event that the log has under this one's key. It is folded again, since whoever appended it may have died before folding. */
  recall(like: Event): Promise<Event | undefined>;
}

export interface RecorderPorts {
  log: Bucket;
  challenges: readonly Challenge[];
  bookkeeping: Pick<Bookkeeping, 'foldEvents'>;
  /** Told of months that changed. */
  changed: (months: ChangedMonth[]) => void;
}

/** A placeholder for the date of an event that is built only for its key, which contains no date. */
export const NO_TIME = '0000000000.000000';

/** A recorder on a log and the bookkeeping. */
export const createRecorder = ({ log: bucket, challenges, bookkeeping, changed }: RecorderPorts): Recorder => {
  const { foldEvents } = bookkeeping;
  const placeOf = (channel: string): LogPlace =>
    challenges.find((challenge) => challenge.channel === channel) ?? { channel, timeZone: 'UTC' };
  const calendarFor = (channel: string) => calendarOf(placeOf(channel).timeZone);

  const stored = async (key: string): Promise<Event | undefined> => {
    const object = await bucket.get(key);
    return object && readEvent(object.bytes, key);
  };

  const foldIn = async (events: readonly Event[]): Promise<void> => {
    const months = await foldEvents(events);
    const isSeen = !events.every(changesNothing);
    changed(isSeen ? months : months.filter(({ isNew }) => isNew));
  };

  const append = async (event: Event): Promise<{ first: boolean; event: Event }> => {
    const calendar = calendarFor(event.channel);
    const appended = await openLog(bucket, placeOf(event.channel)).append(event);
    if (appended === 'appended') return { first: true, event };
    return { first: false, event: (await stored(keyOf(event, calendar))) ?? event };
  };

  /** The message that a delivery left in the channel. It was appended before the delivery, and perhaps not folded either. */
  const messageOf = async (event: Event): Promise<Event | undefined> => {
    if (event.kind !== 'effect.delivered' || event.to !== event.channel || !event.ts) return undefined;
    const { channel, ts } = event;
    const like: Event = { v: 1, kind: 'message.posted', channel, at: ts, ts, text: '', links: [] };
    return stored(keyOf(like, calendarFor(channel)));
  };

  return {
    record: async (...events) => {
      const kept: Event[] = [];
      for (const event of events) kept.push((await append(event)).event);
      await foldIn(kept);
    },
    claim: async (event) => {
      const { first, event: kept } = await append(event);
      await foldIn([kept]);
      return first;
    },
    catchUp: async ({ channel, timeZone }, ref, record) => {
      const missing = nextOf(channel, ref, record);
      const looked = await Promise.all(missing.map((like) => stored(keyOf(like, calendarOf(timeZone)))));
      const found = looked.filter((event) => event !== undefined);
      const said = await Promise.all(found.map((event) => messageOf(event)));
      if (found.length > 0) await foldIn([...said.filter((event) => event !== undefined), ...found]);
      return found.length > 0;
    },
    refold: async (events) => changed(await foldEvents(events)),
    recall: async (like) => {
      const found = await stored(keyOf(like, calendarFor(like.channel)));
      if (found) await foldIn([found]);
      return found;
    },
  };
};

/**
 * Whether an event changes neither a snapshot nor anybody's row, unless it is the first of its week: one of an effect, if that is no personal
 * message. A name, a message or a result may.
 */
const changesNothing = (event: Event): boolean => 'effect' in event && !isPersonalId(event.effect);

/** What may have been appended about an effect after what its record has; only their keys count. */
const nextOf = (channel: string, { week, id }: EffectRef, record: EffectRecord | undefined): Event[] => {
  const last = lastAttempt(record);
  const event = { v: 1, channel, at: NO_TIME, week, effect: id } as const;
  const next: Event[] = [{ ...event, kind: 'effect.attempted', attempt: last + 1 }];
  if (!deliveriesOf(record).some(({ attempt }) => attempt === last))
    next.push({ ...event, kind: 'effect.delivered', attempt: last, to: channel });
  if (!record?.refused?.[last])
    next.push({ ...event, kind: 'effect.refused', attempt: last, reason: '', final: false });
  if (!record?.skipped) next.push({ ...event, kind: 'effect.skipped', reason: '' });
  return next;
};
