import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../events/catalog.ts';
import { encodeEvent } from '../events/codec.ts';
import { Refused } from '../events/errors.ts';
import { keyOf } from '../events/key.ts';
import type { Ts } from '../events/timestamp.ts';
import { calendarOf } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { MembersSnapshot } from '../projections/contract.ts';
import { type Bucket, listAll } from '../store/bucket.ts';
import { readDocument } from '../store/documents.ts';
import { filesBucket } from '../store/files.ts';
import { putOnce, readEvent, sealBody } from '../store/log.ts';
import { keys } from './publish.ts';
import { rebuild } from './rebuild.ts';
import { type Forgotten, mentions, redact } from './redact.ts';

/** Where things lie: whoever owns these folders has the right to change what no program may. */
export interface Folders {
  log: string;
  state: string;
}

/** What a person leaves in a challenge's log. */
export interface Traces {
  /** The keys of the facts that name them, are theirs, or tell of their posts. */
  keys: string[];
  person: Omit<Forgotten, 'pseudonym'>;
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
  let done = 0;
  for await (const { key } of listAll(log, `events/${channel}/`)) {
    const event = readEvent((await log.get(key))?.bytes ?? new Uint8Array(), key);
    if (event.kind === 'profile.seen' && event.user === user) names.add(event.name);
    if (isTheirs(event, user)) messages.add(event.ts);
    const named = mentions(JSON.stringify(event), user);
    if (named || isAboutMessages(event) || isBots(event)) all.push({ key, event, named });
    progress?.(++done);
  }
  const person = { user, names, messages, blogs };
  const touched = all.filter(
    ({ event, named }) =>
      named || JSON.stringify(redact(event, { ...person, pseudonym: user })) !== JSON.stringify(event),
  );
  // What tells who they are goes last: a run that was cut short must still find all the rest.
  const tells = ({ event }: { event: Event }): boolean => event.kind === 'profile.seen' || isTheirs(event, user);
  const ordered = [...touched.filter((trace) => !tells(trace)), ...touched.filter(tells)];
  return { keys: ordered.map(({ key }) => key), person };
};

const isTheirs = (event: Event, user: string): event is Extract<Event, { kind: 'message.posted' | 'message.edited' }> =>
  (event.kind === 'message.posted' || event.kind === 'message.edited') && event.author?.user === user;

const isBots = (event: Event): boolean =>
  (event.kind === 'message.posted' || event.kind === 'message.edited') && event.author?.bot !== undefined;

// An edit may come without its author.
const isAboutMessages = ({ kind }: Event): boolean =>
  kind === 'message.edited' || kind === 'effect.attempted' || kind === 'effect.skipped';

/** What was done, and whether everybody else's totals are what they were. */
export interface Forgetting {
  replaced: number;
  pseudonym: string;
  unchanged: boolean;
}

/**
 * Replaces every fact about a person by one without them, and makes all that is derived anew. Cut short, it goes on under the same
 * pseudonym when it is run again. Nothing else may write meanwhile.
 */
export const forget = async (
  challenge: Challenge,
  { keys: touched, person }: Traces,
  folders: Folders,
  progress?: (done: number, total: number) => void,
): Promise<Forgetting> => {
  const log = filesBucket(folders.log);
  const state = filesBucket(folders.state);
  const before = await totals(challenge, person.user, state);
  const note = join(folders.log, '.forgetting.json');
  const pseudonym = pseudonymFor(person.user, note);
  const calendar = calendarOf(challenge.timeZone);
  for (const week of new Set(touched.map((key) => key.split('/')[2] as string)))
    rmSync(join(folders.log, 'segments', challenge.channel, week), { recursive: true, force: true });
  for (const [position, key] of touched.entries()) {
    await replace(
      log,
      folders.log,
      key,
      (event) => redact(event, { ...person, pseudonym }),
      (event) => keyOf(event, calendar),
    );
    progress?.(position + 1, touched.length);
  }
  for (const derived of ['ledgers', 'snapshots', 'tables'])
    rmSync(join(folders.state, derived, challenge.channel), { recursive: true, force: true });
  await rebuild(challenge, { log, state });
  rmSync(note, { force: true });
  const after = await totals(challenge, pseudonym, state);
  return { replaced: touched.length, pseudonym, unchanged: before === after };
};

/** The new object is safe before the old one goes. */
const replace = async (
  log: Bucket,
  root: string,
  key: string,
  change: (event: Event) => Event,
  place: (event: Event) => string,
): Promise<void> => {
  const stored = await log.get(key);
  if (!stored) return;
  const event = change(readEvent(stored.bytes, key));
  const bytes = sealBody(encodeEvent(event));
  const target = place(event);
  if (target === key) await log.putIf(key, bytes, stored.etag);
  else {
    await putOnce(log, target, bytes);
    rmSync(join(root, key));
  }
};

/** Chance alone, so that nothing leads back; remembered only until all is done. */
const pseudonymFor = (user: string, note: string): string => {
  if (existsSync(note)) {
    const begun = JSON.parse(readFileSync(note, 'utf8')) as { user: string; pseudonym: string };
    if (begun.user === user) return begun.pseudonym;
    throw new Refused(`forgetting ${begun.user} was begun and not ended: run "til forget ${begun.user} --yes" first`);
  }
  const pseudonym = `U0GONE${randomBytes(8).toString('hex').toUpperCase()}`;
  writeFileSync(note, JSON.stringify({ user, pseudonym }), { mode: 0o600, flush: true });
  return pseudonym;
};

/** Everybody's totals but one's, as a text to compare. */
const totals = async ({ channel }: Challenge, but: string, state: Bucket): Promise<string> => {
  const { value } = await readDocument<MembersSnapshot>(state, keys.members(channel));
  return JSON.stringify((value?.members ?? []).filter(({ id }) => id !== but));
};
