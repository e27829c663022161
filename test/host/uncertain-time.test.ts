import { expect, test } from 'vitest';
import { byGroup } from '../../src/host/batch.ts';
import { createHost } from '../../src/host/host.ts';
import type { FailedJob } from '../../src/host/worker.ts';
import { tickJob } from '../../src/outbox/tick.ts';
import { jobOf } from '../../src/queue/jobs.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import { trustingCheck } from '../../src/setup/clock-check.ts';
import type { Reader } from '../../src/slack/reader.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { CHANNEL, challengeWith } from '../support/world.ts';

const NIGHT = new Date('2024-10-01T04:30:00+09:00');
const challenge = challengeWith();
const LEFT = () => 60_000;

/** A host which knows what time it is when the test says so, and its queue. */
const startHost = () => {
  const clock = { now: () => NIGHT.getTime(), elapsed: () => 0, sleep: async () => {} };
  const [state, queue, told] = [memoryBucket(), memoryQueue({ clock }), [] as unknown[]];
  let isSure = false;
  let asked = 0;
  const host = createHost({
    settings: { challenges: [challenge] },
    log: memoryBucket(),
    state,
    documents: openDocuments(state),
    queue,
    clock,
    reader: {
      history: async function* () {
        asked += 1;
        yield* [];
      },
    } as Partial<Reader> as Reader,
    clockCheck: { ...trustingCheck(clock), look: async () => isSure },
    report: (_, fields) => void told.push(fields),
    changed: () => {},
  });
  return {
    host,
    queue,
    told,
    asked: () => asked,
    /** Handles what the queue gives out, group by group. */
    work: async (): Promise<FailedJob[]> => {
      const failed: FailedJob[] = [];
      for (const jobs of byGroup(await queue.take(10, 0))) failed.push(...(await host.handle(jobs, LEFT)).failed);
      return failed;
    },
    setSure: () => {
      isSure = true;
    },
  };
};

const waits = `reconcile ${CHANNEL} waits: the time is not certain`;

test('a comparison for which the time is not certain waits where it holds up nothing, and is made as soon as it is', async () => {
  const { host, queue, told, asked, work, setSure } = startHost();
  await queue.put([tickJob(CHANNEL, 'reconcile', NIGHT)]);
  const first = await queue.take(10, 0);
  const { done, failed } = await host.handle(first, LEFT);
  expect([done.length, failed]).toEqual([1, []]);
  await queue.done(first);
  expect(told).toEqual([{ error: waits }]);
  const waiting = await queue.list();
  expect(waiting).toEqual([
    { id: `reconcile/${CHANNEL}/${NIGHT.toISOString()}/waits`, group: `clock/${CHANNEL}`, body: expect.any(String) },
  ]);
  const again = await queue.take(10, 0);
  expect((await host.handle(again, LEFT)).failed).toEqual([{ job: again[0], delaySeconds: 60 }]);
  expect([asked(), told.length]).toEqual([0, 1]);
  setSure();
  for (const job of again) await queue.retry(job, 0);
  expect(await work()).toEqual([]);
  expect(asked()).toBeGreaterThan(0);
});

test('so does one that is begun by this machine, and each portion of one that goes on', async () => {
  const { host, queue, work } = startHost();
  await host.upkeep('reconcile', challenge, 1000);
  const scheduledAt = NIGHT.toISOString();
  const goesOn = (portion: number) =>
    jobOf(`${portion}`, CHANNEL, { kind: 'tick', tick: 'reconcile', channel: CHANNEL, scheduledAt, portion });
  await queue.put([goesOn(2), goesOn(3)]);
  await work();
  const waiting = (await queue.list()).filter(({ group }) => group === `clock/${CHANNEL}`);
  expect(waiting.map(({ body }) => (JSON.parse(body) as { portion?: number }).portion)).toEqual([undefined, 2, 3]);
});

test('of the nights that have waited the last one is enough', async () => {
  const { queue, asked, work, setSure } = startHost();
  const night = (days: number) => tickJob(CHANNEL, 'reconcile', new Date(NIGHT.getTime() - days * 86_400_000));
  setSure();
  await queue.put([3, 2].map((days) => ({ ...night(days), group: `clock/${CHANNEL}` })));
  expect(await work()).toEqual([]);
  expect(asked()).toBe(0);
  // What was only late is done: it is not known that another has come.
  await queue.put([night(4)]);
  await work();
  expect(asked()).toBeGreaterThan(0);
});
