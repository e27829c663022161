import { createHash } from 'node:crypto';
import type { Event } from '../events/catalog.ts';
import { canonical, decodeEvent, encodeEvent } from '../events/codec.ts';
import { Corrupt } from '../events/errors.ts';
import { keyOf, prefixOf } from '../events/key.ts';
import type { Calendar, Week } from '../events/week.ts';
import { type Bucket, listAll } from './bucket.ts';

const utf8 = new TextEncoder();
const text = new TextDecoder('utf-8', { fatal: true });

/** What became of an append: written; there already, byte for byte; or something else is there, which stays. */
export type Appended = 'appended' | 'duplicate' | 'conflict';

/** The append-only log on any bucket. */
export interface Log {
  /** Appends a fact under its own key, once and for ever. */
  append(event: Event, calendar: Calendar): Promise<Appended>;
  /**
   * All facts of one week, in the order of their keys. An object that is damaged or in the wrong place is given to `onCorrupt` and left
   * out; without it, Corrupt is thrown, naming the key.
   */
  readWeek(channel: string, week: Week, calendar: Calendar, onCorrupt?: (error: Corrupt) => void): Promise<Event[]>;
  /** The fact under a key, or undefined when there is none that can be trusted. */
  find(key: string, calendar: Calendar): Promise<Event | undefined>;
  /** The weeks of a channel that have facts, ascending. */
  weeks(channel: string): Promise<Week[]>;
}

const DIGEST_FIELD = 'x-digest';
// "x-digest" sorts behind all other fields of a body, so it always stands last.
const DIGEST_BYTES = ',"x-digest":"0123456789abcdef"}'.length;

const digestOf = (body: string | Uint8Array): string => createHash('sha256').update(body).digest('hex').slice(0, 16);

/** The bytes of a log object: canonical JSON whose last field is a digest of all before it, so that any damage shows. */
export const sealBody = (body: string): Uint8Array =>
  utf8.encode(`${body.slice(0, -1)},"${DIGEST_FIELD}":"${digestOf(body.slice(0, -1))}"}`);

/** The text of a log object without its digest, which is right. Throws Corrupt, naming the key, when it is not. */
export const openBody = (bytes: Uint8Array, key: string): string => {
  const end = bytes.length - DIGEST_BYTES;
  const head = bytes.subarray(0, Math.max(0, end));
  const tail = Buffer.from(bytes.subarray(Math.max(0, end))).toString('latin1');
  const expected = `,"${DIGEST_FIELD}":"${digestOf(head)}"}`;
  if (tail !== expected)
    throw new Corrupt(
      `${key}: the digest does not fit the content; the object is damaged (expected ${expected.slice(1, -1)})`,
    );
  return `${text.decode(head)}}`;
};

/** A fact from a log object, checked against its digest and its place. */
export const readEvent = (bytes: Uint8Array, key: string): Event => decodeEvent(openBody(bytes, key), key);

/** Appends bytes under a key: a put that finds the same bytes there was done before, perhaps by ourselves. */
export const putOnce = async (bucket: Bucket, key: string, bytes: Uint8Array): Promise<Appended> => {
  const put = await bucket.putNew(key, bytes);
  if (put.created) return 'appended';
  const stored = await bucket.get(key);
  if (stored && Buffer.compare(stored.bytes, bytes) === 0) return 'duplicate';
  return 'conflict';
};

/** Opens the log on a bucket. */
export const openLog = (bucket: Bucket): Log => ({
  append: async (event, calendar) => putOnce(bucket, keyOf(event, calendar), sealBody(encodeEvent(event))),

  readWeek: async (channel, week, calendar, onCorrupt) => {
    const keys: string[] = [];
    for await (const { key } of listAll(bucket, prefixOf(channel, week))) keys.push(key);
    const events = await mapOrdered(keys, 16, async (key) => {
      try {
        return await readFact(bucket, key, calendar);
      } catch (error) {
        if (!(error instanceof Corrupt) || !onCorrupt) throw error;
        onCorrupt(error);
        return undefined;
      }
    });
    return events.filter((event) => event !== undefined);
  },

  find: async (key, calendar) => {
    try {
      return await readFact(bucket, key, calendar);
    } catch (error) {
      if (error instanceof Corrupt) return undefined;
      throw error;
    }
  },

  weeks: async (channel) => {
    const prefix = `events/${channel}/`;
    const weeks: Week[] = [];
    let page = await bucket.list(prefix);
    while (page.entries[0]) {
      const week = page.entries[0].key.slice(prefix.length).split('/')[0] as Week;
      weeks.push(week);
      // `0` is the character behind `/`: the first key after everything in this week.
      page = await bucket.list(prefix, `${prefix}${week}0`);
    }
    return weeks;
  },
});

const readFact = async (bucket: Bucket, key: string, calendar: Calendar): Promise<Event> => {
  const stored = await bucket.get(key);
  if (!stored) throw new Corrupt(`${key}: listed, but gone when it was read`);
  const event = readEvent(stored.bytes, key);
  const right = placeOf(event, calendar);
  if (right !== undefined && right !== key) throw new Corrupt(`${key}: holds a fact that belongs under ${right}`);
  return event;
};

/** Where a fact belongs, or undefined for a kind of tomorrow, whose place this version cannot know. */
const placeOf = (event: Event, calendar: Calendar): string | undefined => {
  try {
    return keyOf(event, calendar);
  } catch {
    return undefined;
  }
};

/** Maps with bounded concurrency, results in order. */
export const mapOrdered = async <In, Out>(
  items: readonly In[],
  limit: number,
  map: (item: In) => Promise<Out>,
): Promise<Out[]> => {
  const results = new Array<Out>(items.length);
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const position = next++;
      results[position] = await map(items[position] as In);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
};

/** Puts what cannot be logged aside, with its reason; the same thing twice is one object. */
export const quarantine = async (
  bucket: Bucket,
  reason: string,
  content: unknown,
): Promise<{ key: string; created: boolean }> => {
  const bytes = utf8.encode(canonical({ v: 1, reason, content }));
  const key = `quarantine/${digestOf(bytes)}.json`;
  return { key, created: (await bucket.putNew(key, bytes)).created };
};
