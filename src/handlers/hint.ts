import type { Ts } from '../events/timestamp.ts';
import type { EffectRecord, Ledger } from '../projections/ledger.ts';
import { type EffectId, type EffectOf, effectId, type Handler, isHistory, type PostView, postView } from './effect.ts';
import { isFinal, isUnclear } from './effect-record.ts';
import { isEffectId, parseId } from './kinds.ts';
import type { Remark } from './remarks.ts';
import type { Reason } from './why-not.ts';

/**
 * Tells the writer of something that does not count, and nobody else, why; and whoever speaks to the bot, where to write. Each person once
 * a week: of what somebody wrote in a week the first is answered, unless something was answered already. Nothing is said
 * about what was written before the bot listened.
 */
export const hint: Handler = ({ ledger, reading, ts, reply, remarks, firstHeard }) => {
  const remark = remarks.about(ledger, ts);
  const id = hintId(ts, remark?.reason);
  const record = ledger.effects[id];
  if (isFinal(record)) return undefined;
  const wanted = remark !== undefined && !wasTold(ledger, remark) && firstOf(ledger, remark, remarks.of(ledger)) === ts;
  if ((!wanted || isHistory(ts, firstHeard)) && !isUnclear(record)) return undefined;
  const message = ledger.messages[ts];
  const reason = remark?.reason ?? { why: 'no-link' };
  // Of a month that is over, no weekly post is one to write under.
  const here = isEdited(reason) ? undefined : reading.weeklyPosts.get(ledger.week)?.[0];
  const thread = message?.thread ? { thread: message.thread } : {};
  const post: PostView = reply
    ? postView(reply)
    : { ts, author: message?.author ?? '', week: remark?.week ?? ledger.week, ...thread };
  return {
    kind: 'hint',
    id,
    week: ledger.week,
    due: message?.content?.at ?? ts,
    says: { about: ts, shows: reason.why },
    post,
    reason,
    ...(here ? { here } : {}),
    ...(wanted ? {} : { withdrawn: true as const }),
  };
};

/** What was edited too late may have been hinted at before: when it was written. */
const hintId = (ts: Ts, reason: Reason | undefined): EffectId<'hint'> =>
  isEdited(reason) ? effectId('hint', ts, EDITED) : effectId('hint', ts);

const EDITED = 'edited';

const isEdited = (reason: Reason | undefined): boolean => reason?.why === 'closed' && reason.edited === true;

/** The first remark about somebody that is still to be made, of the same sort: an answer to a mention takes no hint's place. */
const firstOf = (ledger: Ledger, { author, reason }: Remark, all: readonly Remark[]): string | undefined =>
  all.find(
    (other) =>
      other.author === author &&
      sortOf(other.reason) === sortOf(reason) &&
      !isFinal(ledger.effects[hintId(other.ts, other.reason)]),
  )?.ts;

/** Whether somebody has been told something of the same sort in this week, or may have been. */
const wasTold = (ledger: Ledger, { author, reason, ts }: Pick<Remark, 'author' | 'reason' | 'ts'>): boolean =>
  Object.entries(ledger.effects).some(([id, record]) => {
    if (!isEffectId(id)) return false;
    const { kind, about, detail } = parseId(id);
    if (kind !== 'hint' || about === ts || ledger.messages[about]?.author !== author) return false;
    return (detail ?? sortShown(record)) === sortOf(reason) && mayHaveBeenTold(record);
  });

/**
 * Whether somebody was told something of the same sort, or may have been, by another hint than this one. Two may be decided at once: whoever
 * has claimed one asks once more, by what is stored then.
 */
export const isForestalled = (ledger: Ledger, { post, reason }: EffectOf<'hint'>): boolean =>
  wasTold(ledger, { author: post.author, reason, ts: post.ts });

/** Of each sort somebody is told once a week: why something does not count, the same after its month, and answers to a mention. */
const sortOf = (reason: Reason): string => {
  if (isEdited(reason)) return EDITED;
  return reason.why === 'mention' ? 'answer' : 'lack';
};

const sortShown = (record: EffectRecord): string => (shownBy(record) === 'mention' ? 'answer' : 'lack');

const shownBy = ({ attempts = {} }: EffectRecord): string | undefined =>
  Object.values(attempts).find(({ says }) => says?.shows)?.says?.shows;

const mayHaveBeenTold = (record: EffectRecord): boolean =>
  record.delivered !== undefined || isUnclear(record) || record.skipped?.reason.startsWith('unclear') === true;
