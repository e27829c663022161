import type { Event } from '../../src/events/catalog.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { CHANNEL } from './world.ts';

// Events of the last two weeks of August and the first two of September, by the number of the week, from 0.

export const WEEKS = ['2024-W34', '2024-W35', '2024-W36', '2024-W37'] as const;
export const MONTHS = ['2024-08', '2024-09'] as const;

const FIRST = Date.parse('2024-08-19T09:30:00+09:00') / 1000;
/** An instant so many seconds after a week's weekly post. */
export const tsIn = (week: number, seconds: number): string => `${FIRST + week * 7 * 86_400 + seconds}.000001`;

const event = (at: string, fields: object): Event => ({ v: 1, channel: CHANNEL, at, ...fields }) as Event;
const posted = (ts: string, fields: object): Event =>
  event(ts, { kind: 'message.posted', ts, links: [], text: '', ...fields });

export const weekly = (week: number): Event =>
  posted(tsIn(week, 0), { author: { bot: 'B0TILBOT01' }, text: '[TIL 8월 1주차]' });
export const reply = (week: number, user: string): Event =>
  posted(tsIn(week, 60), { author: { user }, thread: tsIn(week, 0), links: [`https://velog.io/@x/${week}`] });
/** A reply to August's last week that is written in September: it counts where that week was extended. */
export const lateReply = (user: string): Event =>
  posted(tsIn(2, 90), { author: { user }, thread: tsIn(1, 0), links: [`https://velog.io/@x/${user}`] });
export const lateReplyDeleted = (at: string): Event => event(at, { kind: 'message.deleted', ts: tsIn(2, 90) });
export const weeklyDeleted = (week: number, at: string): Event =>
  event(at, { kind: 'message.deleted', ts: tsIn(week, 0) });
/** A like, or its end, of the reply to a week. */
export const like = (week: number, at: string, added: boolean, user = 'U0SEOYEON1'): Event =>
  event(at, { kind: added ? 'reaction.added' : 'reaction.removed', item: tsIn(week, 60), user, name: '+1' });
export const excused = (week: number, at: string, user: string, is: boolean): Event =>
  event(at, { kind: 'week.excused', week: WEEKS[week], user, excused: is });
export const rested = (week: number, at: string, rest: boolean): Event =>
  event(at, { kind: 'week.rested', week: WEEKS[week], rest });
/** August's last week may be written for until Tuesday of the next, or no more. */
export const extended = (at: string, is: boolean): Event =>
  event(at, { kind: 'week.extended', week: WEEKS[1], ...(is ? { until: tsIn(2, 86_400) } : {}) });
export const ruled = (week: number, at: string, verdict: string): Event =>
  event(at, { kind: 'post.ruled', ts: tsIn(week, 60), verdict });

/** A bucket of which each write waits for what a test does before it, or fails by that. */
export const hookedBucket = (before: (key: string) => Promise<void>, inner: Bucket = memoryBucket()): Bucket => ({
  ...inner,
  putNew: async (key, bytes) => {
    await before(key);
    return inner.putNew(key, bytes);
  },
  putIf: async (key, bytes, etag) => {
    await before(key);
    return inner.putIf(key, bytes, etag);
  },
});
