import type { Event } from '../events/catalog.ts';
import { canonical, decodeEvent, encodeEvent } from '../events/codec.ts';
import { Corrupt, Unavailable } from '../events/errors.ts';
import { keyOf, prefixOf } from '../events/key.ts';
import { type Calendar, calendarOf, isWeek, type Week } from '../events/week.ts';
import { type Bucket, pagesOf } from './bucket.ts';
import { digestOf } from './digest.ts';
import { getReadable } from './object.ts';
import { allSegments, openSegment, type Segment } from './segments.ts';
import { mapOrdered } from './together.ts';

const utf8 = new TextEncoder();

/** What became of an append: written; there already, byte for byte; or something else is there, which stays. */
export type Appended = 'appended' | 'duplicate' | 'conflict';

/** The part of a challenge that its log needs: where it lies, and which week an instant belongs to. */
export interface LogPlace {
  channel: string;
  timeZone: string;
}

/** The append-only log of one challenge, on any bucket. */
export interface Log {
  /** Appends an event under its own key, once and for ever. */
  append(event: Event): Promise<Appended>;
  /**
   * All events of one week: those in its segment, and then the others in the order of their keys. An object that is damaged or in the
   * wrong place is given to `onCorrupt` and left out; without it, Corrupt is thrown, naming the key.
   */
  readWeek(week: Week, onCorrupt?: (error: Corrupt) => void): Promise<Event[]>;
  /**
   * The same events, but every object is read itself and compared with all segments that hold it. A damaged object of which a sound
   * segment has a copy is told of, and not left out.
   */
  readOriginals(week: Week, onCorrupt: (error: Corrupt) => void): Promise<Event[]>;
  /** The event under a key, or undefined when there is none that can be trusted. */
  find(key: string): Promise<Event | undefined>;
  /** The weeks that have events, ascending. */
  weeks(): Promise<Week[]>;
}

// "x-digest" sorts behind all other fields of a body, so it always stands last.
const endOf = (head: string | Uint8Array): string => `,"x-digest":"${digestOf(head, 16)}"}`;
const END_LENGTH = ',"x-digest":"0123456789abcdef"}'.length;

/** The bytes of a log object: canonical JSON whose last field is a digest of all before it, so that any damage shows. */
export const sealBody = (body: string): Uint8Array => {
  const head = body.slice(0, -1);
  return utf8.encode(head + endOf(head));
};

/** The text of a log object without its digest, which is right. Throws Corrupt, naming the key, when it is not. */
export const openBody = (bytes: Uint8Array, key: string): string => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Math.max(0, buffer.length - END_LENGTH);
  const expected = endOf(buffer.subarray(0, length));
  if (buffer.toString('latin1', length) !== expected)
    throw new Corrupt(
      `${key}: the digest does not fit the content; the object is damaged (expected ${expected.slice(1, -1)})`,
    );
  return `${buffer.toString('utf8', 0, length)}}`; // Its digest fits: it is the text that was written.
};

/** An event from a log object, checked against its digest and its place. */
export const readEvent = (bytes: Uint8Array, key: string): Event => decodeEvent(openBody(bytes, key), key);

/** Appends bytes under a key: a put that finds the same bytes there was done before, perhaps by ourselves. */
export const putOnce = async (bucket: Bucket, key: string, bytes: Uint8Array): Promise<Appended> => {
  const put = await bucket.putNew(key, bytes);
  if (put.created) return 'appended';
  const stored = await bucket.get(key);
  if (stored && Buffer.compare(stored.bytes, bytes) === 0) return 'duplicate';
  return 'conflict';
};

/** Opens the log of a challenge on a bucket. */
export const openLog = (bucket: Bucket, { channel, timeZone }: LogPlace): Log => {
  const calendar = calendarOf(timeZone);
  return {
    append: async (event) => putOnce(bucket, keyOf(event, calendar), sealBody(encodeEvent(event))),

    readWeek: async (week, onCorrupt) => {
      const segment = await openSegment(bucket, channel, week);
      const prefix = prefixOf(channel, week);
      const sealed = segment ? eventsIn(segment, prefix) : [];
      const keys = await keysBut(bucket, prefix, segment?.names ?? []);
      const others = await mapOrdered(keys, LANES, async (key) => {
        try {
          return (await readStored(bucket, key, calendar)).event;
        } catch (error) {
          if (!(error instanceof Corrupt) || !onCorrupt) throw error;
          onCorrupt(error);
          return undefined;
        }
      });
      for (const event of others) if (event) sealed.push(event);
      return sealed;
    },

    readOriginals: async (week, onCorrupt) => {
      const prefix = prefixOf(channel, week);
      const segments = await allSegments(bucket, channel, week, onCorrupt);
      const events = new Map<string, StoredEvent | undefined>();
      await mapOrdered(await keysBut(bucket, prefix, []), LANES, async (key) => {
        events.set(key, undefined); // In the order of the keys, whatever is read first.
        try {
          events.set(key, await readStored(bucket, key, calendar));
        } catch (error) {
          if (!(error instanceof Corrupt)) throw error;
          onCorrupt(error);
        }
      });
      for (const segment of segments) compareWith(segment, prefix, events, onCorrupt);
      return [...events.values()].flatMap((stored) => stored?.event ?? []);
    },

    find: async (key) => {
      try {
        return (await readStored(bucket, key, calendar)).event;
      } catch (error) {
        if (error instanceof Corrupt && !(error.cause instanceof Unavailable)) return undefined;
        throw error instanceof Corrupt ? error.cause : error;
      }
    },

    weeks: async () => (await bucket.folders(`events/${channel}/`)).filter(isWeek),
  };
};

const LANES = 16;

const eventsIn = ({ names, bodies }: Segment, prefix: string): Event[] => {
  const events: Event[] = [];
  for (const body of bodies()) events.push(decodeEvent(body, `${prefix}${names[events.length]}`));
  return events;
};

/** The keys under a prefix except those in `names` (ascending, as keys are listed). */
const keysBut = async (bucket: Bucket, prefix: string, names: readonly string[]): Promise<string[]> => {
  const keys: string[] = [];
  let next = 0;
  for await (const entries of pagesOf(bucket, prefix)) {
    for (const { key } of entries) {
      const name = key.slice(prefix.length);
      while (next < names.length && (names[next] as string) < name) next++;
      if (names[next] !== name) keys.push(key);
    }
  }
  return keys;
};

/** An event and its text in the log. */
interface StoredEvent {
  event: Event;
  body: string;
}

/** Names every object that a segment holds and that is gone or differs; a missing or damaged one is read from the segment. */
const compareWith = (
  { manifest, names, bodies }: Segment,
  prefix: string,
  events: Map<string, StoredEvent | undefined>,
  onCorrupt: (error: Corrupt) => void,
): void => {
  let position = 0;
  for (const body of bodies()) {
    const key = `${prefix}${names[position++]}`;
    const stored = events.get(key);
    if (!events.has(key)) onCorrupt(new Corrupt(`${key}: gone, although ${manifest} holds a copy of it`));
    else if (stored && stored.body !== body)
      onCorrupt(new Corrupt(`${key}: holds something else than the copy of it in ${manifest}`));
    if (!stored) events.set(key, { event: decodeEvent(body, key), body });
  }
};

/** The event under a key: its digest fits, and it is where it belongs. */
const readStored = async (bucket: Bucket, key: string, calendar: Calendar): Promise<StoredEvent> => {
  const stored = await getReadable(bucket, key);
  if (!stored) throw new Corrupt(`${key}: listed, but gone when it was read`);
  const body = openBody(stored.bytes, key);
  const event = decodeEvent(body, key);
  const right = placeOf(event, calendar);
  if (right !== undefined && right !== key) throw new Corrupt(`${key}: holds an event that belongs under ${right}`);
  return { event, body };
};

/** Where an event belongs, or undefined for a kind of a later version, whose place this version cannot know. */
const placeOf = (event: Event, calendar: Calendar): string | undefined => {
  try {
    return keyOf(event, calendar);
  } catch {
    return undefined;
  }
};

/** Puts a delivery that cannot be logged into quarantine, with the reason; the same delivery twice is one object. */
export const quarantine = async (
  bucket: Bucket,
  reason: string,
  content: unknown,
): Promise<{ key: string; created: boolean }> => {
  const bytes = utf8.encode(canonical({ v: 1, reason, content }));
  const key = `quarantine/${digestOf(bytes, 16)}.json`;
  return { key, created: (await bucket.putNew(key, bytes)).created };
};
