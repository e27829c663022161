import type { Event } from '../events/catalog.ts';
import { isLasting } from '../events/errors.ts';
import type { Ts } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Bucket } from '../store/bucket.ts';
import { type Appended, type LogPlace, openLog } from '../store/log.ts';
import { mapOrdered } from '../store/together.ts';
import { announcedBefore } from './former-bot.ts';
import type { Legacy } from './legacy.ts';

/** The author of imported weekly posts: a bot that is not this one. */
const FORMER_BOT = 'B0TILFORMER';

/** A stand-in for a link of which only the existence is known: on an accepted host, at an address that no member's post has. */
export const importedLink = (ts: Ts, blogs: readonly string[]): string => {
  const accepted = blogs.includes('velog.io') ? 'velog.io' : (blogs[0] as string);
  return `https://${accepted.replace(/^\*/, 'til-import')}/imported/${ts}`;
};

/** The events that the original's files amount to; the same files always give the same events. */
export const eventsOf = ({ channel, blogs }: Challenge, { weeks, replies, members, announced }: Legacy): Event[] => {
  const base = { v: 1, channel } as const;
  const events: Event[] = [];
  // First, so that a running server does not announce a month whose posts it sees already.
  for (const month of announced) {
    const first = weeks.find((week) => week.month === month);
    if (first) events.push(announcedBefore(channel, month, first.ts));
  }
  for (const { ts, title } of weeks) {
    const author = { bot: FORMER_BOT };
    events.push({ ...base, kind: 'message.posted', at: ts, ts, author, text: `[${title}]`, links: [], inferred: true });
  }
  for (const { ts, thread, author, linked, likers } of replies) {
    const links = linked ? [importedLink(ts, blogs)] : [];
    const said = { author: { user: author }, thread, text: '', links, inferred: true } as const;
    events.push({ ...base, kind: 'message.posted', at: ts, ts, ...said });
    // When a like was given is not known: at the reply's own instant it ranks below all that was really observed.
    for (const user of likers)
      events.push({ ...base, kind: 'reaction.added', at: ts, item: ts, user, name: '+1', inferred: true });
  }
  const named = weeks[0]?.ts;
  if (named)
    for (const { id, name } of members) events.push({ ...base, kind: 'profile.seen', at: named, user: id, name });
  return events;
};

/** What an import did. */
export interface Imported {
  appended: number;
  known: number;
  conflicts: Event[];
  /** Events that the log cannot take. */
  failed: { event: Event; reason: string }[];
}

/** What became of one event: see `Appended`; or why the log cannot take it. */
type Outcome = { event: Event } & ({ appended: Appended } | { reason: string });

/** Appends events, each for itself: one that the log cannot take does not keep out the others. What may pass is thrown. */
export const appendEach = async (
  log: Bucket,
  challenge: LogPlace,
  events: readonly Event[],
  progress?: (done: number, total: number) => void,
): Promise<Outcome[]> => {
  const opened = openLog(log, challenge);
  let done = 0;
  return mapOrdered(events, 16, async (event): Promise<Outcome> => {
    try {
      return { event, appended: await opened.append(event) };
    } catch (error) {
      if (!isLasting(error)) throw error;
      return { event, reason: error.message };
    } finally {
      progress?.(++done, events.length);
    }
  });
};

/** Appends events that are not in the log yet. An event under the same key that came from Slack itself stays as it is. */
export const appendEvents = async (...given: Parameters<typeof appendEach>): Promise<Imported> => {
  const imported: Imported = { appended: 0, known: 0, conflicts: [], failed: [] };
  for (const outcome of await appendEach(...given)) {
    const { event } = outcome;
    if ('reason' in outcome) imported.failed.push({ event, reason: outcome.reason });
    else if (outcome.appended === 'appended') imported.appended += 1;
    else imported.known += 1;
    if ('appended' in outcome && outcome.appended === 'conflict') imported.conflicts.push(event);
  }
  return imported;
};

/** What the files themselves add up to: by member, and by month of the replies' weekly posts. */
export const totalsOf = ({
  weeks,
  replies,
}: Legacy): { members: Map<string, number>; months: Map<Month, { posts: number; likes: number }> } => {
  const monthOfPost = new Map(weeks.map(({ ts, month }) => [ts, month]));
  const members = new Map<string, number>();
  const months = new Map<Month, { posts: number; likes: number }>();
  for (const { month } of weeks) months.set(month, { posts: 0, likes: 0 });
  for (const { author, thread, linked, likers } of replies) {
    const month = months.get(monthOfPost.get(thread) as Month);
    if (!linked || !month) continue;
    members.set(author, (members.get(author) ?? 0) + likers.length);
    month.posts += 1;
    month.likes += likers.length;
  }
  return { members, months };
};

/** The replies that today's rules do not count although the files do: written after the month's close. */
export const afterClose = ({ timeZone }: Challenge, { weeks, replies }: Legacy): Ts[] => {
  const calendar = calendarOf(timeZone);
  const months = new Map(weeks.map(({ ts, month }) => [ts, month]));
  return replies
    .filter(({ ts, thread, linked }) => linked && monthOf(calendar.weekOf(ts)) !== months.get(thread))
    .map(({ ts }) => ts);
};
