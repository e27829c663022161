import type { Event, EventOf } from '../events/catalog.ts';
import { compareTs, type Ts } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, plusMonths, plusWeeks } from '../events/week.ts';
import { weeklyTitleIn } from '../events/weekly-title.ts';
import type { LikeMode } from '../handlers/effect.ts';
import type { ChosenMode } from '../handlers/like-mode.ts';
import { likeNoticesIn } from '../handlers/like-steps.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import { baseName } from '../projections/likes.ts';
import { wins } from '../projections/register.ts';
import { beginWalk, type Walk } from './walk.ts';

/** A like notice that a post's author would have got. */
export interface LikeNotice {
  at: Ts;
  to: string;
}

type Reaction = EventOf<'reaction.added'> | EventOf<'reaction.removed'>;

/** Somebody's liking of a post, from then on or until then. */
interface Like {
  user: string;
  live: boolean;
  at: Ts;
}

/** Of one post, who likes it with which reactions, and how that came about. */
interface Liked {
  reactions: Map<string, Set<string>>;
  likes: Like[];
}

/**
 * The notices of likes that the authors of counted posts would get under the challenge's mode, or what they had chosen themselves by then,
 * each like decided by itself, in the order of the events. What is told of a post that counts for some of the time, is told of all its likes.
 */
export const rehearseLikes = (challenge: Challenge, events: readonly Event[]): LikeNotice[] => {
  const walk = beginWalk(challenge);
  const names = rulesOf(challenge).likes;
  const authors = new Map<Ts, string>();
  const liked = new Map<Ts, Liked>();
  const counting = countingIn(challenge, walk);
  const isNew = createNewcomers(challenge);
  const chosenBy = choicesIn(events);
  for (const event of events) {
    if (!isReaction(event)) {
      if (mayMatter(event)) walk.take(event);
      continue;
    }
    // By reacting somebody shows that they are no bot; more of it changes nothing of what counts.
    if (isNew(event)) walk.take(event);
    if (!names.includes(baseName(event.name))) continue;
    const { author, bots } = counting(event.item);
    if (author) authors.set(event.item, author);
    if (!bots.has(event.user)) note(liked, event);
  }
  for (const ts of liked.keys()) {
    const { author } = counting(ts);
    if (author) authors.set(ts, author);
  }
  return [...authors].flatMap(([ts, to]) => {
    const others = (liked.get(ts)?.likes ?? []).filter(({ user }) => user !== to);
    const modeAt = ({ at }: Like): ChosenMode => chosenBy(to, at) ?? { mode: challenge.notify.likes };
    return likeNoticesIn(modeAt, others).map(({ at }) => ({ at, to }));
  });
};

/** Says how somebody had chosen, by an instant, to hear of likes; undefined when they had not. `events` are in order. */
const choicesIn = (events: readonly Event[]): ((user: string, by: Ts) => ChosenMode | undefined) => {
  const chosen = new Map<string, { at: Ts; value: string }[]>();
  for (const event of events) {
    if (event.kind !== 'member.set' || event.key !== 'likes') continue;
    const { user, at, value } = event;
    const own = chosen.get(user) ?? [];
    const last = own.at(-1);
    if (!last || wins({ at, value }, last)) chosen.set(user, [...own, { at, value }]);
  }
  return (user, by) => {
    const last = chosen.get(user)?.findLast(({ at }) => compareTs(at, by) <= 0);
    return last && { at: last.at, mode: last.value as LikeMode };
  };
};

const isReaction = (event: Event): event is Reaction =>
  event.kind === 'reaction.added' || event.kind === 'reaction.removed';

/** What people say to each other outside of threads makes nothing count. */
const mayMatter = (event: Event): boolean =>
  event.kind !== 'message.posted' ||
  event.thread !== undefined ||
  event.metadata !== undefined ||
  (event.title ?? weeklyTitleIn(event.text)) !== undefined;

/** Whether somebody reacts to messages of a week for the first time. */
const createNewcomers = ({ timeZone }: Challenge): ((event: Reaction) => boolean) => {
  const calendar = calendarOf(timeZone);
  const known = new Set<string>();
  return ({ user, item }) => {
    const name = `${user}/${calendar.weekOf(item)}`;
    return !known.has(name) && known.add(name) !== undefined;
  };
};

/** Says whose a message is if it counts, as far as the walk has come, and who is a bot. */
const countingIn = ({ timeZone }: Challenge, walk: Walk) => {
  const calendar = calendarOf(timeZone);
  return (ts: Ts): { author: string | undefined; bots: ReadonlySet<string> } => {
    const week = calendar.weekOf(ts);
    const own = monthOf(week);
    // A month may have been extended into the first week of the next.
    const isFirst = monthOf(plusWeeks(week, -1)) !== own;
    const months: Month[] = isFirst ? [own, plusMonths(own, -1)] : [own];
    const reply = months
      .flatMap((month) => walk.readingOf(month).replies)
      .find((each) => each.ts === ts && each.counted);
    return { author: reply?.author, bots: walk.readingOf(own).bots };
  };
};

/** Takes in a reaction: who has several on a post likes it until the last of them goes. */
const note = (liked: Map<Ts, Liked>, { kind, item, user, name, at }: Reaction): void => {
  let post = liked.get(item);
  if (!post) liked.set(item, (post = { reactions: new Map(), likes: [] }));
  const own = post.reactions.get(user) ?? new Set();
  if (kind === 'reaction.added') own.add(name);
  else own.delete(name);
  post.reactions.set(user, own);
  post.likes.push({ user, live: own.size > 0, at });
};
