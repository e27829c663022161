import { afterEach, expect, test } from 'vitest';
import { Refused } from '../../src/events/errors.ts';
import { type LocalQueue, openLocalQueue } from '../../src/queue/local.ts';
import { seeded } from '../../src/sandbox/seeded.ts';
import { newFolder, start, tidyUp, withoutSharedMemory } from '../support/storage-processes.ts';

const queues: LocalQueue[] = [];
const opened = (root: string, onDamage?: (what: string) => void): LocalQueue => {
  const queue = openLocalQueue(root, { ...(onDamage && { onDamage }) });
  queues.push(queue);
  return queue;
};

afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.close()));
  await tidyUp();
});

const PROGRAM = 'queue-child.ts';

test('a second taker is refused with the first one’s process, and free when that was killed', async () => {
  const root = newFolder();
  const holder = start(PROGRAM, 'hold', root);
  await holder.line('holding');
  const queue = opened(root);
  const refusal = await queue.openTaker().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Refused);
  expect(String(refusal)).toContain(`by process ${holder.pid}:`);
  await holder.kill();
  await queue.openTaker();
  expect(await queue.take(1, 0)).toEqual([]);
});

test('a job that kills its process every time is counted every time', async () => {
  const root = newFolder();
  await opened(root).put([{ id: 'deadly', group: 'g', body: 'x' }]);
  for (const received of [1, 2, 3]) {
    const child = start(PROGRAM, 'take', root);
    expect(await child.line('took')).toBe(`took deadly ${received}`);
    await child.kill();
  }
  expect(await opened(root).take(1, 0)).toMatchObject([{ id: 'deadly', received: 4 }]);
});

test('a job that another process puts comes to a waiting take', async () => {
  const root = newFolder();
  const queue = opened(root);
  await queue.openTaker();
  const waiting = queue.take(1, 30);
  expect(await start(PROGRAM, 'one', root, 'theirs').end).toBe(0);
  expect(await waiting).toMatchObject([{ id: 'theirs', group: 'g', body: 'theirs', received: 1 }]);
});

/** Takes until nothing comes, or so many times, and gives what came. */
const drain = async (queue: LocalQueue, times = Infinity): Promise<{ id: string; group: string; body: string }[]> => {
  const all = [];
  for (let left = times; left > 0; left -= 1) {
    const taken = await queue.take(10, 0);
    if (taken.length === 0) break;
    all.push(...taken);
    await queue.done(taken);
  }
  return all;
};

test.each([
  ['', newFolder],
  [', on a disk without shared memory', withoutSharedMemory],
])(
  'processes killed at any moment while they put lose nothing that was acknowledged, and leave no half job%s',
  async (_, newRoot) => {
    const root = newRoot();
    const random = seeded(20_240_805);
    for (let round = 0; round < 4; round += 1) {
      const damaged: string[] = [];
      const queue = opened(root, (what) => void damaged.push(what));
      await queue.openTaker();
      const children = ['a', 'b', 'c'].map((name) => start(PROGRAM, 'put', root, `${name}${round}`));
      await Promise.all(children.map((child) => child.line('put')));
      const early = await drain(queue, 10); // While they put.
      for (const child of children) {
        await new Promise((resolve) => setTimeout(resolve, Math.floor(random() * 100)));
        await child.kill();
      }
      const jobs = [...early, ...(await drain(queue))];
      await queue.close();
      const acknowledged = children.flatMap((child) => child.lines()).map((line) => line.slice('put '.length));
      expect(acknowledged.length).toBeGreaterThan(0);
      expect(damaged).toEqual([]);
      const came = new Set(jobs.map(({ id }) => id));
      expect(acknowledged.filter((id) => !came.has(id))).toEqual([]);
      expect(came.size).toBe(jobs.length);
      for (const { id, body } of jobs) expect(body).toBe(`${id} `.repeat(50));
      for (const [group, own] of Map.groupBy(jobs, (job) => job.group)) {
        expect(own.map(({ id }) => id)).toEqual(own.map((_job, at) => `${group}-${at}`));
      }
    }
  },
  120_000,
);
