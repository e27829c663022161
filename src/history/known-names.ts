import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { People } from '../projections/people.ts';
import type { Roster } from '../projections/roster.ts';
import type { Bucket } from '../store/bucket.ts';
import { readDocument } from '../store/documents.ts';

/** Everybody of a challenge, as the state has them; nobody when it has none. */
export const peopleOf = async ({ channel }: Challenge, state: Bucket): Promise<Roster> =>
  (await readDocument<People>(state, keys.people(channel))).value?.roster ?? {};

/** People's names. The log may have a name in any one week, so it is looked up where all weeks are joined. */
export const knownNames = async (challenge: Challenge, state: Bucket): Promise<(id: string) => string | undefined> => {
  const roster = await peopleOf(challenge, state);
  return (id) => (Object.hasOwn(roster, id) ? roster[id]?.name?.value : undefined);
};
