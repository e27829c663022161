import type { Event } from '../events/catalog.ts';
import { canonical } from '../events/codec.ts';
import { Conflict, type Corrupt, Unavailable } from '../events/errors.ts';
import { keyOf, prefixOf } from '../events/key.ts';
import { laterTs, secondsOf, type Ts } from '../events/timestamp.ts';
import { calendarOf, plusWeeks, type Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import { describeError } from '../setup/report.ts';
import { type Bucket, listAll } from '../store/bucket.ts';
import { openLog } from '../store/log.ts';
import { corruptOf } from '../store/object.ts';
import { openSegment, writeSegment } from '../store/segments.ts';

/** A week in which nothing has happened for so long, and that is over for so long, is quiet. */
const QUIET_SECONDS = 48 * 3600;

/** What became of a week. `as it was`: sealed before, and nothing has come since. */
export type Sealing =
  | { week: Week; outcome: 'sealed'; events: number; bytes: number }
  | { week: Week; outcome: 'as it was' | 'not quiet' }
  | { week: Week; outcome: 'damaged'; details: string[] };

export interface SealOptions {
  dryRun?: boolean;
  /** Of a week with more events so many are sealed at a time, so that a run that is cut short is gone on with. */
  portion?: number;
  progress?: (done: number, total: number) => void;
}

/** What is read from S3 in some four seconds; a function has thirty. */
const PORTION = 2_000;

/** Seals the quiet weeks of a challenge; `now` in milliseconds. A week with a damaged object is left as it is, and named. */
export const sealQuietWeeks = async (
  challenge: Challenge,
  bucket: Bucket,
  now: number,
  { dryRun, portion = PORTION, progress }: SealOptions = {},
): Promise<{ weeks: Sealing[]; bytes: number }> => {
  const all = await openLog(bucket, challenge).weeks();
  const weeks: Sealing[] = [];
  for (const week of all) {
    weeks.push(await sealOrName(challenge, bucket, week, now / 1000, { dryRun: dryRun === true, portion }));
    progress?.(weeks.length, all.length);
  }
  const bytes = weeks.reduce((sum, sealing) => sum + (sealing.outcome === 'sealed' ? sealing.bytes : 0), 0);
  return { weeks, bytes };
};

/** What is wrong with one week keeps no other from being sealed. */
const sealOrName = async (...week: Parameters<typeof sealWeek>): Promise<Sealing> => {
  try {
    return await sealWeek(...week);
  } catch (error) {
    const [{ channel }, , name] = week;
    const corrupt = corruptOf(error, prefixOf(channel, name));
    if (!corrupt && (error instanceof Unavailable || error instanceof Conflict)) throw error;
    return { week: name, outcome: 'damaged', details: [corrupt?.message ?? describeError(error)] };
  }
};

const sealWeek = async (
  { channel, timeZone }: Challenge,
  bucket: Bucket,
  week: Week,
  now: number,
  { dryRun, portion }: { dryRun: boolean; portion: number },
): Promise<Sealing> => {
  const calendar = calendarOf(timeZone);
  const end = calendar.instant(plusWeeks(week, 1), 0, 0, 0);
  if (now - end < QUIET_SECONDS) return { week, outcome: 'not quiet' };
  const prefix = prefixOf(channel, week);
  const sealed = new Set((await openSegment(bucket, channel, week))?.names);
  const lacking: string[] = [];
  let count = 0;
  for await (const { key } of listAll(bucket, prefix)) {
    count += 1;
    if (!sealed.has(key.slice(prefix.length))) lacking.push(key);
  }
  if (lacking.length === 0) return { week, outcome: 'as it was' };
  if (count > portion && !dryRun) return sealInParts({ channel, timeZone }, bucket, week, now, lacking, portion);
  const damage: Corrupt[] = [];
  const events = await openLog(bucket, { channel, timeZone }).readOriginals(week, (error) => damage.push(error));
  const objectDamage = damage.filter(({ message }) => message.startsWith(prefix));
  if (objectDamage.length > 0) return { week, outcome: 'damaged', details: objectDamage.map(({ message }) => message) };
  if (isFresh(events, now)) return { week, outcome: 'not quiet' };
  if (dryRun) return { week, outcome: 'sealed', events: events.length, bytes: 0 };
  return write({ channel, timeZone }, bucket, week, events);
};

/**
 * Seals a week of very many events: each segment holds what the last one held, which is not read again object by object, and a portion more.
 * What an earlier run has sealed is compared with the objects by `til verify`.
 */
const sealInParts = async (
  place: Pick<Challenge, 'channel' | 'timeZone'>,
  bucket: Bucket,
  week: Week,
  now: number,
  lacking: readonly string[],
  portion: number,
): Promise<Sealing> => {
  let sealing: Sealing = { week, outcome: 'not quiet' };
  for (let from = 0; from < lacking.length; from += portion) {
    const part = new Set(lacking.slice(from, from + portion));
    const damage: Corrupt[] = [];
    const shown = withOnly(bucket, prefixOf(place.channel, week), part);
    const events = await openLog(shown, place).readWeek(week, (error) => damage.push(error));
    if (damage.length > 0) return { week, outcome: 'damaged', details: damage.map(({ message }) => message) };
    if (isFresh(events, now)) return { week, outcome: 'not quiet' };
    sealing = await write(place, bucket, week, events);
  }
  return sealing;
};

/** The bucket as if a prefix held only these keys. */
const withOnly = (bucket: Bucket, prefix: string, keys: ReadonlySet<string>): Bucket => ({
  ...bucket,
  list: async (listed, after) => {
    const page = await bucket.list(listed, after);
    return listed === prefix ? { ...page, entries: page.entries.filter(({ key }) => keys.has(key)) } : page;
  },
});

/** Whether something happened so lately that more may come. */
const isFresh = (events: readonly Event[], now: number): boolean => {
  const last = events.reduce<Ts | undefined>((latest, { at }) => laterTs(latest, at), undefined);
  return last !== undefined && now - secondsOf(last) < QUIET_SECONDS;
};

const write = async (
  { channel, timeZone }: Pick<Challenge, 'channel' | 'timeZone'>,
  bucket: Bucket,
  week: Week,
  events: readonly Event[],
): Promise<Sealing> => {
  const calendar = calendarOf(timeZone);
  const objects = objectsOf(events, prefixOf(channel, week), (event) => keyOf(event, calendar));
  const { bytes } = await writeSegment(bucket, channel, week, objects);
  return { week, outcome: 'sealed', events: events.length, bytes };
};

const objectsOf = (events: readonly Event[], prefix: string, key: (event: Event) => string) =>
  events
    .map((event) => ({ name: key(event).slice(prefix.length), body: canonical(event) }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
