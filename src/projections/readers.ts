import type { Reply } from './participation.ts';
import type { Roster } from './roster.ts';

/** So many posts of others there are at least, before anybody is called their reader. */
const MIN_POSTS = 5;

/**
 * The readers of a month: those who like at least `part` of what the others posted in it. `counted` are its counted replies, whose likes
 * are those of people alone. Nobody who left. By id.
 */
export const readersOf = (part: number, counted: readonly Reply[], roster: Roster): string[] => {
  const liked = new Map<string, number>();
  const own = new Map<string, number>();
  for (const { author, likes } of counted) {
    own.set(author, (own.get(author) ?? 0) + 1);
    for (const [user, { live }] of likes) if (live && user !== author) liked.set(user, (liked.get(user) ?? 0) + 1);
  }
  const isReader = ([user, count]: [string, number]): boolean => {
    const others = counted.length - (own.get(user) ?? 0);
    return others >= MIN_POSTS && count >= part * others && !hasLeft(roster[user]);
  };
  return [...liked]
    .filter(isReader)
    .map(([user]) => user)
    .sort();
};

const hasLeft = (person: Roster[string] | undefined): boolean =>
  person?.presence?.live === false || person?.name?.deleted === true;
