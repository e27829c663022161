import { isOrganizer } from '../projections/membership.ts';
import type { Reply } from '../projections/participation.ts';
import { effectId, type Handler, isFinal, isHistory, isUnclear, postView, type Scene } from './effect.ts';

/**
 * Tells the writer of a reply without an accepted link, and nobody else, why it does not count yet. Not to those who have taken part in
 * that week already, or who run the challenge and take no part: they are only talking; and not about what was written before the bot
 * listened.
 */
export const hint: Handler = ({ challenge, ledger, reading, ts, reply, firstHeard }) => {
  const id = effectId('hint', ts);
  const record = ledger.effects[id];
  if (isFinal(record)) return undefined;
  const message = ledger.messages[ts];
  const wanted = reply !== undefined && lacksLink(reply) && !isTalk(reply, challenge, reading);
  if ((!wanted || isHistory(ts, firstHeard)) && !isUnclear(record)) return undefined;
  return {
    kind: 'hint',
    id,
    week: ledger.week,
    due: message?.content?.at ?? ts,
    says: { about: ts },
    post: reply ? postView(reply) : { ts, author: message?.author ?? '', week: ledger.week },
    ...(wanted ? {} : { withdrawn: true as const }),
  };
};

/** Whether a reply has no link that can be accepted, wherever else it may lack. */
export const lacksLink = ({ shortcoming }: Reply): boolean =>
  shortcoming === 'no-link' || shortcoming === 'other-host' || shortcoming === 'no-post';

const isTalk = ({ author, week }: Reply, challenge: Scene['challenge'], { replies }: Scene['reading']): boolean => {
  const counted = replies.filter((other) => other.counted && other.author === author);
  if (counted.some((other) => other.week === week)) return true;
  return challenge.members.organizers === 'aside' && counted.length === 0 && isOrganizer(challenge, author);
};
