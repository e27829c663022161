import { expect, test } from 'vitest';
import { differenceOf, neededInEachArm } from '../../src/history/proportions.ts';

// Newcombe (Statistics in Medicine 17, 1998, pages 873-890), table II, method 10, to four places.
test.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [6, 7, 2, 7, 0.0582, 0.8062],
  [5, 56, 0, 29, -0.0381, 0.1926],
  [0, 10, 0, 20, -0.1611, 0.2775],
  [10, 10, 0, 10, 0.6075, 1],
])('%i of %i less %i of %i is from %f to %f, as published', (wrote, of, other, ofOthers, low, high) => {
  const found = differenceOf({ wrote, of }, { wrote: other, of: ofOthers });
  expect(found?.difference).toBeCloseTo(wrote / of - other / ofOthers, 10);
  expect(found?.low).toBeCloseTo(low, 4);
  expect(found?.high).toBeCloseTo(high, 4);
});

test('of nobody there is no difference', () => {
  expect(differenceOf({ wrote: 0, of: 0 }, { wrote: 1, of: 2 })).toBeUndefined();
  expect(differenceOf({ wrote: 1, of: 2 }, { wrote: 0, of: 0 })).toBeUndefined();
});

test('ten points from 48 % need 391 in each arm, and twice as much difference about a fourth', () => {
  expect(neededInEachArm(0.48, 0.1)).toBe(391);
  expect(neededInEachArm(0.48, 0.2)).toBe(96);
});
