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
 * likes and unlikes. `inferred`: none of what makes it so was heard.
 */
export const likesOf = (
  message: Message,
  { likes: names, selfLikes }: Rules,
  notCounted: ReadonlySet<string>,
): Likes => {
  const likes = readLikes(message, names, selfLikes);
  for (const user of notCounted) likes.delete(user);
  return likes;
};

const readLikes = (
  { reactions, author }: Message,
  names: Rules['likes'],
  selfLikes: boolean,
): Map<string, Register> => {
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

const joined = (left: Register, right: Register): Register => {
  const live = left.live || right.live;
  const inferred = [left, right].filter((each) => each.live === live).every((each) => each.inferred);
  return { at: later(left.at, right.at), live, ...(inferred ? { inferred } : {}) };
};

const later = (left: Ts, right: Ts): Ts => (compareTs(left, right) >= 0 ? left : right);

/** How many users like a message. */
export const countLikes = (likes: Likes): number => {
  let count = 0;
  for (const { live } of likes.values()) if (live) count += 1;
  return count;
};

/** Somebody's reply, with who likes it. It is replaced when either changes. */
interface Liked {
  ts: Ts;
  author: string;
  likes: Likes;
}

/** By user, how many of the others' replies they like. */
export type LikesGiven = ReadonlyMap<string, number>;

/** By user, how many of the others' replies they like. */
export const likesGiven = (replies: Iterable<Liked>): LikesGiven => {
  const given = new Map<string, number>();
  for (const reply of replies) add(1, reply, given);
  return given;
};

/** The same of replies in order of time, from what was made of those before, some of which they have taken the place of. */
export const likesGivenAfter = (made: LikesGiven, last: readonly Liked[], replies: readonly Liked[]): LikesGiven => {
  const given = new Map(made);
  let next = 0;
  for (const reply of replies) {
    for (let was = last[next]; was && was !== reply && compareTs(was.ts, reply.ts) <= 0; was = last[(next += 1)])
      add(-1, was, given);
    if (last[next] === reply) next += 1;
    else add(1, reply, given);
  }
  for (const was of last.slice(next)) add(-1, was, given);
  return given;
};

/** Counts those who like a reply of another's, once more or once less. */
const add = (times: 1 | -1, { author, likes }: Liked, given: Map<string, number>): void => {
  for (const [user, { live }] of likes) {
    if (!live || user === author) continue;
    const count = (given.get(user) ?? 0) + times;
    if (count === 0) given.delete(user);
    else given.set(user, count);
  }
};
