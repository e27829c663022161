import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gathered } from '../../src/store/together.ts';

test('those who work side by side share one run; who begins when one of them is done belongs to the next', async () => {
  const runs: string[] = [];
  const expectName = gathered(async (name) => void runs.push(name));
  const [first, second, other] = [expectName('a'), expectName('a'), expectName('b')];
  const ends = [first.done()];
  const late = expectName('a');
  await setImmediate();
  expect(runs).toEqual([]);
  await other.done();
  ends.push(second.done());
  await Promise.all(ends);
  expect(runs).toEqual(['b', 'a']);
  await late.done();
  expect(runs).toEqual(['b', 'a', 'a']);
});

test('work that came to nothing holds nobody up, and needs no run', async () => {
  let runs = 0;
  const expectName = gathered(async () => void (runs += 1));
  expectName('a').failed();
  const [first, second] = [expectName('a'), expectName('a')];
  const end = first.done();
  second.failed();
  await end;
  expect(runs).toBe(1);
});

test('the error of a run is that of all who share it', async () => {
  const expectName = gathered(async () => {
    throw new Error('no disk');
  });
  const both = [expectName('a'), expectName('a')];
  const ends = await Promise.allSettled(both.map((each) => each.done()));
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(expectName('a').done()).rejects.toThrow('no disk');
});

test('whenever each begins and ends, a run that began after it was done has ended before it goes on', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ begins: fc.nat(6), takes: fc.nat(6), comesToNothing: fc.boolean() }), { maxLength: 12 }),
      async (works) => {
        const log: string[] = [];
        let runs = 0;
        const expectName = gathered(async () => {
          const run = (runs += 1);
          log.push(`begins ${run}`);
          await setImmediate();
          log.push(`ends ${run}`);
        });
        const turns = async (count: number): Promise<void> => {
          for (let turn = 0; turn < count; turn += 1) await setImmediate();
        };
        const one = async ({ begins, takes, comesToNothing }: (typeof works)[number], at: number): Promise<void> => {
          await turns(begins);
          const expected = expectName('a');
          await turns(takes);
          if (comesToNothing) return expected.failed();
          log.push(`done ${at}`);
          await expected.done();
          const since = log.slice(log.indexOf(`done ${at}`));
          const begun = since.filter((entry) => entry.startsWith('begins')).map((entry) => entry.slice(7));
          expect(begun.some((run) => since.includes(`ends ${run}`))).toBe(true);
        };
        await Promise.all(works.map(one));
        expect(runs).toBeLessThanOrEqual(works.filter(({ comesToNothing }) => !comesToNothing).length);
      },
    ),
  ));
