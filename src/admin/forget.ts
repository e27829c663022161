import { randomBytes } from 'node:crypto';
import type { Event } from '../events/catalog.ts';
import { encodeEvent } from '../events/codec.ts';
import { Conflict, Corrupt, Refused } from '../events/errors.ts';
import { keyOf } from '../events/key.ts';
import { compareTs, type Ts } from '../events/timestamp.ts';
import { calendarOf } from '../events/week.ts';
import { rebuild } from '../history/rebuild.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { MembersSnapshot } from '../projections/contract.ts';
import { type Bucket, listAll } from '../store/bucket.ts';
import { digestOf } from '../store/digest.ts';
import { readDocument } from '../store/documents.ts';
import type { Eraser } from '../store/eraser.ts';
import { putOnce, readEvent, sealBody } from '../store/log.ts';
import { getReadable } from '../store/object.ts';
import { mapOrdered } from '../store/together.ts';
import { addressIn, type Forgotten, mentions, redact } from './redact.ts';

/** Log and state, with the right to erase from both. */
export interface ForgetPorts {
  log: Bucket;
  state: Bucket;
  erasers: { log: Eraser; state: Eraser };
}

/** What a person leaves in a challenge's log. */
export interface Traces {
  /** The keys of the events that name them, are theirs, or tell of their posts. */
  keys: string[];
  person: Omit<Forgotten, 'pseudonym'>;
  /** The keys of objects that cannot be read, so that nobody knows whom they name. */
  damaged: string[];
}

/** Finds everything about a person; reads all of the log once. */
export const findTraces = async (
  { channel, blogs }: Challenge,
  user: string,
  log: Bucket,
  progress?: (done: number) => void,
): Promise<Traces> => {
  const names = new Set<string>();
  const messages = new Set<Ts>();
  const all: { key: string; event: Event; named: boolean }[] = [];
  const damaged: string[] = [];
  const look = async (key: string): Promise<void> => {
    const event = await readOrName(log, key, damaged);
    if (!event) return;
    if (event.kind === 'profile.seen' && event.user === user) names.add(event.name);
    if (isTheirs(event, user)) messages.add(event.ts);
    const named = mentions(JSON.stringify(event), user);
    if (named || isAboutMessages(event) || isBots(event)) all.push({ key, event, named });
    progress?.(++done);
  };
  let done = 0;
  const found: string[] = [];
  for await (const { key } of listAll(log, `events/${channel}/`)) found.push(key);
  await mapOrdered(found, LANES, look);
  all.sort((left, right) => (left.key < right.key ? -1 : 1));
  const posted = firstPosted(
    all.map(({ event }) => event),
    messages,
  );
  const person = { user, names, messages, posted, blogs };
  const touched = all.filter(
    ({ event, named }) =>
      named || JSON.stringify(redact(event, { ...person, pseudonym: user })) !== JSON.stringify(event),
  );
  // What tells who they are goes last: a run that was cut short must still find all the rest.
  const tells = ({ event }: { event: Event }): boolean => event.kind === 'profile.seen' || isTheirs(event, user);
  const ordered = touched.filter((trace) => !tells(trace)).concat(touched.filter(tells));
  return { keys: ordered.map(({ key }) => key), person, damaged: damaged.sort() };
};

const readOrName = async (log: Bucket, key: string, damaged: string[]): Promise<Event | undefined> => {
  try {
    return readEvent((await getReadable(log, key))?.bytes ?? new Uint8Array(), key);
  } catch (error) {
    if (!(error instanceof Corrupt)) throw error;
    return void damaged.push(key);
  }
};

/** In which message each address that they posted came first. */
const firstPosted = (events: readonly Event[], messages: ReadonlySet<Ts>): Map<string, Ts> => {
  const first = new Map<string, Ts>();
  for (const event of events) {
    if (!('links' in event) || !messages.has(event.ts)) continue;
    for (const address of event.links.flatMap((url) => addressIn(url) ?? [])) {
      const last = first.get(address);
      if (!last || compareTs(event.ts, last) < 0) first.set(address, event.ts);
    }
  }
  return first;
};

const isTheirs = (event: Event, user: string): event is Extract<Event, { kind: 'message.posted' | 'message.edited' }> =>
  (event.kind === 'message.posted' || event.kind === 'message.edited') && event.author?.user === user;

const isBots = (event: Event): boolean =>
  (event.kind === 'message.posted' || event.kind === 'message.edited') && event.author?.bot !== undefined;

// An edit may come without its author.
const isAboutMessages = ({ kind }: Event): boolean =>
  kind === 'message.edited' || kind === 'effect.attempted' || kind === 'effect.skipped' || kind === 'post.ruled';

/** What was done, and whether everybody else's totals are unchanged. */
export interface Forgetting {
  replaced: number;
  /** Absent when nothing was known of them. */
  pseudonym?: string;
  unchanged: boolean;
}

/** How many objects are read at once. */
const LANES = 16;

/** Marks a run that has begun and not ended. It names the person, and is erased last. */
const NOTE = 'forgetting/person.json';
/** Replacements that are safe here before what they replace goes; below it stands the key. */
const STAGED = 'forgetting/staged/';

/**
 * Replaces every event about a person by one without them, and computes all derived state again. After an interruption, running it again goes
 * on under the same pseudonym. Nothing else may write meanwhile.
 */
export const forget = async (
  challenge: Challenge,
  { keys: touched, person }: Pick<Traces, 'keys' | 'person'>,
  ports: ForgetPorts,
  progress?: (done: number, total: number) => void,
): Promise<Forgetting> => {
  const { channel, timeZone } = challenge;
  const { log, state, erasers } = ports;
  if (touched.length === 0 && !(await log.get(NOTE))) return { replaced: 0, unchanged: true };
  const { pseudonym, totals } = await begin(person.user, await totalsOf(challenge, person.user, state), log);
  for await (const { key } of listAll(log, STAGED)) await putInPlace(key.slice(STAGED.length), ports);
  for (const week of new Set(touched.map((key) => key.split('/')[2] as string)))
    await erasers.log.eraseAll(`segments/${channel}/${week}`);
  const calendar = calendarOf(timeZone);
  for (const [position, key] of touched.entries()) {
    await replace(
      key,
      (event) => redact(event, { ...person, pseudonym }),
      (event) => keyOf(event, calendar),
      ports,
    );
    progress?.(position + 1, touched.length);
  }
  for (const place of ['ledgers', 'snapshots', 'tables', 'seen']) await erasers.state.eraseAll(`${place}/${channel}`);
  await rebuild(challenge, { log, state });
  const after = await totalsOf(challenge, pseudonym, state);
  await erasers.log.eraseAll('forgetting');
  return { replaced: touched.length, pseudonym, unchanged: totals === undefined || totals === after };
};

/** The new object is safe before the old one goes. */
const replace = async (
  key: string,
  change: (event: Event) => Event,
  place: (event: Event) => string,
  ports: ForgetPorts,
): Promise<void> => {
  const { log, erasers } = ports;
  const stored = await log.get(key);
  if (!stored) return;
  const event = change(readEvent(stored.bytes, key));
  const bytes = sealBody(encodeEvent(event));
  const target = place(event);
  if (target === key) {
    await create(log, STAGED + key, bytes);
    await putInPlace(key, ports);
  } else {
    await create(log, target, bytes);
    await erasers.log.erase(key);
  }
};

/** Puts a staged replacement where it belongs. A log takes no other bytes under a key that is there, so the old object goes first. */
const putInPlace = async (key: string, { log, erasers }: ForgetPorts): Promise<void> => {
  const staged = await log.get(STAGED + key);
  if (!staged) return;
  const present = await log.get(key);
  if (!present || Buffer.compare(present.bytes, staged.bytes) !== 0) {
    await erasers.log.erase(key);
    await create(log, key, staged.bytes);
  }
  await erasers.log.erase(STAGED + key);
};

const create = async (log: Bucket, key: string, bytes: Uint8Array): Promise<void> => {
  if ((await putOnce(log, key, bytes)) === 'conflict')
    throw new Conflict(`${key}: something else was written there meanwhile; stop all that writes, and run it again`);
};

interface Begun {
  user: string;
  pseudonym: string;
  totals?: string;
}

/** The pseudonym is random, so that nothing leads back to the person; it is remembered only until all is done. */
const begin = async (user: string, totals: string | undefined, log: Bucket): Promise<Begun> => {
  const pseudonym = `U0GONE${randomBytes(8).toString('hex').toUpperCase()}`;
  const mine: Begun = { user, pseudonym, ...(totals ? { totals } : {}) };
  if ((await log.putNew(NOTE, Buffer.from(JSON.stringify(mine)))).created) return mine;
  const begun = JSON.parse(Buffer.from((await log.get(NOTE))?.bytes ?? []).toString()) as Begun;
  if (begun.user === user) return begun;
  throw new Refused(`forgetting ${begun.user} was begun and not ended: run "til forget ${begun.user} --yes" first`);
};

/** Everybody's totals but one's, as a digest to compare; undefined when nobody has any. */
const totalsOf = async ({ channel }: Challenge, but: string, state: Bucket): Promise<string | undefined> => {
  const { value } = await readDocument<MembersSnapshot>(state, keys.members(channel));
  return value && digestOf(JSON.stringify(value.members.filter(({ id }) => id !== but)));
};
