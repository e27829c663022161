import { expect, test } from 'vitest';
import { createBatchRunner } from '../../src/host/batch.ts';
import { dueJob } from '../support/due.ts';

test('ticks for all challenges that have piled up are done one by one, as long as there is time', async () => {
  let left = 30_000;
  const handled: string[] = [];
  const run = createBatchRunner({
    handle: async (jobs) => {
      handled.push(jobs.map(({ id }) => id).join(', '));
      left -= 14_000;
      return { done: jobs, failed: [], changed: [] };
    },
    publish: () => {},
    queue: { retry: async () => {} },
    waitSeconds: () => 1,
    onError: (error) => expect.unreachable(String(error)),
  });
  const jobs = [0, 5, 10].map((minute) => {
    const job = dueJob(new Date(Date.UTC(2024, 7, 5, 0, minute)));
    return { ...job, received: 1, handle: job.id };
  });
  const failed = await run(jobs, () => left);
  expect(handled).toEqual(['due/2024-08-05T00:00:00.000Z', 'due/2024-08-05T00:05:00.000Z']);
  expect(failed.map(({ job }) => job.id)).toEqual(['due/2024-08-05T00:10:00.000Z']);
});
