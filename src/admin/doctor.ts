import { statfsSync } from 'node:fs';
import type { Event } from '../events/catalog.ts';
import { Conflict } from '../events/errors.ts';
import { keyOf } from '../events/key.ts';
import { type Ts, tsAt } from '../events/timestamp.ts';
import { calendarOf, weeksOf } from '../events/week.ts';
import { dueAt } from '../handlers/open-week.ts';
import { keys } from '../pipeline/keys.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { weeklyPostsOf } from '../projections/participation.ts';
import type { LocalQueue } from '../queue/local.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import type { AlarmSettings } from '../setup/config.ts';
import { sendAlarm } from '../setup/tell.ts';
import { TALKING_SCOPE } from '../slack/can-talk.ts';
import { probeSocket } from '../slack/connection.ts';
import { BOT_SCOPES } from '../slack/manifest.ts';
import type { HistoryMessage, Reader } from '../slack/reader.ts';
import type { Bucket } from '../store/bucket.ts';
import { readDocument } from '../store/documents.ts';
import { hasHardLinks } from '../store/files.ts';
import { makeFolders } from '../store/folders.ts';
import type { DoctorWords } from './doctor-words.ts';

/** One thing that was looked at. `ok` is undefined when it could not be looked at. */
export interface Finding {
  what: string;
  ok: boolean | undefined;
  /** What is, and when it is not right, what to do. */
  says: string;
}

/** Runs checks; whatever one throws is a finding too. */
export const lookIn =
  ({ trouble }: Pick<DoctorWords, 'trouble'>) =>
  async (what: string, check: () => Promise<Omit<Finding, 'what'>>): Promise<Finding> => {
    try {
      return { what, ...(await check()) };
    } catch (error) {
      return { what, ok: false, says: trouble(error) };
    }
  };

const fine = (says: string) => ({ ok: true, says });
const wrong = (says: string) => ({ ok: false, says });
const unseen = (says: string) => ({ ok: undefined, says });

const SCRATCH = 'scratch/doctor.json';
const utf8 = new TextEncoder();

/** Tries on a scratch object whether the storage keeps its promises; it leaves that one object behind. */
export const lookAtBucket = async (bucket: Bucket, { swaps }: { swaps: boolean }, { bucket: words }: DoctorWords) => {
  const bytes = utf8.encode('{"written by":"til doctor"}\n');
  await bucket.putNew(SCRATCH, bytes);
  if ((await bucket.putNew(SCRATCH, bytes)).created) return wrong(words.createsTwice);
  const stored = await bucket.get(SCRATCH);
  if (!stored) return wrong(words.unread);
  const { entries } = await bucket.list('scratch/');
  if (!entries.some(({ key }) => key === SCRATCH)) return wrong(words.unlisted);
  if (!swaps) return fine(words.creates);
  await bucket.putIf(SCRATCH, bytes, stored.etag);
  try {
    await bucket.putIf(SCRATCH, bytes, 'another');
    return wrong(words.swapsBlindly);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
  return fine(words.swaps);
};

const MINUTE = 60_000;

/** Whether somebody does the work, and how much waits. */
export const lookAtQueue = async (queue: Queue & Partial<LocalQueue>, { queue: words }: DoctorWords) => {
  if (!queue.depth || !queue.openTaker) return unseen(words.onAws);
  const { jobs, oldestMs } = queue.depth();
  const waiting = words.waiting(jobs, Math.round(oldestMs / 1000));
  const isServed = await queue.openTaker().then(
    () => false,
    () => true,
  );
  if (!isServed) return wrong(words.unserved(waiting));
  return oldestMs > 10 * MINUTE ? wrong(words.old(waiting)) : fine(waiting);
};

/** Whether the disk of a folder has hard links, by which objects are created there. */
export const lookAtLinks = async (folder: string, { links }: DoctorWords) =>
  fine((await hasHardLinks(folder)) ? links.there : links.none);

/** The room on the disk of a folder. */
export const lookAtDisk = async (folder: string, { disk }: DoctorWords) => {
  makeFolders(folder);
  const { bavail, blocks, bsize } = statfsSync(folder);
  const gibibytes = ((bavail * bsize) / 2 ** 30).toFixed(1);
  const isFull = bavail * bsize < 2 ** 28 || bavail / blocks < 0.02;
  return isFull ? wrong(disk.full(gibibytes)) : fine(disk.free(gibibytes));
};

/** Tries the second way for alarms by sending a text. */
export const lookAtAlarm = async (way: AlarmSettings, { alarm }: DoctorWords) => {
  await sendAlarm(way, alarm.test);
  return fine(alarm.sent);
};

/** How far this machine's clock is from Slack's. */
export const lookAtClock = async (
  clock: Clock,
  apiUrl: string | undefined,
  { clock: words }: DoctorWords,
): Promise<Omit<Finding, 'what'>> => {
  const url = apiUrl ?? 'https://slack.com/api/';
  const response = await fetch(new URL('api.test', url), {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  }).catch(() => undefined);
  const date = Date.parse(response?.headers.get('date') ?? '');
  if (!Number.isFinite(date)) return wrong(words.silent(url));
  const seconds = Math.round((clock.now() - date) / 1000);
  const off = [Math.abs(seconds), seconds < 0] as const;
  return Math.abs(seconds) > 60 ? wrong(words.wrong(...off)) : fine(words.off(...off));
};

/** Whether the token is known, and may do all that is needed. */
export const lookAtToken = async (reader: Reader, { token }: DoctorWords) => {
  const { user, scopes } = await reader.whoAmI();
  const missing = BOT_SCOPES.filter((scope) => !scopes.includes(scope));
  if (scopes.length === 0) return fine(token.scopesUnknown(user));
  const needed = lacking(scopes);
  if (needed.length > 0) return wrong(token.lacks(user, needed.join(', ')));
  const spared = missing.filter((scope) => scope !== TALKING_SCOPE);
  return fine(token.whole(user, spared.join(', ')));
};

/**
 * The scopes that a challenge cannot do without and a token lacks; none, where Slack did not say which it has. A challenge in a public
 * channel needs none of those for private ones. Of the right to talk `lookAtTalk` says more.
 */
export const lacking = (scopes: readonly string[]): string[] => {
  if (scopes.length === 0) return [];
  const needed = BOT_SCOPES.filter((scope) => !scope.startsWith('groups:') && scope !== TALKING_SCOPE);
  return needed.filter((scope) => !scopes.includes(scope));
};

/** Whether Slack opens a connection for Socket Mode. Opening one disturbs nothing: what comes over it is delivered again elsewhere. */
export const lookAtSocket = async (appToken: string, apiUrl: string | undefined, { socket }: DoctorWords) => {
  const { connections } = await probeSocket(appToken, apiUrl);
  return fine(socket(connections === undefined ? undefined : connections - 1));
};

/** Whether the bot is in a challenge's channel and may read it. */
export const lookAtChannel = async (reader: Reader, { channel }: Challenge, { channel: words }: DoctorWords) => {
  const { name, member, archived } = await reader.channel(channel);
  if (archived) return wrong(words.archived(name ?? channel));
  if (!member) return wrong(words.absent(name ?? channel));
  return fine(words.present(name ?? channel));
};

const DAY = 86_400_000;

/** Whether the newest message of the last week that Slack shows is in the log. */
export const lookAtEvents = async (
  reader: Reader,
  { channel, timeZone }: Challenge,
  log: Bucket,
  clock: Clock,
  { events }: DoctorWords,
) => {
  const now = clock.now();
  const newest = await newestMessage(reader, channel, tsAt(now - 7 * DAY), tsAt(now - 2 * MINUTE));
  if (!newest) return unseen(events.none);
  const { ts } = newest;
  const event: Event = { v: 1, kind: 'message.posted', channel, at: ts, ts, text: '', links: [] };
  if (await log.get(keyOf(event, calendarOf(timeZone)))) return fine(events.arrived(timeOf(ts)));
  return wrong(events.missing(timeOf(ts)));
};

const newestMessage = async (
  reader: Reader,
  channel: string,
  oldest: Ts,
  latest: Ts,
): Promise<HistoryMessage | undefined> => {
  for await (const page of reader.history(channel, oldest, latest)) return page[0];
  return undefined;
};

const timeOf = (ts: Ts): string => new Date(Number(ts.split('.')[0]) * 1000).toISOString();

/** Whether what the schedule should have done by now was done. */
export const lookAtSchedule = async (challenge: Challenge, state: Bucket, clock: Clock, { schedule }: DoctorWords) => {
  const load = async (week: string): Promise<Ledger | undefined> =>
    (await readDocument<Ledger>(state, keys.ledger(challenge.channel, week))).value;
  const overdue: string[] = [];
  for (const { tick, week, month, at } of dueAt(challenge, calendarOf(challenge.timeZone), clock.now() / 1000)) {
    if (clock.now() / 1000 - at < 900) continue; // It has a quarter of an hour.
    // Of a digest that was missed, the log says so by itself.
    if (week && tick === 'week.open') {
      const ledger = await load(week);
      if (!ledger || !weeklyPostsOf([ledger], rulesOf(challenge)).has(week)) overdue.push(schedule.noPost);
    }
    if (month) {
      const ledgers = (await Promise.all(weeksOf(month).map(load))).filter((ledger) => ledger !== undefined);
      const isOpen = weeklyPostsOf(ledgers, rulesOf(challenge)).size > 0;
      if (isOpen && !ledgers.some(({ closed }) => closed[month])) overdue.push(schedule.noResult(month));
    }
  }
  return overdue.length > 0 ? wrong(overdue.join('; ')) : fine(schedule.fine);
};
