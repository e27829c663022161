import { Unavailable } from '../events/errors.ts';
import type { Job, Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import type { Outcome } from './worker.ts';

export interface LoopPorts {
  queue: Queue;
  clock: Clock;
  handle: (jobs: Job[]) => Promise<Outcome>;
  /** Told after each batch, before its jobs are removed. */
  onOutcome: (outcome: Outcome) => void;
  onError: (error: unknown) => void;
}

const MAX_BATCH = 10;
const MAX_BATCHES = 16;

/**
 * Takes jobs and has them handled, several groups at a time, until stopped. A group's next jobs are not given out before its last ones
 * are done, so a slow group holds up no other.
 */
export const startLoop = ({ queue, clock, handle, onOutcome, onError }: LoopPorts) => {
  let stopped = false;
  const inFlight = new Set<Promise<void>>();

  const settle = async (jobs: Job[]): Promise<void> => {
    try {
      const outcome = await handle(jobs);
      onOutcome(outcome);
      if (outcome.done.length > 0) await queue.done(outcome.done);
      for (const { job, error, delaySeconds } of outcome.failed.toReversed()) {
        if (error !== undefined) onError(error);
        await queue.retry(job, delaySeconds ?? backoffSeconds(job.received, error));
      }
    } catch (error) {
      onError(error); // The queue itself failed: the jobs come back by their visibility time-out.
    }
  };

  const run = async (): Promise<void> => {
    while (!stopped) {
      if (inFlight.size >= MAX_BATCHES) await Promise.race(inFlight);
      try {
        for (const jobs of byGroup(await queue.take(MAX_BATCH, 1))) {
          const work = settle(jobs).finally(() => inFlight.delete(work));
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

  const running = run();
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

const byGroup = (jobs: readonly Job[]): Job[][] => [...Map.groupBy(jobs, ({ group }) => group).values()];

/** 1, 2, 4 … 60 s; a bad job's few tries come quickly, an outage is waited out. */
const backoffSeconds = (received: number, error: unknown): number =>
  error instanceof Unavailable ? Math.min(60, 2 ** Math.min(received - 1, 6)) : Math.min(5, received);
