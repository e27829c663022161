import { laterTs } from '../events/timestamp.ts';
import { type Handler, isUnclear, type PostView, postView, saidBy, seriesOf, standingOf } from './effect.ts';

/**
 * Tells the channel that a reply has become a participation: once per reply, whenever that happened. What was announced is then kept
 * true in place: the title when Slack's preview brings it, and a retraction when the reply stops counting.
 */
export const announce: Handler = ({ ledger, reading, ts, reply }) => {
  const { past, id, record } = seriesOf(ledger, 'participation', ts);
  const counted = reply?.counted === true;
  const shows = counted ? `counted:${reply.links[0]?.title ?? ''}` : 'retracted';
  const last = past.map(saidBy).findLast((says) => says !== undefined)?.shows;
  const message = ledger.messages[ts];
  const due = laterTs(laterTs(ts, message?.content?.at), counted ? reading.weeklyPosts.get(reply.week)?.[0] : ts) ?? ts;
  const common = { kind: 'participation', id, week: ledger.week, due, says: { about: ts, shows } } as const;
  if (past.length === 0) {
    if (counted) return { ...common, post: postView(reply) };
    return isUnclear(record)
      ? { ...common, post: unknownPost(ts, message?.author, ledger.week), withdrawn: true }
      : undefined;
  }
  const change = standingOf(past);
  if (!change || shows === last) return undefined;
  const post = reply ? postView(reply) : unknownPost(ts, message?.author, ledger.week);
  return { ...common, post, change, ...(counted ? {} : { retracted: true }) };
};

const unknownPost = (ts: string, author: string | undefined, week: string): PostView => ({
  ts,
  author: author ?? '',
  week,
});
