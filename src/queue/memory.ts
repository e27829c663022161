import { DatabaseSync } from 'node:sqlite';
import { Corrupt } from '../events/errors.ts';
import type { NewJob, Queue } from './queue.ts';
import { type Depth, openTable } from './table.ts';
import { createSignal, machineClock, type QueueClock, requireMax, takeWaiting } from './waiting.ts';

/** How a queue in memory behaves. */
export interface MemoryQueueOptions {
  clock?: QueueClock;
  visibilitySeconds?: number;
}

/** A queue in memory, which says how full it is. */
export interface MemoryQueue extends Queue {
  depth(): Depth;
  /** Every job that is not done, the oldest first, taken or not. */
  list(): Promise<NewJob[]>;
}

/** A queue in memory: the same table as on the disk. With the caller's own clock, time passes only when that clock moves. */
export const memoryQueue = (options: MemoryQueueOptions = {}): MemoryQueue => {
  const { clock = machineClock, visibilitySeconds = 180 } = options;
  const table = openTable(new DatabaseSync(':memory:'), ({ name, reason }) => {
    throw new Corrupt(`${name} in memory: ${reason}`);
  });
  const signal = createSignal(clock);

  return {
    put: async (jobs) => {
      table.put(jobs, clock.now());
      signal.notify();
    },
    take: async (max, waitSeconds) => {
      requireMax(max);
      const attempt = () => table.take(max, clock.now(), clock.now() + visibilitySeconds * 1000);
      return takeWaiting(attempt, waitSeconds, { clock, signal, nextChange: table.nextChange, closed: () => false });
    },
    done: async (jobs) => {
      table.done(jobs);
      signal.notify();
    },
    retry: async (job, delaySeconds) => {
      table.retry(job, clock.now(), delaySeconds * 1000);
      signal.notify();
    },
    depth: () => table.depth(clock.now()),
    list: async () => table.list(),
  };
};
