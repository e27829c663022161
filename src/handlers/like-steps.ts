import type { LikeMode } from './effect.ts';
import type { ChosenMode } from './like-mode.ts';

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

/** What is known of a post's notices after some of its likes. */
interface Told {
  liking: Set<string>;
  /** Who likes it no more, of which nothing was to be recorded: by liking it again they say nothing new. */
  left: Set<string>;
  named: Set<string>;
  /** Of whom was recorded that nobody is told of them. */
  passedOver: Set<string>;
  /** Who liked it when its author chose last. */
  before: Set<string>;
  /** The most who ever liked it at once. */
  most: number;
  /** Whether a message stands that shows the total. */
  stands: boolean;
}

/**
 * The likes of one post that would each give a message, if each were decided by itself. `likes`: those of others than the author, in the
 * order in which they come. `mode`: how the author hears of likes, or of each like, what the author had chosen by then. Gives some of
 * its items, in that order.
 */
export const likeNoticesIn = <T extends Liking>(
  mode: LikeMode | ((like: T) => ChosenMode),
  likes: readonly T[],
): T[] => {
  const told: Told = {
    liking: new Set(),
    left: new Set(),
    named: new Set(),
    passedOver: new Set(),
    before: new Set(),
    most: 0,
    stands: false,
  };
  let chosenAt: string | undefined;
  return likes.filter((like) => {
    const chosen: ChosenMode = typeof mode === 'function' ? mode(like) : { mode };
    if (chosen.at !== chosenAt) told.before = new Set(told.liking);
    chosenAt = chosen.at;
    if (like.live) return takeLike(told, like.user, chosen.mode);
    takeUnlike(told, like.user, chosen.mode);
    return false;
  });
};

const takeUnlike = (told: Told, user: string, mode: LikeMode): void => {
  if (!told.liking.delete(user)) return;
  if (mode === 'off' || told.stands) told.left.clear();
  else told.left.add(user);
};

/** Whether a like gives a message; notes what becomes of it. */
const takeLike = (told: Told, user: string, mode: LikeMode): boolean => {
  const passed = told.most;
  told.before.delete(user);
  if (told.liking.has(user)) return false;
  told.liking.add(user);
  if (told.left.delete(user)) return false;
  told.left.clear();
  told.most = Math.max(passed, told.liking.size);
  const isMessage = isTold(told, user, mode, passed);
  if (isMessage) {
    told.named.add(user);
    if (mode === 'steps')
      for (const each of told.liking) if (!told.passedOver.has(each) && !told.before.has(each)) told.named.add(each);
    told.stands = true;
  } else if (mode === 'off' || !told.stands) told.passedOver.add(user);
  return isMessage;
};

const isTold = ({ most, named, stands }: Told, user: string, mode: LikeMode, passed: number): boolean => {
  switch (mode) {
    case 'off':
      return false;
    case 'steps':
      return stepsUpTo(most) > stepsUpTo(passed);
    case 'card':
      return !stands && !named.has(user);
    case 'each':
      return !named.has(user);
  }
};
