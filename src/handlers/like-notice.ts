import type { Says } from '../events/catalog.ts';
import { laterTs, secondsOf, type Ts } from '../events/timestamp.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { EffectRecord } from '../projections/ledger.ts';
import { countLikes } from '../projections/likes.ts';
import type { Reply } from '../projections/participation.ts';
import type { Register } from '../projections/register.ts';
import {
  type EffectOf,
  endedWith,
  type Handler,
  isHistory,
  isUnclear,
  lastAttempt,
  postView,
  type Scene,
  type StandingMessage,
  saidBy,
  seriesOf,
  TOO_OLD,
} from './effect.ts';

type Covers = NonNullable<Says['covers']>;

/** A user whose like differs from what the author was last told. */
type Change = [user: string, register: Register];

/** `says.shows` of a notice that changes the total in a standing message. */
const TOTAL = 'total';

/** The reason recorded while the challenge sends no like notices; such likes are no news when it begins to send them. */
const SWITCHED_OFF = 'likes are not told';

/**
 * Tells the author who liked a counted post, and the total. One message at most names each liker of a post; whatever they do afterwards
 * changes the total in the message that stands. For likes that were not heard, or not told in time, only the total is given. Likes that
 * came together are one notice. Authors are not told of their own likes.
 */
export const likeNotice: Handler = (scene) => {
  const { challenge, ledger, ts, reply } = scene;
  const { past, id, record } = seriesOf(ledger, 'like', ts);
  const isOff = challenge.notify.likes === 'off';
  if (isOff && isUnclear(record)) return undefined;
  const changes = reply?.counted ? changesSince(coveredBy(past), reply.likes, reply.author) : [];
  const common = {
    kind: 'like',
    id,
    week: ledger.week,
    due: changes.reduce<Ts>((latest, [, { at }]) => laterTs(latest, at) ?? at, ts),
    says: { about: ts, covers: coversOf(changes) },
    post: reply ? postView(reply) : { ts, author: ledger.messages[ts]?.author ?? '', week: ledger.week },
    added: [],
    removed: changes.filter(([, { live }]) => !live).length,
    total: reply ? countLikes(reply.likes) : 0,
  } satisfies EffectOf<'like'>;
  if (isOff) return changes.some(([, { inferred }]) => !inferred) ? { ...common, unsaid: SWITCHED_OFF } : undefined;
  return notice(common, changes, past, record, scene);
};

/** What to say of changes: a new message, a change of the standing one, or nothing. */
const notice = (
  common: EffectOf<'like'>,
  changes: readonly Change[],
  past: readonly EffectRecord[],
  record: EffectRecord | undefined,
  scene: Scene,
): EffectOf<'like'> | undefined => {
  const { reply, challenge } = scene;
  const news = newsIn(changes, namedBy(past), challenge.notify.maxAgeHours);
  const standing = standingNotice(past);
  const overdueSince = overdueIn(past, scene);
  const post: EffectOf<'like'> = { ...common, added: news, says: { ...common.says, names: news } };
  // An attempt to post that is unclear may have been made: no change in place takes its turn.
  const mayBePosted = isUnclear(record) && !isChange(record?.attempts?.[lastAttempt(record)]?.says);
  const isCard = challenge.notify.likes === 'card';
  if (standing && !mayBePosted && (isCard || news.length === 0)) {
    if (changes.length > 0 || overdueSince || (reply?.counted && (mayBeChanged(record) || isNowNamed(past, scene))))
      return {
        ...common,
        added: standing.names.filter((user) => reply?.likes.get(user)?.live),
        ...inPlace(common, standing),
      };
    return isUnclear(record) ? withdrawn(common) : undefined;
  }
  if (news.length > 0) return post;
  if (overdueSince) return { ...post, due: laterTs(common.due, overdueSince) ?? common.due };
  if (!standing && isMissed(changes, scene)) return post;
  return isUnclear(record) ? withdrawn(common) : undefined;
};

/**
 * Since when a total is owed in place of a notice that was too old. While nobody likes the post there is none: at most what stands is to
 * be changed.
 */
const overdueIn = (past: readonly EffectRecord[], { reply, isClosed }: Scene): Ts | undefined => {
  const skipped = past.at(-1)?.skipped;
  if (skipped?.reason !== TOO_OLD || isClosed) return undefined;
  return reply?.counted && isLikedByOthers(reply) ? skipped.at : undefined;
};

const isLikedByOthers = ({ likes, author }: Reply): boolean =>
  [...likes].some(([user, { live }]) => live && user !== author);

const inPlace = (
  { says }: EffectOf<'like'>,
  { channel, ts }: StandingMessage,
): Pick<EffectOf<'like'>, 'says' | 'change'> => ({
  says: { ...says, shows: TOTAL },
  change: { channel, ts },
});

const withdrawn = (effect: EffectOf<'like'>): EffectOf<'like'> => ({
  ...effect,
  says: { about: effect.post.ts, covers: {} },
  withdrawn: true,
});

const isChange = (says: Says | undefined): boolean => says?.shows === TOTAL;

/** Whether the message that stands may say by now what has changed again since: then it is made to say what holds. */
const mayBeChanged = (record: EffectRecord | undefined): boolean =>
  Object.entries(record?.attempts ?? {}).some(([number, { says }]) => isChange(says) && !record?.refused?.[number]);

/** Whether by now all names are known of whom the message that stands speaks, and were not when it was written. */
const isNowNamed = (past: readonly EffectRecord[], { challenge, isNamed }: Scene): boolean => {
  const unnamed = challenge.notify.likes === 'card' ? [] : unnamedLikers(past);
  return unnamed.length > 0 && unnamed.every(isNamed);
};

/** The likers of whom the message that stands speaks, if not all their names were known when it was last written. */
export const unnamedLikers = (past: readonly EffectRecord[]): string[] => {
  const last = past.findLast(({ delivered }) => delivered);
  return last && saidBy(last)?.unnamed ? (standingNotice(past)?.names ?? []) : [];
};

/** Whether likes of a post of an open month have become known which were not heard when they were given. */
const isMissed = (changes: readonly Change[], { ts, firstHeard, isClosed }: Scene): boolean =>
  !isClosed && !isHistory(ts, firstHeard) && changes.some(([, { live, inferred }]) => live && inferred);

const coversOf = (changes: readonly Change[]): Covers =>
  Object.fromEntries(changes.map(([user, { at, live }]) => [user, { at, live }]));

/** What was told last of each user holds, whatever its instant: rules that accept fewer likes make a user's last like an older one. */
const coveredBy = (past: readonly EffectRecord[]): Covers =>
  Object.assign({}, ...past.map((record) => (isRefusedChange(record) ? endedWith(record) : saidBy(record))?.covers));

/** Whose liking is not what was told of it, by user. Rules that accept fewer likes, or a bot found out, leave nothing of some. */
const changesSince = (told: Covers, likes: ReadonlyMap<string, Register>, author: string): Change[] =>
  [...new Map<string, Register>([...gone(told), ...likes])]
    .filter(([user, { live }]) => user !== author && live !== (told[user]?.live ?? false))
    .sort(([left], [right]) => (left < right ? -1 : 1));

/** Those of whom was told, as if they liked no more. */
const gone = (told: Covers): Change[] => Object.entries(told).map(([user, { at }]) => [user, { at, live: false }]);

/**
 * The likers to name: those whose like was heard and who were not named before. Likes that are much older than the newest were given
 * while no notices were sent; they are no news.
 */
const newsIn = (changes: readonly Change[], named: ReadonlySet<string>, maxAgeHours: number): string[] => {
  const fresh = changes.filter(([user, { live, inferred }]) => live && !inferred && !named.has(user));
  const newest = Math.max(...fresh.map(([, { at }]) => secondsOf(at)));
  return fresh.filter(([, { at }]) => newest - secondsOf(at) <= maxAgeHours * 3600).map(([user]) => user);
};

/** A notice that names only those whose likes are fresh when it is said. The total counts all. */
export const namingFresh = ({ notify }: Challenge, effect: EffectOf<'like'>, nowSeconds: number): EffectOf<'like'> => {
  const { says, change } = effect;
  if (change) return effect;
  const isFresh = (user: string): boolean =>
    nowSeconds - secondsOf(says?.covers?.[user]?.at ?? effect.due) <= notify.maxAgeHours * 3600;
  const added = effect.added.filter(isFresh);
  return { ...effect, added, says: { ...says, names: added } };
};

/** The likers whom a notice names. Notices of earlier versions have no `names`: they named everybody they covered. */
const namesIn = (says: Says | undefined): string[] => {
  if (!says || isChange(says)) return [];
  return says.names ?? Object.entries(says.covers ?? {}).flatMap(([user, { live }]) => (live ? [user] : []));
};

const deliveredOf = (past: readonly EffectRecord[]): EffectRecord[] => past.filter(({ delivered }) => delivered);

/** Everybody whom some message has named. */
const namedBy = (past: readonly EffectRecord[]): Set<string> =>
  new Set(deliveredOf(past).flatMap((record) => namesIn(saidBy(record))));

/** Whether a change was refused for good: the message that it was to change is gone, or can be changed no more. */
const isRefusedChange = (record: EffectRecord): boolean =>
  !record.delivered && !record.skipped && isChange(endedWith(record));

/** The last message that stands, and whom it named. */
const standingNotice = (past: readonly EffectRecord[]): (StandingMessage & { names: string[] }) | undefined => {
  const index = past.findLastIndex((record) => record.delivered && !isChange(saidBy(record)));
  const last = past[index];
  if (!last?.delivered?.ts || past.slice(index).some(isRefusedChange)) return undefined;
  return { channel: last.delivered.to, ts: last.delivered.ts, names: namesIn(saidBy(last)) };
};
