import { expect, test } from 'vitest';
import { createHost } from '../../src/host/host.ts';
import { tickJob } from '../../src/outbox/tick.ts';
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
    /** Handles what the queue gives out. */
    work: async () => host.handle(await queue.take(10, 0), LEFT),
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
  expect((await work()).failed).toEqual([]);
  expect(asked()).toBeGreaterThan(0);
});

test('so does one that is begun by this machine, and a portion of one that goes on', async () => {
  const { host, queue } = startHost();
  await host.upkeep('reconcile', challenge, 1000);
  await host.upkeep('reconcile', challenge, 1000, { scheduledAt: NIGHT.toISOString(), portion: 2 });
  await host.upkeep('reconcile', challenge, 1000, { scheduledAt: NIGHT.toISOString(), portion: 3 });
  const portions = (await queue.list()).map(({ body }) => (JSON.parse(body) as { portion: number }).portion);
  expect(portions).toEqual([0, 2, 3]);
});
