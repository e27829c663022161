import { expect, test } from 'vitest';
import { Conflict, Unavailable } from '../../src/events/errors.ts';
import { tryAgain, untilNoConflict } from '../../src/events/try-again.ts';

/** Work that fails with each of these in turn, and then succeeds. */
const failing = (...errors: Error[]) => {
  const tries = { count: 0, work: async () => fail() };
  const fail = (): string => {
    const error = errors[tries.count++];
    if (error) throw error;
    return 'done';
  };
  return tries;
};

test('work that succeeds is done once', async () => {
  const tries = failing();
  expect(await tryAgain(tries.work, untilNoConflict(3))).toBe('done');
  expect(tries.count).toBe(1);
});

test('while others write, it is done again, and something before each further try', async () => {
  const tries = failing(new Conflict('1'), new Conflict('2'));
  const before: number[] = [];
  expect(
    await tryAgain(
      tries.work,
      untilNoConflict(3, () => before.push(tries.count)),
    ),
  ).toBe('done');
  expect([tries.count, before]).toEqual([3, [1, 2]]);
});

test('after the last try it is given up with what happened then', async () => {
  const tries = failing(new Conflict('1'), new Conflict('2'), new Conflict('3'));
  const before: number[] = [];
  await expect(
    tryAgain(
      tries.work,
      untilNoConflict(3, () => before.push(tries.count)),
    ),
  ).rejects.toThrow('3');
  expect([tries.count, before]).toEqual([3, [1, 2]]);
});

test('what is no conflict is not tried again', async () => {
  const tries = failing(new Unavailable('away'));
  await expect(tryAgain(tries.work, untilNoConflict(3))).rejects.toThrow(Unavailable);
  expect(tries.count).toBe(1);
});

test('each failure is told with the number of its try', async () => {
  const told: [string, number][] = [];
  await tryAgain(failing(new Error('a'), new Error('b')).work, (error, attempt) =>
    told.push([(error as Error).message, attempt]),
  );
  expect(told).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
});
