import type { Challenge } from '../projections/challenge.ts';

/** From here on each step is as wide as this; before it there are the steps 1 and 5. */
const WIDTH = 10;

/** The number of likes of others at which the next step is, when so many others like a post. */
export const nextStep = (count: number): number => {
  if (count < 1) return 1;
  return count < 5 ? 5 : (Math.floor(count / WIDTH) + 1) * WIDTH;
};

/** How many steps are reached when so many others like a post: at the 1st like, the 5th, and every 10th. */
export const stepsUpTo = (count: number): number => {
  let reached = 0;
  for (let step = nextStep(0); step <= count; step = nextStep(step)) reached++;
  return reached;
};

/** That somebody likes a post from now on, or likes it no more. */
export interface Liking {
  user: string;
  live: boolean;
}

/**
 * The likes of one post that would each give a message, if each were decided by itself. `likes`: those of others than the author, in the
 * order in which they come. Gives some of its items, in that order.
 */
export const likeNoticesIn = <T extends Liking>(mode: Challenge['notify']['likes'], likes: readonly T[]): T[] => {
  if (mode === 'off') return [];
  const liking = new Set<string>();
  const told = new Set<string>();
  let most = 0;
  return likes.filter(({ user, live }) => {
    if (!live) {
      liking.delete(user);
      return false;
    }
    liking.add(user);
    const [passed, isFirst, isNamed] = [most, told.size === 0, told.has(user)];
    most = Math.max(most, liking.size);
    told.add(user);
    if (mode === 'steps') return stepsUpTo(most) > stepsUpTo(passed);
    return mode === 'card' ? isFirst : !isNamed;
  });
};
