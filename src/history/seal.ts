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
  progress?: (done: number, total: number) => void;
}

/** Seals the quiet weeks of a challenge; `now` in milliseconds. A week with a damaged object is left as it is, and named. */
export const sealQuietWeeks = async (
  challenge: Challenge,
  bucket: Bucket,
  now: number,
  { dryRun, progress }: SealOptions = {},
): Promise<{ weeks: Sealing[]; bytes: number }> => {
  const all = await openLog(bucket, challenge).weeks();
  const weeks: Sealing[] = [];
  for (const week of all) {
    weeks.push(await sealOrName(challenge, bucket, week, now / 1000, dryRun === true));
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
  dryRun: boolean,
): Promise<Sealing> => {
  const calendar = calendarOf(timeZone);
  const end = calendar.instant(plusWeeks(week, 1), 0, 0, 0);
  if (now - end < QUIET_SECONDS) return { week, outcome: 'not quiet' };
  const prefix = prefixOf(channel, week);
  const sealed = new Set((await openSegment(bucket, channel, week))?.names);
  let isWhole = true;
  for await (const { key } of listAll(bucket, prefix)) isWhole &&= sealed.has(key.slice(prefix.length));
  if (isWhole) return { week, outcome: 'as it was' };
  const damage: Corrupt[] = [];
  const events = await openLog(bucket, { channel, timeZone }).readOriginals(week, (error) => damage.push(error));
  const objectDamage = damage.filter(({ message }) => message.startsWith(prefix));
  if (objectDamage.length > 0) return { week, outcome: 'damaged', details: objectDamage.map(({ message }) => message) };
  const last = events.reduce<Ts | undefined>((latest, { at }) => laterTs(latest, at), undefined);
  if (last && now - secondsOf(last) < QUIET_SECONDS) return { week, outcome: 'not quiet' };
  if (dryRun) return { week, outcome: 'sealed', events: events.length, bytes: 0 };
  const { bytes } = await writeSegment(
    bucket,
    channel,
    week,
    objectsOf(events, prefix, (event) => keyOf(event, calendar)),
  );
  return { week, outcome: 'sealed', events: events.length, bytes };
};

const objectsOf = (events: readonly Event[], prefix: string, key: (event: Event) => string) =>
  events
    .map((event) => ({ name: key(event).slice(prefix.length), body: canonical(event) }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
