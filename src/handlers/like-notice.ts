import { laterTs, secondsOf, type Ts } from '../events/timestamp.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { EffectRecord } from '../projections/ledger.ts';
import type { Reply } from '../projections/participation.ts';
import { type EffectOf, type Handler, postView, type StandingMessage } from './effect.ts';
import { isUnclear, lastAttempt, seriesOf } from './effect-record.ts';
import { type Change, changesSince, coversOf, isHeard, isHeardLike, isSince } from './like-changes.ts';
import { asAuthorChose, type LikeScene } from './like-mode.ts';
import { isMissed, newsOf, overdueIn, reachesStep } from './like-news.ts';
import { coveredBy, isChange, SWITCHED_OFF, standingNotice, TOTAL, totalShown, unnamedLikers } from './like-past.ts';

/** The reason recorded of likes between two steps where no message stands that would show the total. */
const NO_STEP = 'no step';

/** The reason recorded of likes that had not been told when the author chose how to hear of them: a choice makes nothing news. */
const BEFORE_CHOICE = 'given before the author chose';

/**
 * Tells the author who liked a counted post, and the total. One message at most names each liker of a post; whatever they do afterwards
 * changes the total in the message that stands. With `steps`, so does a like that reaches no step. For likes that were not heard, or not
 * told in time, only the total is given. Likes that came together are one notice. Authors are not told of their own likes. What an author
 * chose goes before what the challenge says.
 */
export const likeNotice: Handler = (given) => {
  const scene = asAuthorChose(given);
  const { challenge, ledger, ts, reply, chosenAt } = scene;
  const { past, id, record } = seriesOf(ledger, 'like', ts);
  const { likes: mode } = challenge.notify;
  const isOff = mode === 'off';
  if (isOff && isUnclear(record)) return undefined;
  const changes = reply?.counted ? changesSince(coveredBy(past), reply.likes, reply.author) : [];
  const total = reply?.likeCount ?? 0;
  const common = {
    kind: 'like',
    id,
    week: ledger.week,
    due: changes.reduce<Ts>((latest, [, { at }]) => laterTs(latest, at) ?? at, ts),
    says: { about: ts, covers: coversOf(changes), ...(mode === 'steps' ? { total } : {}) },
    post: reply ? postView(reply) : { ts, author: ledger.messages[ts]?.author ?? '', week: ledger.week },
    added: [],
    removed: changes.filter(([, { live }]) => !live).length,
    total,
    ...(chosenAt === undefined ? {} : { mode }),
  } satisfies EffectOf<'like'>;
  if (isOff) return changes.some(isHeard) ? { ...common, unsaid: SWITCHED_OFF } : undefined;
  return notice(common, changes, past, record, scene);
};

/** What to say of changes: a new message, a change of the standing one, or nothing. */
const notice = (
  common: EffectOf<'like'>,
  changes: readonly Change[],
  past: readonly EffectRecord[],
  record: EffectRecord | undefined,
  scene: LikeScene,
): EffectOf<'like'> | undefined => {
  const { reply, challenge, chosenAt } = scene;
  const isSteps = challenge.notify.likes === 'steps';
  const isStep = isSteps && reachesStep(past, scene);
  const news = newsOf(changes, past, scene);
  // A step may be reached by somebody who was named before.
  const isNews = isSteps ? isStep && changes.filter(isSince(chosenAt)).some(isHeardLike) : news.length > 0;
  const standing = standingNotice(past);
  const overdueSince = overdueIn(past, scene);
  // An attempt to post that is unclear may have been made: no change in place takes its turn.
  const mayBePosted = isUnclear(record) && !isChange(record?.attempts?.[lastAttempt(record)]?.says);
  const isCard = challenge.notify.likes === 'card';
  if (standing && !mayBePosted && (isCard || !isNews)) {
    const likes = reply?.likes;
    if (changes.length > 0 || overdueSince || (reply?.counted && isOutdated(common.total, past, record, scene)))
      return {
        ...common,
        added: standing.names.filter((user) => likes?.get(user)?.live),
        ...inPlace(common, standing),
      };
    return isUnclear(record) ? withdrawn(common) : undefined;
  }
  if (isNews) return posting(common, news, reply);
  const post = posting(common, [], reply);
  if (overdueSince) return { ...post, due: laterTs(common.due, overdueSince) ?? common.due };
  if (!standing && (isStep || !isSteps) && isMissed(changes, scene)) return post;
  if (isUnclear(record)) return withdrawn(common);
  return standing ? undefined : passedOver(common, changes, scene);
};

/** What nobody is told of while no message stands that would show the total: recorded, so that no later choice makes it news. */
const passedOver = (
  common: EffectOf<'like'>,
  changes: readonly Change[],
  { challenge, chosenAt }: LikeScene,
): EffectOf<'like'> | undefined => {
  const likes = changes.filter(isHeardLike);
  const isBefore = likes.length > 0 && !likes.some(isSince(chosenAt));
  if (isBefore) return { ...common, unsaid: BEFORE_CHOICE };
  return challenge.notify.likes === 'steps' && likes.length > 0 ? { ...common, unsaid: NO_STEP } : undefined;
};

/** A message of its own that names some. What it covers says since when these like the post, also of those whom a total counted before. */
const posting = (common: EffectOf<'like'>, names: string[], reply: Reply | undefined): EffectOf<'like'> => {
  const likes = reply?.likes;
  const named = names.flatMap((user): Change[] => {
    const register = likes?.get(user);
    return register ? [[user, register]] : [];
  });
  const covers = { ...common.says?.covers, ...coversOf(named) };
  return { ...common, added: names, says: { ...common.says, covers, names } };
};

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

/** Whether the message that stands says, or may say, something else than what holds. */
const isOutdated = (
  total: number,
  past: readonly EffectRecord[],
  record: EffectRecord | undefined,
  scene: LikeScene,
): boolean => {
  const isWrong = scene.challenge.notify.likes === 'steps' && (totalShown(past) ?? total) !== total;
  return isWrong || mayBeChanged(record) || isNowNamed(past, scene);
};

/** Whether the message that stands may say by now what has changed again since: then it is made to say what holds. */
const mayBeChanged = (record: EffectRecord | undefined): boolean =>
  Object.entries(record?.attempts ?? {}).some(([number, { says }]) => isChange(says) && !record?.refused?.[number]);

/** Whether by now all names are known of whom the message that stands speaks, and were not when it was written. */
const isNowNamed = (past: readonly EffectRecord[], { challenge, isNamed }: LikeScene): boolean => {
  const unnamed = challenge.notify.likes === 'card' ? [] : unnamedLikers(past);
  return unnamed.length > 0 && unnamed.every(isNamed);
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
