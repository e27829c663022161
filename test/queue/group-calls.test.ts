import { expect, test } from 'vitest';
import { groupCalls } from '../../src/queue/group-calls.ts';

const grouping = (write: (items: number[]) => void = () => undefined) => {
  const written: number[][] = [];
  const group = groupCalls<number>((items) => {
    written.push(items);
    write(items);
  });
  return { ...group, written };
};

test('the calls of one turn are written together, in their order, and those of the next apart', async () => {
  const { call, written } = grouping();
  await Promise.all([call([1, 2]), call([]), call([3])]);
  await call([4]);
  expect(written).toEqual([[1, 2, 3], [4]]);
});

test('what comes while the disk is slow is written with the next', async () => {
  const late: Promise<void>[] = [];
  const { call, written } = grouping((items) => {
    if (items.includes(1)) late.push(call([2]), call([3]));
  });
  await call([1]);
  await Promise.all(late);
  expect(written).toEqual([[1], [2, 3]]);
});

test('when it cannot be written, every caller hears of it, and the next is written', async () => {
  const { call, written } = grouping((items) => {
    if (items.includes(1)) throw new Error('full');
  });
  const outcomes = await Promise.allSettled([call([1]), call([2])]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await call([3]);
  expect(written).toEqual([[1, 2], [3]]);
});

test('what waits can be written before the turn ends, once', async () => {
  const { call, flush, written } = grouping();
  const called = call([1]);
  flush();
  expect(written).toEqual([[1]]);
  await called;
  flush();
  expect(written).toEqual([[1]]);
});
