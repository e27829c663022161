import { likesGiven } from './likes.ts';
import type { Reply } from './participation.ts';
import type { Roster } from './roster.ts';

/** So many posts of others there are at least, before anybody is called their reader. */
const MIN_POSTS = 5;

/**
 * The readers of a month: those who like at least `part` of what the others posted in it. `counted` are its counted replies, whose likes
 * are those of people alone. Nobody who left. By id.
 */
export const readersOf = (part: number, counted: readonly Reply[], roster: Roster): string[] => {
  const own = new Map<string, number>();
  for (const { author } of counted) own.set(author, (own.get(author) ?? 0) + 1);
  const isReader = ([user, count]: [string, number]): boolean => {
    const others = counted.length - (own.get(user) ?? 0);
    return others >= MIN_POSTS && count >= part * others && !hasLeft(roster[user]);
  };
  return [...likesGiven(counted)]
    .filter(isReader)
    .map(([user]) => user)
    .sort();
};

const hasLeft = (person: Roster[string] | undefined): boolean =>
  person?.presence?.live === false || person?.name?.deleted === true;
