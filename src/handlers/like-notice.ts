import type { Says } from '../events/catalog.ts';
import { laterTs, type Ts } from '../events/timestamp.ts';
import type { EffectRecord, Register } from '../projections/ledger.ts';
import { countLikes } from '../projections/likes.ts';
import { type Handler, isUnclear, postView, saidBy, seriesOf, standingOf } from './effect.ts';

type Covers = NonNullable<Says['covers']>;

/**
 * Tells the author who liked a counted post, and the total; when likes were taken back, only the total. Whatever came together is one
 * notice. Nothing about one's own likes.
 */
export const likeNotice: Handler = ({ challenge, ledger, ts, reply }) => {
  const mode = challenge.notify.likes;
  if (mode === 'off') return undefined;
  const { past, id, record } = seriesOf(ledger, 'like', ts);
  const told = coveredBy(past);
  const changes = reply?.counted ? changesSince(told, reply.likes, reply.author) : [];
  const author = reply?.author ?? ledger.messages[ts]?.author ?? '';
  const withdrawn = changes.length === 0;
  if (withdrawn && !isUnclear(record)) return undefined;
  const change = mode === 'card' ? standingOf(past) : undefined;
  return {
    kind: 'like',
    id,
    week: ledger.week,
    due: changes.reduce<Ts>((latest, [, { at }]) => laterTs(latest, at) ?? at, ts),
    says: { about: ts, covers: Object.fromEntries(changes) },
    post: reply ? postView(reply) : { ts, author, week: ledger.week },
    added: changes.filter(([, { live }]) => live).map(([user]) => user),
    removed: changes.filter(([, { live }]) => !live).length,
    total: reply ? countLikes(reply.likes) : 0,
    ...(withdrawn ? { withdrawn } : {}),
    ...(change ? { change } : {}),
  };
};

/** What was told last of each user holds, whatever its instant: rules that accept fewer likes make a user's last like an older one. */
const coveredBy = (past: readonly EffectRecord[]): Covers =>
  Object.assign({}, ...past.map((record) => saidBy(record)?.covers));

/** Whose liking is not what was told of it, by user. */
const changesSince = (told: Covers, likes: ReadonlyMap<string, Register>, author: string): [string, Register][] =>
  [...likes]
    .filter(([user, { live }]) => user !== author && live !== (told[user]?.live ?? false))
    .sort(([left], [right]) => (left < right ? -1 : 1));
