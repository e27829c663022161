import type { NewJob } from './queue.ts';

interface WaitingPut {
  jobs: NewJob[];
  resolve(): void;
  reject(error: unknown): void;
}

/** All puts of one turn of the event loop are written together, so one forced write serves them all, and keeps their order. */
export const groupPuts = (write: (jobs: NewJob[]) => void) => {
  const waiting: WaitingPut[] = [];

  const flush = (): void => {
    const puts = waiting.splice(0);
    if (puts.length === 0) return;
    try {
      write(puts.flatMap(({ jobs }) => jobs));
      for (const { resolve } of puts) resolve();
    } catch (error) {
      for (const { reject } of puts) reject(error);
    }
  };

  return {
    put: (jobs: readonly NewJob[]): Promise<void> =>
      new Promise((resolve, reject) => {
        if (jobs.length === 0) return resolve();
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ jobs: jobs.map(({ id, group, body }) => ({ id, group, body })), resolve, reject });
      }),
    /** Writes what waits, without waiting for the turn to end. */
    flush,
  };
};
