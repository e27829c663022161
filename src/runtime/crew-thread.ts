import { parentPort, workerData } from 'node:worker_threads';
import { tellError } from '../events/errors.ts';
import type { Answer, Whereabouts } from './crew.ts';
import { doMonth, type MonthTask } from './history.ts';
import { openBucket } from './wire.ts';

// A thread of a crew: does one month after another on buckets of its own.
const { log, state, environment } = workerData as Whereabouts;
const storage = { log: await openBucket(log, environment), state: await openBucket(state, environment) };

parentPort?.on('message', async ({ number, task }: { number: number; task: MonthTask }) => {
  const answer: Answer = await doMonth(task, storage).then(
    (done) => ({ number, done }),
    (error: unknown) => ({ number, error: tellError(error) }),
  );
  parentPort?.postMessage(answer);
});
