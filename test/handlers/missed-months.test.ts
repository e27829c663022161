import { describe, expect, test } from 'vitest';
import { missedMonths } from '../../src/handlers/missed-months.ts';
import { challengeWith } from '../support/world.ts';

const at = (time: string): number => Date.parse(time) / 1000;
const open = (month: string) => ({ month, weeks: ['2024-W01'], closed: false });

describe('a month is overdue', () => {
  const challenge = challengeWith();
  const months = ['2024-08', '2024-06', '2024-07'].map(open);
  const missed = (now: string, known = months) => missedMonths(challenge, known, at(now)).map(({ month }) => month);

  test('when it ended before the last one did: the oldest first', () => {
    expect(missed('2024-10-10T00:00:00Z')).toEqual(['2024-06', '2024-07', '2024-08']);
  });

  test('not when it is the last one, which the schedule asks for, or the one that runs', () => {
    expect(missed('2024-08-10T00:00:00Z')).toEqual(['2024-06']);
  });

  test('not when it is frozen, or no week of it was open', () => {
    const known = [{ ...open('2024-06'), closed: true }, { ...open('2024-07'), weeks: [] }, open('2024-08')];
    expect(missed('2024-10-10T00:00:00Z', known)).toEqual(['2024-08']);
  });

  test('since the first Monday of the next', () => {
    const [due] = missedMonths(challenge, [open('2024-06')], at('2024-10-10T00:00:00Z'));
    expect(new Date((due?.at ?? 0) * 1000).toISOString()).toBe('2024-07-01T00:20:00.000Z');
  });
});
