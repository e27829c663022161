import { type FirstSeen, firstSeenAfter, firstSeenIn } from './first-seen.ts';
import { createFollower } from './following.ts';
import type { Ledger } from './ledger.ts';
import { type LikesGiven, likesGiven, likesGivenAfter } from './likes.ts';
import type { Reply } from './reply.ts';
import { joined, type Roster, rosterAfter, rosterOf, rosterOfWeek } from './roster.ts';

/** How a month's view finds what takes longest to look for. `name` is that of what takes the place of one another. */
export interface Look {
  firstSeen(ledger: Ledger): FirstSeen;
  likesGiven(name: string, counted: readonly Reply[]): LikesGiven;
  roster(name: string, ledgers: readonly Ledger[]): Roster;
}

/** Looks through all. */
export const lookAnew: Look = {
  firstSeen: firstSeenIn,
  likesGiven: (_, counted) => likesGiven(counted),
  roster: (_, ledgers) => rosterOf(ledgers),
};

/** For whoever views months again and again: looks only through what has changed since. */
export const createLook = (): Look => {
  const firstSeen = createFollower(firstSeenIn, firstSeenAfter);
  const ofWeek = createFollower(rosterOfWeek, rosterAfter);
  const ofAll = createFollower<readonly Roster[], Roster>(joined, (made, last, rosters) =>
    last.length === rosters.length && rosters.every((each, position) => each === last[position]) ? made : undefined,
  );
  const nameOf = ({ channel, week }: Ledger): string => `${channel}/${week}`;
  return {
    firstSeen: (ledger) => firstSeen(nameOf(ledger), ledger),
    likesGiven: createFollower<readonly Reply[], LikesGiven>(likesGiven, likesGivenAfter),
    roster: (name, ledgers) =>
      ofAll(
        name,
        ledgers.map((ledger) => ofWeek(nameOf(ledger), ledger)),
      ),
  };
};
