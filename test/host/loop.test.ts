import { expect, test } from 'vitest';
import { Refused, Unavailable } from '../../src/events/errors.ts';
import { createBatchRunner } from '../../src/host/batch.ts';
import { backoffSeconds, startLoop } from '../../src/host/loop.ts';
import type { Outcome } from '../../src/host/worker.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import type { Job, Queue } from '../../src/queue/queue.ts';

const done = (jobs: Job[]): Outcome => ({ done: jobs, failed: [], changed: [] });
const jobsOf = (group: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: `${group}${at}`, group, body: '' }));
const clock = { now: () => 0, elapsed: () => 0, sleep: async () => {} };

/** A loop on a queue, with what it handled; `settled` waits until the queue is empty. */
const createStage = (handle: (jobs: Job[]) => Promise<Outcome>, wrap: (queue: Queue) => Queue = (queue) => queue) => {
  const queue = memoryQueue();
  const errors: unknown[] = [];
  const published: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const wrapped = wrap(queue);
  const publish = (months: readonly unknown[]) => void published.push(months);
  const run = createBatchRunner({ handle, queue: wrapped, publish, waitSeconds: backoffSeconds, onError });
  const loop = startLoop({ queue: wrapped, clock, run, onError });
  const settled = async (): Promise<void> => {
    while (queue.depth().jobs > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { queue, errors, published, loop, settled };
};

test.concurrent("a group's jobs are handled in their order, at most ten at a time and one batch after the other", async () => {
  const seen: string[] = [];
  const busy = new Set<string>();
  const { queue, loop, settled } = createStage(async (jobs) => {
    const group = jobs[0]?.group as string;
    expect(new Set(jobs.map((job) => job.group)).size).toBe(1);
    expect(jobs.length).toBeLessThanOrEqual(10);
    expect(busy.has(group)).toBe(false);
    busy.add(group);
    await new Promise((resolve) => setTimeout(resolve, 1));
    busy.delete(group);
    seen.push(...jobs.map(({ id }) => id));
    return done(jobs);
  });
  await queue.put([...jobsOf('a', 35), ...jobsOf('b', 12)]);
  await settled();
  await loop.stop();
  expect(seen.filter((id) => id.startsWith('a'))).toEqual(jobsOf('a', 35).map(({ id }) => id));
  expect(seen.filter((id) => id.startsWith('b'))).toEqual(jobsOf('b', 12).map(({ id }) => id));
});

test.concurrent('a slow group holds up no other', async () => {
  let letGo = (): void => {};
  const slow = new Promise<void>((resolve) => (letGo = resolve));
  const seen: string[] = [];
  const { queue, loop, settled } = createStage(async (jobs) => {
    if (jobs[0]?.group === 'slow') await slow;
    seen.push(...jobs.map(({ id }) => id));
    return done(jobs);
  });
  await queue.put([...jobsOf('slow', 1), ...jobsOf('quick', 40)]);
  while (seen.length < 40) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(seen.some((id) => id.startsWith('slow'))).toBe(false);
  letGo();
  await settled();
  await loop.stop();
  expect(seen.at(-1)).toBe('slow0');
});

test.concurrent('what failed comes back, in order, before what is behind it', async () => {
  const seen: string[] = [];
  const { queue, errors, loop, settled } = createStage(async (jobs) => {
    const bad = jobs.findIndex(({ id, received }) => id === 'a3' && received === 1);
    const good = bad < 0 ? jobs : jobs.slice(0, bad);
    seen.push(...good.map(({ id }) => id));
    return {
      done: good,
      failed: jobs.slice(good.length).map((job) => ({ job, error: new Unavailable('away'), delaySeconds: 0 })),
      changed: [],
    };
  });
  await queue.put(jobsOf('a', 20));
  await settled();
  await loop.stop();
  expect(seen).toEqual(jobsOf('a', 20).map(({ id }) => id));
  expect(errors).toHaveLength(7);
});

test.concurrent('a job that must only wait is no error', async () => {
  const { queue, errors, loop, settled } = createStage(async ([job]) =>
    job?.received === 1
      ? { done: [], failed: [{ job, error: undefined, delaySeconds: 0 }], changed: [] }
      : done(job ? [job] : []),
  );
  await queue.put(jobsOf('a', 1));
  await settled();
  await loop.stop();
  expect(errors).toEqual([]);
});

test.concurrent('an outage is waited out longer and longer, a bad job is tried again soon', async () => {
  for (const [error, delays] of [
    [new Unavailable('away'), [1, 2, 4, 8, 16, 32, 60, 60]],
    [new Refused('bad'), [1, 2, 3, 4, 5, 5, 5, 5]],
  ] as const) {
    const asked: number[] = [];
    const { queue, loop, settled } = createStage(
      async ([job]) =>
        job && asked.length < delays.length
          ? { done: [], failed: [{ job, error }], changed: [] }
          : done(job ? [job] : []),
      (queue) => ({
        ...queue,
        retry: (job, delaySeconds) => {
          asked.push(delaySeconds);
          return queue.retry(job, 0);
        },
      }),
    );
    await queue.put(jobsOf('a', 1));
    await settled();
    await loop.stop();
    expect(asked).toEqual(delays);
  }
});

test.concurrent('jobs are removed only after what they changed was given to be published', async () => {
  const told: string[] = [];
  const { queue, published, loop, settled } = createStage(
    async (jobs) => done(jobs),
    (queue) => ({
      ...queue,
      done: async (jobs) => {
        told.push(`done after ${published.length}`);
        await queue.done(jobs);
      },
    }),
  );
  await queue.put(jobsOf('a', 1));
  await settled();
  await loop.stop();
  expect(told).toEqual(['done after 1']);
});

test.concurrent('a queue that is away is asked again; another error of it ends the loop', async () => {
  let times = 0;
  const away = createStage(
    async (jobs) => done(jobs),
    (queue) => ({
      ...queue,
      take: (...args) => ((times += 1) <= 3 ? Promise.reject(new Unavailable('away')) : queue.take(...args)),
    }),
  );
  await away.queue.put(jobsOf('a', 1));
  await away.settled();
  await away.loop.stop();
  expect(away.errors).toHaveLength(3);
  const broken = createStage(
    async (jobs) => done(jobs),
    (queue) => ({ ...queue, take: async () => Promise.reject(new Refused('taken from already')) }),
  );
  await expect(broken.loop.running).rejects.toThrow('taken from already');
});

test.concurrent('stopping waits for what is being handled', async () => {
  let handled = false;
  const { queue, loop } = createStage(async (jobs) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    handled = true;
    return done(jobs);
  });
  await queue.put(jobsOf('a', 1));
  await new Promise((resolve) => setTimeout(resolve, 5));
  await loop.stop();
  expect(handled).toBe(true);
  expect(queue.depth().jobs).toBe(0);
});
