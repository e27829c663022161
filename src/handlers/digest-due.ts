import { secondsOf } from '../events/timestamp.ts';
import { calendarOf, monthOf, type Week } from '../events/week.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { type Reply, readMonth } from '../projections/participation.ts';

/** Of what is to be read first: the posts of a week that stand in its digest. */
export interface Digest {
  /** All of them, in the order in which they are told. */
  posts: Reply[];
  /** How many posts of its month there were by then. */
  together: number;
}

/** So many posts make a digest, whoever likes them. */
const ENOUGH_POSTS = 3;
/** A post with fewer likes of others is hardly read, and makes a digest by itself. */
const ENOUGH_LIKES = 3;

/** When a week's digest is due, in seconds: on Friday at noon, by the challenge's clocks. */
export const digestDueAt = ({ timeZone }: Challenge, week: Week): number =>
  calendarOf(timeZone).instant(week, 4, 12, 0);

/**
 * A week's digest, if there is one: of what was written by Friday noon and counts, three posts, or one that was hardly read by then. None in a week
 * of rest, without a weekly post, or where the challenge wants none. `ledgers` are those of the week's month, as they are at that time or
 * later. What nobody else liked comes first, and nobody comes twice before everybody has come once.
 */
export const digestOf = (challenge: Challenge, week: Week, ledgers: readonly Ledger[]): Digest | undefined => {
  if (challenge.notify.digest === 'off') return undefined;
  const { replies, resting } = readMonth(monthOf(week), ledgers, rulesOf(challenge));
  if (resting.has(week)) return undefined;
  const due = digestDueAt(challenge, week);
  const posts = replies.filter((reply) => reply.counted && reply.week === week && secondsOf(reply.ts) <= due);
  const isOne = posts.length >= ENOUGH_POSTS || posts.some((post) => likesBy(due, post) < ENOUGH_LIKES);
  return isOne ? { posts: leastReadFirst(due, posts), together: togetherBy(due, replies) } : undefined;
};

/** How many posts of a month count that were written by an instant, in seconds. */
export const togetherBy = (due: number, replies: readonly Reply[]): number =>
  replies.filter((reply) => reply.counted && secondsOf(reply.ts) <= due).length;

/** How many people beside its author liked a post at an instant, in seconds: what they did later tells what was before. */
export const likesBy = (due: number, { author, likes }: Reply): number =>
  [...likes].filter(([user, { at, live }]) => user !== author && live === secondsOf(at) <= due).length;

/** By likes of others, then as they were written; of each author one, then the second of each, and so on. */
const leastReadFirst = (due: number, posts: readonly Reply[]): Reply[] => {
  const liked = posts
    .map((post) => ({ post, likes: likesBy(due, post) }))
    .sort((left, right) => left.likes - right.likes || (left.post.ts < right.post.ts ? -1 : 1));
  const before = new Map<string, number>();
  return liked
    .map(({ post }) => {
      const round = before.get(post.author) ?? 0;
      before.set(post.author, round + 1);
      return { post, round };
    })
    .sort((left, right) => left.round - right.round)
    .map(({ post }) => post);
};
