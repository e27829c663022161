import { compareTs, type Ts } from '../events/timestamp.ts';
import type { Rules } from './challenge.ts';
import type { Message } from './message.ts';
import type { Register } from './register.ts';

/** A reaction's name without its skin tone: `+1::skin-tone-3` is `+1`. */
export const baseName = (name: string): string => (name.includes('::') ? name.replace(/::skin-tone-\d$/, '') : name);

/** By user, whether they like a message. */
export type Likes = ReadonlyMap<string, Register>;

/**
 * By user, whether the user likes a message: at least one live like of any name and skin tone. `at` is the last of the user's
 * likes and unlikes. `inferred`: none of what makes it so was heard. A message is replaced and never changed, so its likes are remembered.
 */
export const likesOf = (message: Message, rules: Rules, notCounted: ReadonlySet<string>): Likes => {
  const likes = remembered(message, rules);
  for (const user of notCounted) if (likes.has(user)) return without(likes, notCounted);
  return likes;
};

/** What was read of a message, and under which rules. */
interface Read extends Pick<Rules, 'likes' | 'selfLikes'> {
  of: Likes;
}

const known = new WeakMap<Message, Read>();

const remembered = (message: Message, { likes: names, selfLikes }: Rules): Likes => {
  const last = known.get(message);
  if (last && last.likes === names && last.selfLikes === selfLikes) return last.of;
  const of = readLikes(message, names, selfLikes);
  known.set(message, { likes: names, selfLikes, of });
  return of;
};

const readLikes = ({ reactions, author }: Message, names: Rules['likes'], selfLikes: boolean): Likes => {
  const likes = new Map<string, Register>();
  for (const [key, register] of Object.entries(reactions ?? {})) {
    const slash = key.indexOf('/');
    const user = key.slice(0, slash);
    if (!names.includes(baseName(key.slice(slash + 1))) || (!selfLikes && user === author)) continue;
    const last = likes.get(user);
    likes.set(user, last ? joined(last, register) : register);
  }
  return likes;
};

const without = (likes: Likes, users: ReadonlySet<string>): Likes =>
  new Map([...likes].filter(([user]) => !users.has(user)));

const joined = (left: Register, right: Register): Register => {
  const live = left.live || right.live;
  const inferred = [left, right].filter((each) => each.live === live).every((each) => each.inferred);
  return { at: later(left.at, right.at), live, ...(inferred ? { inferred } : {}) };
};

const later = (left: Ts, right: Ts): Ts => (compareTs(left, right) >= 0 ? left : right);

/** How many users like a message. */
export const countLikes = (likes: Likes): number => {
  let count = counts.get(likes);
  if (count === undefined) counts.set(likes, (count = [...likes.values()].filter(({ live }) => live).length));
  return count;
};

const counts = new WeakMap<Likes, number>();

/** By user, how many of the others' replies they like. */
export const likesGiven = (replies: Iterable<{ author: string; likes: Likes }>): Map<string, number> => {
  const given = new Map<string, number>();
  for (const { author, likes } of replies)
    for (const [user, { live }] of likes) if (live && user !== author) given.set(user, (given.get(user) ?? 0) + 1);
  return given;
};
