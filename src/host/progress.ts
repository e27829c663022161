import type { Queue } from '../queue/queue.ts';
import type { FailedJob } from './worker.ts';

/** Whether the worker gets on with what it takes. All times are monotonic. */
export interface Progress {
  /** The same queue, of which it is known how much was taken. */
  watch(queue: Queue): Queue;
  /** A batch has ended: so many jobs are done, and these come again. */
  ended(done: number, again: readonly FailedJob[]): void;
  isStuck(): boolean;
  /** How many jobs were done so far. */
  handled(): number;
  /** What a worker that has been ended had in hand comes again. */
  reset(): void;
}

/** So long may nothing but errors come of the work, and so long may all of it take, before the worker counts as stuck. */
const ERRORS_MILLISECONDS = 30_000;
const SILENCE_MILLISECONDS = 180_000;

/** Whatever is done, or only has to wait its time, is progress. */
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
