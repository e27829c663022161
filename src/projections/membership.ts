import type { Challenge } from './challenge.ts';
import type { Person } from './ledger.ts';
import { isBot } from './roster.ts';

/** What somebody counts as. Only members are asked to write, and listed among those who have not yet. */
export type Standing = 'member' | 'bot' | 'excluded' | 'deactivated' | 'left' | 'organizer';

/** The people who run a challenge. */
export const isOrganizer = ({ admins, organizers }: Pick<Challenge, 'admins' | 'organizers'>, user: string): boolean =>
  admins.includes(user) || organizers.includes(user);

/** What somebody counts as who took part in so many weeks: an organizer who takes part is a member like everybody else. */
export const standingOf = (
  challenge: Pick<Challenge, 'admins' | 'organizers' | 'members'>,
  user: string,
  person: Person,
  weeks: number,
): Standing => {
  const { exclude, organizers } = challenge.members;
  if (isBot(user, person)) return 'bot';
  if (exclude.includes(user)) return 'excluded';
  if (person.name?.deleted) return 'deactivated';
  if (person.presence?.live === false) return 'left';
  return organizers === 'aside' && weeks === 0 && isOrganizer(challenge, user) ? 'organizer' : 'member';
};
