import { Unavailable } from '../events/errors.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import { byGroup, type RunBatch } from './batch.ts';
import type { FailedJob } from './worker.ts';

export interface LoopPorts {
  queue: Pick<Queue, 'take'>;
  clock: Clock;
  run: RunBatch;
  onError: (error: unknown) => void;
}

const MAX_BATCH = 10;
const MAX_BATCHES = 16;

/**
 * Takes jobs and has them run, several groups at a time, until stopped. A group's next jobs are not given out before its last ones
 * are done, so a slow group holds up no other.
 */
export const startLoop = ({ queue, clock, run, onError }: LoopPorts) => {
  let stopped = false;
  const inFlight = new Set<Promise<unknown>>();

  const loop = async (): Promise<void> => {
    while (!stopped) {
      if (inFlight.size >= MAX_BATCHES) await Promise.race(inFlight);
      try {
        for (const jobs of byGroup(await queue.take(MAX_BATCH, 1))) {
          const work = run(jobs).finally(() => inFlight.delete(work));
          inFlight.add(work);
        }
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        onError(error);
        await clock.sleep(1000);
      }
    }
    await Promise.all(inFlight);
  };

  const running = loop();
  return {
    /** Rejects when the loop cannot go on. */
    running,
    /** Takes no more, and resolves when what was taken is settled. */
    stop: async (): Promise<void> => {
      stopped = true;
      await running;
    },
  };
};

/** The delay that was asked for, or 1, 2, 4 … 60 s: a bad job's few tries come quickly, and an outage is waited out. */
export const backoffSeconds = ({ job, error, delaySeconds }: FailedJob): number =>
  delaySeconds ??
  (error instanceof Unavailable ? Math.min(60, 2 ** Math.min(job.received - 1, 6)) : Math.min(5, job.received));
