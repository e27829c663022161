import { laterTs } from '../events/timestamp.ts';
import { effectId, type Handler, isFinal, isHistory, isUnclear, postView } from './effect.ts';

/**
 * Tells the writer of a reply without an accepted link, and nobody else, why it does not count yet. Not to those who have taken part in
 * that week already: they are only talking; and not about what was written before the bot listened.
 */
export const hint: Handler = ({ ledger, reading, ts, reply, firstHeard }) => {
  const id = effectId('hint', ts);
  const record = ledger.effects[id];
  if (isFinal(record)) return undefined;
  const message = ledger.messages[ts];
  const wanted =
    reply !== undefined &&
    reply.links.length === 0 &&
    !reading.replies.some((other) => other.counted && other.author === reply.author && other.week === reply.week);
  if ((!wanted || isHistory(ts, firstHeard)) && !isUnclear(record)) return undefined;
  return {
    kind: 'hint',
    id,
    week: ledger.week,
    due: laterTs(ts, message?.content?.at) ?? ts,
    says: { about: ts },
    post: reply ? postView(reply, message?.thread) : { ts, author: message?.author ?? '', week: ledger.week },
    ...(wanted ? {} : { withdrawn: true as const }),
  };
};
