import { laterTs } from '../events/timestamp.ts';
import type { Message } from '../projections/message.ts';
import type { Reply } from '../projections/participation.ts';
import { AFTER_RESULT, countsSince } from './counts-since.ts';
import { type Handler, isHistory, type PostView, postView } from './effect.ts';
import { endedWith, isUnclear, seriesOf, standingMessageOf } from './effect-record.ts';

/**
 * Tells the channel that a reply has become a participation: once per reply, unless it was written before the bot listened. What was
 * announced is then kept true in place: the title when Slack's preview brings it, the name when it becomes known, and a retraction when
 * the reply stops counting. What was said of it for its author (see praise.ts) stays.
 */
export const announce: Handler = ({ ledger, reading, ts, reply, firstHeard, isNamed, isAfterResult }) => {
  const { past, id, record } = seriesOf(ledger, 'participation', ts);
  const counted = reply?.counted === true;
  const message = ledger.messages[ts];
  const rejected = isByRuling(reply, message);
  const shows = counted ? `counted:${reply.links[0]?.title ?? ''}` : rejected ? 'rejected' : 'retracted';
  const last = past.map(endedWith).findLast((says) => says !== undefined);
  // One that a replaced weekly post brings back is as old as that.
  const due = laterTs(message?.content?.at ?? ts, counted ? reading.weeklyPosts.get(reply.week)?.[0] : undefined) ?? ts;
  const common = { kind: 'participation', id, week: ledger.week, says: { about: ts, shows } } as const;
  if (past.length === 0) {
    if (counted && (!isHistory(ts, firstHeard) || isUnclear(record)))
      return {
        ...common,
        due: countsSince(message, reply),
        post: postView(reply),
        ...(isAfterResult(reply) ? { unsaid: AFTER_RESULT } : {}),
      };
    return isUnclear(record)
      ? { ...common, due, post: unknownPost(ts, message?.author, ledger.week), withdrawn: true }
      : undefined;
  }
  const change = standingMessageOf(past);
  const post = reply ? postView(reply) : unknownPost(ts, message?.author, ledger.week);
  const nowNamed = last?.unnamed === true && isNamed(post.author);
  if (!change || (shows === last?.shows && !nowNamed)) return undefined;
  const praise = past[0] && endedWith(past[0])?.praise;
  if (counted) return { ...common, due, post, change, ...(praise ? { praise } : {}) };
  return { ...common, due, post, change, retracted: true, ...(rejected ? { rejected } : {}) };
};

/** Whether an admin's word is why a reply does not count: that it shall not, or that it was accepted by mistake. */
const isByRuling = (reply: Reply | undefined, message: Message | undefined): boolean =>
  reply?.shortcoming === 'rejected' ||
  (reply?.counted === false && message?.ruling?.verdict === 'none' && message.deleted !== true);

const unknownPost = (ts: string, author: string | undefined, week: string): PostView => ({
  ts,
  author: author ?? '',
  week,
});
