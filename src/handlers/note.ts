import { missedBefore, timesTold } from './lapse.ts';
import type { Decider } from './personal.ts';

/** Tells who missed one week that what they wrote stands: on the Monday after it, once in a lapse. */
export const note: Decider = ({ person, people, slot }) => {
  if (slot.name !== 'monday' || person.settings.get('notes')?.value === 'off') return undefined;
  const missed = missedBefore(people, person, slot.week);
  if (missed.length !== 1 || timesTold(person, 'note', slot.week) > 0) return undefined;
  return { kind: 'note', why: 'missed one week' };
};
