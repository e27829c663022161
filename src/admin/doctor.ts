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
import { describeError } from '../setup/report.ts';
import { sendAlarm } from '../setup/tell.ts';
import { TALKING_SCOPE } from '../slack/can-talk.ts';
import { probeSocket } from '../slack/connection.ts';
import { BOT_SCOPES } from '../slack/manifest.ts';
import type { HistoryMessage, Reader } from '../slack/reader.ts';
import type { Bucket } from '../store/bucket.ts';
import { readDocument } from '../store/documents.ts';
import { hasHardLinks } from '../store/files.ts';
import { makeFolders } from '../store/folders.ts';

/** One thing that was looked at. `ok` is undefined when it could not be looked at. */
export interface Finding {
  what: string;
  ok: boolean | undefined;
  /** What is, and when it is not right, what to do. */
  says: string;
}

/** Runs a check; whatever it throws is a finding too. */
export const look = async (what: string, check: () => Promise<Omit<Finding, 'what'>>): Promise<Finding> => {
  try {
    return { what, ...(await check()) };
  } catch (error) {
    return { what, ok: false, says: describeError(error) };
  }
};

const fine = (says: string) => ({ ok: true, says });
const wrong = (says: string) => ({ ok: false, says });
const unseen = (says: string) => ({ ok: undefined, says });

const SCRATCH = 'scratch/doctor.json';
const utf8 = new TextEncoder();

/** Tries on a scratch object whether the storage keeps its promises; it leaves that one object behind. */
export const lookAtBucket = async (bucket: Bucket, { swaps }: { swaps: boolean }) => {
  const bytes = utf8.encode('{"written by":"til doctor"}\n');
  await bucket.putNew(SCRATCH, bytes);
  if ((await bucket.putNew(SCRATCH, bytes)).created)
    return wrong(
      'a second create of the same object succeeded: conditional writes do not work there, so events could be lost',
    );
  const stored = await bucket.get(SCRATCH);
  if (!stored) return wrong('what was just written cannot be read');
  const { entries } = await bucket.list('scratch/');
  if (!entries.some(({ key }) => key === SCRATCH)) return wrong('what was just written is not listed');
  if (!swaps) return fine('creates once, reads, lists');
  await bucket.putIf(SCRATCH, bytes, stored.etag);
  try {
    await bucket.putIf(SCRATCH, bytes, 'another');
    return wrong('a replacement under a wrong ETag succeeded: two writers could overwrite each other');
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
  return fine('creates once, reads, lists, replaces only what it knows');
};

const MINUTE = 60_000;

/** Whether somebody does the work, and how much waits. */
export const lookAtQueue = async (queue: Queue & Partial<LocalQueue>) => {
  if (!queue.depth || !queue.openTaker)
    return unseen('lies on AWS: its alarms and its age are in the console, see RUNBOOK.md');
  const { jobs, oldestMs } = queue.depth();
  const waiting = `${jobs} jobs wait, the oldest for ${Math.round(oldestMs / 1000)} s`;
  const isServed = await queue.openTaker().then(
    () => false,
    () => true,
  );
  if (!isServed) return wrong(`no server takes from it (${waiting}); start one with "til serve"`);
  return oldestMs > 10 * MINUTE ? wrong(`${waiting}; the server's output says why`) : fine(waiting);
};

/** What follows from a disk without hard links. */
export const WITHOUT_LINKS =
  'its file system has no hard links (as exFAT, SMB, 9p and some container mounts): objects are created one after the other under ' +
  'a lock instead, which is as safe and slower. A disk with hard links is quicker';

/** Whether the disk of a folder has hard links, by which objects are created there. */
export const lookAtLinks = async (folder: string) => fine((await hasHardLinks(folder)) ? 'there are' : WITHOUT_LINKS);

/** The room on the disk of a folder. */
export const lookAtDisk = async (folder: string) => {
  makeFolders(folder);
  const { bavail, blocks, bsize } = statfsSync(folder);
  const free = `${((bavail * bsize) / 2 ** 30).toFixed(1)} GiB free`;
  return bavail * bsize < 2 ** 28 || bavail / blocks < 0.02
    ? wrong(`${free}: nothing is acknowledged once it is full; make room`)
    : fine(free);
};

/** Tries the second way for alarms by sending a text. */
export const lookAtAlarm = async (way: AlarmSettings) => {
  await sendAlarm(way, 'TIL challenge: this is a test by "til doctor"; nothing is wrong.');
  return fine('a test was sent by the second way; did it come?');
};

/** How far this machine's clock is from Slack's. */
export const lookAtClock = async (clock: Clock, apiUrl = 'https://slack.com/api/') => {
  const response = await fetch(new URL('api.test', apiUrl), {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  }).catch(() => undefined);
  const date = Date.parse(response?.headers.get('date') ?? '');
  if (!Number.isFinite(date)) return wrong(`${apiUrl} gives no answer; is the network there?`);
  const seconds = Math.round((clock.now() - date) / 1000);
  const off = `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} Slack's`;
  return Math.abs(seconds) > 60 ? wrong(`${off}; beyond 300 s every event is refused: set it by NTP`) : fine(off);
};

/** Whether the token is known, and may do all that is needed. */
export const lookAtToken = async (reader: Reader) => {
  const { user, scopes } = await reader.whoAmI();
  const missing = BOT_SCOPES.filter((scope) => !scopes.includes(scope));
  if (scopes.length === 0) return fine(`is ${user}; Slack did not say which scopes it has`);
  const needed = lacking(scopes);
  if (needed.length > 0)
    return wrong(
      `is ${user}, lacks ${needed.join(', ')}: take the manifest of "til manifest" and install the app again`,
    );
  const spared = missing.filter((scope) => scope !== TALKING_SCOPE);
  return fine(
    `is ${user}, has every scope${spared.length > 0 ? ` but ${spared.join(', ')}, which only private channels need` : ''}`,
  );
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
export const lookAtSocket = async (appToken: string, apiUrl?: string) => {
  const { connections } = await probeSocket(appToken, apiUrl);
  return fine(
    connections === undefined
      ? 'Slack opens a connection'
      : `Slack opens a connection; the app has ${connections - 1} others`,
  );
};

/** Whether the bot is in a challenge's channel and may read it. */
export const lookAtChannel = async (reader: Reader, { channel }: Challenge) => {
  const { name, member, archived } = await reader.channel(channel);
  if (archived) return wrong(`#${name ?? channel} is archived: nothing can be posted there`);
  if (!member) return wrong(`the bot is not in #${name ?? channel}: invite it with /invite`);
  return fine(`the bot is in #${name ?? channel}`);
};

const DAY = 86_400_000;

/** Whether the newest message of the last week that Slack shows is in the log. */
export const lookAtEvents = async (reader: Reader, { channel, timeZone }: Challenge, log: Bucket, clock: Clock) => {
  const now = clock.now();
  const newest = await newestMessage(reader, channel, tsAt(now - 7 * DAY), tsAt(now - 2 * MINUTE));
  if (!newest) return unseen('nobody wrote in the last seven days; write something and look again in three minutes');
  const { ts } = newest;
  const event: Event = { v: 1, kind: 'message.posted', channel, at: ts, ts, text: '', links: [] };
  if (await log.get(keyOf(event, calendarOf(timeZone)))) return fine(`the message of ${timeOf(ts)} has arrived`);
  return wrong(
    `the message of ${timeOf(ts)} has not arrived: look at "Event Subscriptions" of the app (is the request URL verified?); "til reconcile" fetches what was missed`,
  );
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
export const lookAtSchedule = async (challenge: Challenge, state: Bucket, clock: Clock) => {
  const load = async (week: string): Promise<Ledger | undefined> =>
    (await readDocument<Ledger>(state, keys.ledger(challenge.channel, week))).value;
  const overdue: string[] = [];
  for (const { tick, week, month, at } of dueAt(challenge, calendarOf(challenge.timeZone), clock.now() / 1000)) {
    if (clock.now() / 1000 - at < 900) continue; // It has a quarter of an hour.
    // Of a digest that was missed, the log says so by itself.
    if (week && tick === 'week.open') {
      const ledger = await load(week);
      if (!ledger || !weeklyPostsOf([ledger], rulesOf(challenge)).has(week))
        overdue.push(`this week has no weekly post ("til open-week" posts it)`);
    }
    if (month) {
      const ledgers = (await Promise.all(weeksOf(month).map(load))).filter((ledger) => ledger !== undefined);
      const isOpen = weeklyPostsOf(ledgers, rulesOf(challenge)).size > 0;
      if (isOpen && !ledgers.some(({ closed }) => closed[month]))
        overdue.push(`the result of ${month} is not announced ("til close-month --month ${month}" does it)`);
    }
  }
  return overdue.length > 0 ? wrong(overdue.join('; ')) : fine('nothing is overdue');
};
