import { compareTs, secondsOf, type Ts } from '../events/timestamp.ts';
import type { Reply } from '../projections/participation.ts';
import type { Register } from '../projections/register.ts';
import type { Covers } from './like-past.ts';

/** A user, and whether that user likes a post: mostly one of whom the author was last told otherwise. */
export type Change = [user: string, register: Register];

/** The others who like a post. */
export const othersWho = ({ likes, author }: Reply): Change[] =>
  [...likes].filter(([user, { live }]) => live && user !== author);

/** Whether a like or an unlike was heard from Slack, and not read from its history. */
export const isHeard = ([, { inferred }]: Change): boolean => !inferred;

/** Whether somebody was heard to like a post. */
export const isHeardLike = (change: Change): boolean => change[1].live && isHeard(change);

/** Whether a like or an unlike came after its author last chose how to hear of likes. What was before tells of no news. */
export const isSince =
  (chosenAt: Ts | undefined) =>
  ([, { at }]: Change): boolean =>
    chosenAt === undefined || compareTs(at, chosenAt) >= 0;

/** What a notice of such changes covers. */
export const coversOf = (changes: readonly Change[]): Covers =>
  Object.fromEntries(changes.map(([user, { at, live }]) => [user, { at, live }]));

/** Whose liking is not what was told of it, by user. Rules that accept fewer likes, or a bot found out, leave nothing of some. */
export const changesSince = (told: Covers, likes: ReadonlyMap<string, Register>, author: string): Change[] =>
  [...new Map<string, Register>([...gone(told), ...likes])]
    .filter(([user, { live }]) => user !== author && live !== (told[user]?.live ?? false))
    .sort(([left], [right]) => (left < right ? -1 : 1));

/** Those of whom was told, as if they liked no more. */
const gone = (told: Covers): Change[] => Object.entries(told).map(([user, { at }]) => [user, { at, live: false }]);

/**
 * The likers to name: those whose like was heard and who were not named before. Likes that are much older than the newest were given
 * while no notices were sent; they are no news.
 */
export const newsIn = (changes: readonly Change[], named: ReadonlySet<string>, maxAgeHours: number): string[] => {
  const fresh = changes.filter(([user, { live, inferred }]) => live && !inferred && !named.has(user));
  const newest = Math.max(...fresh.map(([, { at }]) => secondsOf(at)));
  return fresh.filter(([, { at }]) => newest - secondsOf(at) <= maxAgeHours * 3600).map(([user]) => user);
};
