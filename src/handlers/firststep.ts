import { isTold } from './lapse.ts';
import type { Decider } from './personal.ts';

/** Who likes so many posts of the others reads along. */
const ENOUGH_LIKES = 10;
const KNOWN_SECONDS = 14 * 86_400;

/** Asks a reader who has never written whether they would like to: on a Wednesday, once for ever. */
export const firststep: Decider = ({ person, slot, at }) => {
  if (slot.name !== 'wednesday' || person.settings.get('notes')?.value === 'off') return undefined;
  const { seen, posts, likes, told } = person;
  if (posts.size > 0 || likes < ENOUGH_LIKES || seen === undefined || at - Number(seen) < KNOWN_SECONDS)
    return undefined;
  if (told.some((each) => each.kind === 'firststep' && isTold(each) && each.week !== slot.week)) return undefined;
  return { kind: 'firststep', why: 'reads along' };
};
