import type { EffectRecord, Ledger } from '../projections/ledger.ts';
import { aboutOf, effectId, type Handler, isFinal, isHistory, isUnclear, type PostView, postView } from './effect.ts';
import { isEffectId, parseId } from './kinds.ts';
import type { Remark } from './remarks.ts';

/**
 * Tells the writer of something that does not count, and nobody else, why; and whoever speaks to the bot, where to write. Each person once
 * a week: of what somebody wrote in a week the first is answered, unless something was answered already. Nothing is said
 * about what was written before the bot listened.
 */
export const hint: Handler = ({ ledger, reading, ts, reply, remarks, firstHeard }) => {
  const id = effectId('hint', ts);
  const record = ledger.effects[id];
  if (isFinal(record)) return undefined;
  const remark = remarks.about(ledger, ts);
  const wanted = remark !== undefined && !wasTold(ledger, remark) && firstOf(ledger, remark, remarks.of(ledger)) === ts;
  if ((!wanted || isHistory(ts, firstHeard)) && !isUnclear(record)) return undefined;
  const message = ledger.messages[ts];
  const here = reading.weeklyPosts.get(ledger.week)?.[0];
  const reason = remark?.reason ?? { why: 'no-link' };
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

/** The first remark about somebody that is still to be made, of the same sort: an answer to a mention takes no hint's place. */
const firstOf = (ledger: Ledger, { author, reason }: Remark, all: readonly Remark[]): string | undefined =>
  all.find(
    (other) =>
      other.author === author &&
      isAnswer(other.reason.why) === isAnswer(reason.why) &&
      !isFinal(ledger.effects[effectId('hint', other.ts)]),
  )?.ts;

/** Whether somebody has been told something of the same sort in this week, or may have been. */
const wasTold = (ledger: Ledger, { author, reason, ts }: Remark): boolean =>
  Object.entries(ledger.effects).some(([id, record]) => {
    if (!isEffectId(id) || parseId(id).kind !== 'hint') return false;
    const about = aboutOf(id) as string;
    if (about === ts || ledger.messages[about]?.author !== author) return false;
    return isAnswer(shownBy(record)) === isAnswer(reason.why) && mayHaveBeenTold(record);
  });

const isAnswer = (why: string | undefined): boolean => why === 'mention';

const shownBy = ({ attempts = {} }: EffectRecord): string | undefined =>
  Object.values(attempts).find(({ says }) => says?.shows)?.says?.shows;

const mayHaveBeenTold = (record: EffectRecord): boolean =>
  record.delivered !== undefined || isUnclear(record) || record.skipped?.reason.startsWith('unclear') === true;
