import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import { type Standing, standingOf } from '../projections/membership.ts';
import type { People } from '../projections/people.ts';
import type { Bucket } from '../store/bucket.ts';
import { readDocument } from '../store/documents.ts';

/** A known person, and what they count as. */
export interface MemberRow {
  id: string;
  name: string;
  /** In how many weeks they took part. */
  weeks: number;
  standing: Standing;
}

/** Everybody that the state knows of a challenge, by id. */
export const membersAsTheyCount = async (challenge: Challenge, state: Bucket): Promise<MemberRow[]> => {
  const people = (await readDocument<People>(state, keys.people(challenge.channel))).value;
  return Object.entries(people?.roster ?? {})
    .map(([id, person]) => {
      const weeks = people?.totals[id]?.weeks ?? 0;
      return { id, name: person.name?.value ?? id, weeks, standing: standingOf(challenge, id, person, weeks) };
    })
    .sort((left, right) => (left.id < right.id ? -1 : 1));
};
