import { type Ts, tsAt } from '../events/timestamp.ts';
import { monthOf, type Week } from '../events/week.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { type Reply, readMonth } from '../projections/participation.ts';
import { digestDueAt, digestOf, togetherBy } from './digest-due.ts';
import { type EffectId, type EffectOf, effectId, isHistory, postView } from './effect.ts';
import { changesOf, endedWith, isFinal, isUnclear, mayBeMade, saidBy, standingMessageOf } from './effect-record.ts';

/** The id of a week's digest. Its changes have numbers: `digest:2024-W32:1`. */
export const digestId = (week: Week): EffectId<'digest'> => effectId('digest', week);

/** So many posts are named. */
const MOST_TITLES = 5;

/**
 * Friday's digest of a week that has none yet, whoever asks for it and however often; but not of one whose Friday was before the bot
 * listened. `ledgers` are those of the week's month.
 */
export const digest = (
  challenge: Challenge,
  week: Week,
  ledgers: readonly Ledger[],
  firstHeard: Ts | undefined,
): EffectOf<'digest'> | undefined => {
  const id = digestId(week);
  const record = ledgers.find((ledger) => ledger.week === week)?.effects[id];
  if (isFinal(record)) return undefined;
  const due = dueOf(challenge, week);
  const found = isHistory(due, firstHeard) ? undefined : digestOf(challenge, week, ledgers);
  if (found) return { ...telling(found.posts, found.together), kind: 'digest', id, week, due };
  return isUnclear(record) ? { ...telling([], 0), kind: 'digest', id, week, due, withdrawn: true } : undefined;
};

/** The posts of which a week's digest told. */
export const toldInDigest = ({ effects, week }: Ledger): readonly Ts[] => {
  const record = effects[digestId(week)];
  return (record && saidBy(record)?.posts) ?? [];
};

/**
 * A digest that stands, without what counts no more: changed in place. The order stays, and nothing comes in that was not in it.
 * `counts` says of a post whether it counts now.
 */
export const digestChange = (
  challenge: Challenge,
  ledger: Ledger,
  ledgers: readonly Ledger[],
  counts: (ts: Ts) => boolean,
): EffectOf<'digest'> | undefined => {
  const { week } = ledger;
  const { past, id, record } = changesOf(ledger, 'digest', week);
  const change = standingMessageOf(past);
  if (!change || ledger.messages[change.ts]?.deleted) return undefined;
  const posts = toldInDigest(ledger).filter(counts);
  const shown = past.map((each) => endedWith(each)?.posts).findLast((says) => says !== undefined);
  if (posts.join() === shown?.join() && !mayBeMade(record)) return undefined;
  const { replies } = readMonth(monthOf(week), ledgers, rulesOf(challenge));
  const byTs = new Map(replies.map((reply) => [reply.ts, reply]));
  const left = posts.flatMap((ts) => byTs.get(ts) ?? []);
  const together = togetherBy(digestDueAt(challenge, week), replies);
  return { ...telling(left, together), kind: 'digest', id, week, due: dueOf(challenge, week), change };
};

const dueOf = (challenge: Challenge, week: Week): Ts => tsAt(digestDueAt(challenge, week) * 1000);

/** What a digest carries, and what is to be known of what it says. */
const telling = (posts: readonly Reply[], together: number) => ({
  posts: posts.slice(0, MOST_TITLES).map(postView),
  count: posts.length,
  people: new Set(posts.map(({ author }) => author)).size,
  together,
  says: { posts: posts.map(({ ts }) => ts) },
});
