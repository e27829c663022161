import { type Depth, emptyLine, jobOf } from './line.ts';
import type { NewJob, Queue } from './queue.ts';
import { bell, machineClock, type QueueClock, requireMax, takeWaiting } from './waiting.ts';

/** How a queue in memory behaves. `dedupSeconds` drops a job whose id was put within that time, as SQS FIFO does for 300 s. */
export interface MemoryQueueOptions {
  clock?: QueueClock;
  visibilitySeconds?: number;
  dedupSeconds?: number;
}

/** A queue in memory, which says how full it is. */
export interface MemoryQueue extends Queue {
  depth(): Depth;
  /** Every job that is not done, the oldest first, taken or not. */
  list(): Promise<NewJob[]>;
}

/** A queue in memory. With a clock of the caller's own it moves only when that clock does. */
export const memoryQueue = (options: MemoryQueueOptions = {}): MemoryQueue => {
  const { clock = machineClock, visibilitySeconds = 180, dedupSeconds = 0 } = options;
  const line = emptyLine();
  const door = bell(clock);
  const isNew = dedup(clock, dedupSeconds * 1000);
  let count = 0;

  const attempt = (max: number) => () => {
    const now = clock.now();
    return line.take(max, now, now + visibilitySeconds * 1000).map(jobOf);
  };

  return {
    put: async (jobs) => {
      for (const { id, group, body } of jobs.filter(isNew)) {
        line.add(String((count += 1)).padStart(12, '0'), { id, group, body }, clock.now(), 0);
      }
      door.ring();
    },
    take: async (max, waitSeconds) => {
      requireMax(max);
      const { nextChange } = line;
      return takeWaiting(attempt(max), waitSeconds, { clock, door, nextChange, closed: () => false });
    },
    done: async (jobs) => {
      for (const job of jobs) {
        const place = line.find(job);
        if (place) line.remove(place);
      }
      door.ring();
    },
    retry: async (job, delaySeconds) => {
      const place = line.find(job);
      if (place) line.delay(place, clock.now() + delaySeconds * 1000);
      door.ring();
    },
    depth: () => line.depth(clock.now()),
    list: async () => line.jobs(),
  };
};

/** Remembers ids for a time, also of jobs that are done by now. */
const dedup = (clock: QueueClock, windowMs: number): ((job: NewJob) => boolean) => {
  const seen = new Map<string, number>(); // In the order of time.
  return ({ id }) => {
    const now = clock.now();
    for (const [old, until] of seen) {
      if (until > now) break;
      seen.delete(old);
    }
    if (seen.has(id)) return false;
    if (windowMs > 0) seen.set(id, now + windowMs);
    return true;
  };
};
