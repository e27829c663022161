import { numberOf, plusWeeks } from '../events/week.ts';
import { missedBefore, timesTold } from './lapse.ts';
import type { Decider } from './personal.ts';

/** So often in a lapse; then silence. */
const MOST = 2;

/** Asks back who missed two weeks or more, when something begins anew: a month, or the time after a week of rest. */
export const comeback: Decider = ({ person, people, slot }) => {
  if (slot.name !== 'monday' || person.settings.get('notes')?.value === 'off') return undefined;
  const isNewMonth = numberOf(slot.week) === 1;
  if (!isNewMonth && !people.weeks.get(plusWeeks(slot.week, -1))?.rest) return undefined;
  if (missedBefore(people, person, slot.week).length < 2 || timesTold(person, 'comeback', slot.week) >= MOST)
    return undefined;
  return { kind: 'comeback', why: isNewMonth ? 'a month begins' : 'a week of rest is over' };
};
