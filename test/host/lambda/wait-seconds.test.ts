import { expect, test } from 'vitest';
import { Unavailable } from '../../../src/events/errors.ts';
import { waitSeconds } from '../../../src/host/lambda/wait-seconds.ts';
import { MAX_JOB_TRIES } from '../../../src/host/worker.ts';

const MOST_TRIES = 1_000;
const waits = (error: Error) =>
  Array.from({ length: MOST_TRIES }, (_, n) =>
    waitSeconds({ job: { id: '1', group: 'g', body: '', handle: '', received: n + 1 }, error }),
  );

test('in an outage a job comes again within ten minutes, however long it lasts', () => {
  const all = waits(new Unavailable('away'));
  expect(all.slice(0, 7)).toEqual([5, 15, 45, 135, 405, 600, 600]);
  expect(Math.max(...all)).toBe(600);
});

test('all tries together last for more than six days and less than the fourteen after which SQS drops a job', () => {
  const days = waits(new Unavailable('away')).reduce((sum, wait) => sum + wait, 0) / 86_400;
  expect(days).toBeGreaterThan(6);
  expect(days).toBeLessThan(13);
});

test('a job that fails by itself is tried again at once, and nothing sooner than was asked for', () => {
  expect(waits(new Error('oh')).slice(0, MAX_JOB_TRIES)).toEqual([1, 2, 3, 4, 5]);
  const job = { id: '1', group: 'g', body: '', handle: '', received: 1 };
  expect(waitSeconds({ job, delaySeconds: 900 })).toBe(900);
});
