import type { Queue } from '../queue/queue.ts';
import type { FailedJob } from './worker.ts';

/** Whether the worker makes progress with the jobs it takes. All times are monotonic. */
export interface Progress {
  /** The same queue, with a count of the jobs taken from it. */
  watch(queue: Queue): Queue;
  /** A batch has ended: so many jobs are done, and these come again. */
  ended(done: number, again: readonly FailedJob[]): void;
  isStuck(): boolean;
  /** How many jobs were done so far. */
  handled(): number;
  /** The worker has ended: the jobs that it had in hand come again. */
  reset(): void;
}

/** The worker counts as stuck after so long with nothing but errors, or after so long without any result. */
const ERRORS_MILLISECONDS = 30_000;
const SILENCE_MILLISECONDS = 180_000;

/** A job that is done, or that only has to wait, is progress. */
export const createProgress = (now: () => number = () => performance.now()): Progress => {
  let inHand = 0;
  let handled = 0;
  let movedAt = now();
  let failingSince: number | undefined;
  return {
    watch: (queue) => ({
      ...queue,
      take: async (max, waitSeconds) => {
        const jobs = await queue.take(max, waitSeconds);
        if (inHand === 0) movedAt = now();
        inHand += jobs.length;
        return jobs;
      },
    }),
    ended: (done, again) => {
      inHand -= done + again.length;
      handled += done;
      if (done === 0 && again.some(({ error }) => error !== undefined)) {
        failingSince ??= now();
        return;
      }
      movedAt = now();
      failingSince = undefined;
    },
    isStuck: () =>
      (failingSince !== undefined && now() - failingSince > ERRORS_MILLISECONDS) ||
      (inHand > 0 && now() - movedAt > SILENCE_MILLISECONDS),
    handled: () => handled,
    reset: () => {
      inHand = 0;
    },
  };
};
