import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refused } from '../../src/events/errors.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import type { Job } from '../../src/queue/queue.ts';
import { queueContract } from '../contract/queue.ts';
import { heap } from '../simulation/heap.ts';

const handClock = () => {
  let now = 0;
  return { now: () => now, advance: (seconds: number) => void (now += seconds * 1000) };
};

queueContract('memory', async () => {
  const clock = handClock();
  return {
    queue: memoryQueue({ clock, visibilitySeconds: 30 }),
    visibilitySeconds: 30,
    advance: async (seconds) => clock.advance(seconds),
  };
});

test('the depth counts what is not done, and the age of the oldest', async () => {
  const clock = handClock();
  const queue = memoryQueue({ clock });
  expect(queue.depth()).toEqual({ jobs: 0, groups: 0, oldestMs: 0 });
  await queue.put([
    { id: '1', group: 'a', body: 'x' },
    { id: '2', group: 'b', body: 'y' },
  ]);
  clock.advance(5);
  const [first] = await queue.take(1, 0);
  expect(queue.depth()).toEqual({ jobs: 2, groups: 2, oldestMs: 5000 });
  expect((await queue.list()).map(({ id }) => id)).toEqual(['1', '2']);
  await queue.done(first ? [first] : []);
  expect(queue.depth()).toEqual({ jobs: 1, groups: 1, oldestMs: 5000 });
});

test('a number of jobs that SQS could not give is refused', async () => {
  for (const max of [0, 11, 1.5, Number.NaN]) await expect(memoryQueue().take(max, 0)).rejects.toThrow(Refused);
});

test('a waiting take wakes when a time-out ends', async () => {
  const queue = memoryQueue({ visibilitySeconds: 0.05 });
  await queue.put([{ id: '1', group: 'a', body: 'x' }]);
  await queue.take(1, 0);
  expect(await queue.take(1, 10)).toMatchObject([{ received: 2 }]);
});

test('a heap gives what was put in the order of the ranks', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (ranks) => {
      const all = heap<number, string>();
      for (const rank of ranks) all.push(rank, `value ${rank}`);
      const out: number[] = [];
      for (let next = all.first(); next; next = all.first()) {
        expect(next.value).toBe(`value ${next.rank}`);
        out.push(next.rank);
        all.pop();
      }
      expect(out).toEqual([...ranks].sort((left, right) => left - right));
    }),
  );
});

/** The port's rules as plainly as they can be said: a list, searched from the start each time. */
const naiveQueue = (visibilityMs: number, now: () => number) => {
  const jobs: { id: string; group: string; received: number; until: number }[] = [];
  return {
    put: (id: string, group: string) => void jobs.push({ id, group, received: 0, until: 0 }),
    take: (max: number) => {
      const held = new Set(jobs.filter(({ until }) => until > now()).map(({ group }) => group));
      const taken = jobs.filter(({ group }) => !held.has(group)).slice(0, max);
      for (const job of taken) Object.assign(job, { received: job.received + 1, until: now() + visibilityMs });
      return taken.map(({ id, received }) => ({ id, received }));
    },
    done: (id: string) =>
      void jobs.splice(
        jobs.findIndex((job) => job.id === id),
        1,
      ),
    retry: (id: string, delayMs: number) => {
      const job = jobs.find((each) => each.id === id);
      if (job) job.until = now() + delayMs;
    },
  };
};

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('put' as const), group: fc.constantFrom('a', 'b', 'c', 'd') }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const), max: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('done' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retry' as const), pick: fc.nat(), seconds: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 15 }) }) },
);

test('any sequence of calls gives what the rules say, read naively', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
      const clock = handClock();
      const queue = memoryQueue({ clock, visibilitySeconds: 10 });
      const naive = naiveQueue(10_000, clock.now);
      const out = new Map<string, Job>();
      const picked = (pick: number): Job | undefined => [...out.values()][pick % Math.max(1, out.size)];
      for (const [at, each] of steps.entries()) {
        if (each.do === 'wait') clock.advance(each.seconds);
        if (each.do === 'put') {
          await queue.put([{ id: `${at}`, group: each.group, body: '' }]);
          naive.put(`${at}`, each.group);
        }
        if (each.do === 'take') {
          const taken = await queue.take(each.max, 0);
          for (const job of taken) out.set(job.id, job);
          expect(taken.map(({ id, received }) => ({ id, received }))).toEqual(naive.take(each.max));
        }
        const job = each.do === 'done' || each.do === 'retry' ? picked(each.pick) : undefined;
        if (!job) continue;
        out.delete(job.id);
        if (each.do === 'done') {
          await queue.done([job]);
          naive.done(job.id);
        }
        if (each.do === 'retry') {
          await queue.retry(job, each.seconds);
          naive.retry(job.id, each.seconds * 1000);
        }
      }
    }),
    { numRuns: 300 },
  );
});
