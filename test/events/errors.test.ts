import { expect, test } from 'vitest';
import { Conflict, Corrupt, isLasting, Refused, Unavailable } from '../../src/events/errors.ts';

test('what is refused or damaged lasts; what is busy, away or unknown may pass', () => {
  const errors = [new Refused('x'), new Corrupt('x'), new Conflict('x'), new Unavailable('x'), new Error('x'), 'x'];
  expect(errors.map(isLasting)).toEqual([true, true, false, false, false, false]);
});
