import { compareTs, type Ts } from '../events/timestamp.ts';
import type { Rules } from './challenge.ts';
import type { Message } from './message.ts';
import type { Register } from './register.ts';

/** A reaction's name without its skin tone: `+1::skin-tone-3` is `+1`. */
export const baseName = (name: string): string => (name.includes('::') ? name.replace(/::skin-tone-\d$/, '') : name);

/**
 * By user, whether the user likes a message: at least one live like of any name and skin tone. `at` is the last of the user's
 * likes and unlikes. `inferred`: none of what makes it so was heard.
 */
export const likesOf = (
  message: Message,
  rules: Rules,
  notCounted: (user: string) => boolean,
): Map<string, Register> => {
  const likes = new Map<string, Register>();
  for (const [key, register] of Object.entries(message.reactions ?? {})) {
    const slash = key.indexOf('/');
    const user = key.slice(0, slash);
    if (!rules.likes.includes(baseName(key.slice(slash + 1)))) continue;
    if (notCounted(user) || (!rules.selfLikes && user === message.author)) continue;
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
export const countLikes = (likes: Map<string, Register>): number => {
  let count = 0;
  for (const { live } of likes.values()) if (live) count++;
  return count;
};
