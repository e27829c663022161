import { type FSWatcher, watch } from 'node:fs';
import { resolve } from 'node:path';
import { Unavailable } from '../events/errors.ts';
import { setAsideIn } from './database.ts';
import { type LocalFile, localFile, type OnDamage } from './local-file.ts';
import type { NewJob, Queue } from './queue.ts';
import type { Depth } from './table.ts';
import { holdTakerLock, type TakerLock } from './taker-lock.ts';
import { createSignal, machineClock, type QueueClock, requireMax, takeWaiting } from './waiting.ts';

/** How a local queue behaves. `onDamage` hears of what cannot be read; it has been kept by then. */
export interface LocalQueueOptions {
  clock?: QueueClock;
  visibilitySeconds?: number;
  onDamage?: OnDamage;
}

/** A queue on this machine's disk. Any process may put and list; one at a time may take. */
export interface LocalQueue extends Queue {
  /** Becomes the one who takes; the first `take` does it too. Throws `Refused` while another process, or queue, is. */
  openTaker(): Promise<void>;
  /** How full it is. */
  depth(): Depth;
  /** Every job that is not done, the oldest first, taken or not. */
  list(): Promise<NewJob[]>;
  /** The paths of what was set aside because it could not be read. */
  setAside(): Promise<string[]>;
  /** Becomes the taker, and removes from the disk what jobs that are done have left there. */
  eraseTraces(): Promise<void>;
  /** Ends all waiting takes with nothing, waits for the last put, and lets another process take. */
  close(): Promise<void>;
}

interface WaitingPut {
  jobs: NewJob[];
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * The queue in the folder `root`: a table in `queue.sqlite`. Jobs of other processes are noticed within about a second. What has been
 * taken and not done when the process dies comes again at once, and has been counted.
 */
export const openLocalQueue = (root: string, options: LocalQueueOptions = {}): LocalQueue => {
  const { clock = machineClock, visibilitySeconds = 180, onDamage = () => undefined } = options;
  const folder = resolve(root);
  const file = localFile(folder, onDamage);
  const signal = createSignal(clock);
  const waiting: WaitingPut[] = [];
  let taker: { lock: TakerLock; stopWatching(): void } | undefined;
  let closed = false;

  const requireOpen = (): void => {
    if (closed) throw new Unavailable(`the queue ${folder} has been closed`);
  };

  const use: LocalFile['use'] = (work) => {
    requireOpen();
    return file.use(work);
  };

  /** All puts of one turn of the event loop share a transaction, so one forced write serves them all, and keeps their order. */
  const flush = (): void => {
    const puts = waiting.splice(0);
    if (puts.length === 0) return;
    const jobs = puts.flatMap((put) => put.jobs);
    try {
      use((table) => table.put(jobs, clock.now()));
      for (const put of puts) put.resolve();
    } catch (error) {
      for (const put of puts) put.reject(error);
    }
    signal.notify();
  };

  const look = (): void => {
    try {
      if (!file.hasChangedElsewhere()) return;
    } catch {
      // Whoever takes next is told why.
    }
    signal.notify();
  };

  const becomeTaker = (): void => {
    requireOpen();
    if (taker) return;
    const lock = holdTakerLock(folder);
    try {
      file.startTaking(clock.now());
      taker = { lock, stopWatching: watchFolder(folder, look) };
    } catch (error) {
      lock.release();
      throw error;
    }
  };

  const attempt = (max: number) => () => {
    if (closed) return [];
    const now = clock.now();
    return use((table) => table.take(max, now, now + visibilitySeconds * 1000));
  };

  return {
    put: async (jobs) => {
      requireOpen();
      if (jobs.length === 0) return;
      await new Promise<void>((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ jobs: jobs.map(({ id, group, body }) => ({ id, group, body })), resolve, reject });
      });
    },
    take: async (max, waitSeconds) => {
      requireMax(max);
      becomeTaker();
      const nextChange = () => use((table) => table.nextChange());
      return takeWaiting(attempt(max), waitSeconds, { clock, signal, nextChange, closed: () => closed });
    },
    done: async (jobs) => {
      becomeTaker();
      use((table) => table.done(jobs));
      signal.notify();
    },
    retry: async (job, delaySeconds) => {
      becomeTaker();
      use((table) => table.retry(job, clock.now(), delaySeconds * 1000));
      signal.notify();
    },
    openTaker: async () => becomeTaker(),
    depth: () => use((table) => table.depth(clock.now())),
    list: async () => use((table) => table.list()),
    setAside: async () => setAsideIn(folder),
    eraseTraces: async () => {
      becomeTaker();
      use((table) => table.eraseTraces());
    },
    close: async () => {
      flush();
      closed = true;
      signal.notify();
      taker?.stopWatching();
      file.close();
      taker?.lock.release();
      taker = undefined;
    },
  };
};

const LOOK_MS = 1000;
const GATHER_MS = 2;

/** Calls `notice` when a file of the queue may have changed. Where the system cannot watch, the look once a second must do. */
const watchFolder = (folder: string, notice: () => void): (() => void) => {
  let watcher: FSWatcher | undefined;
  let soon: NodeJS.Timeout | undefined;
  const gather = (): void => {
    soon = undefined;
    notice();
  };
  try {
    watcher = watch(folder, { persistent: false }, (_, name) => {
      // Not a rollback journal: SQLite touches one even to see whether there is anything new, which would wake us for ever.
      if (name === null || /^queue.*\.sqlite(-wal)?$/.test(name)) soon ??= setTimeout(gather, GATHER_MS).unref();
    });
    watcher.on('error', () => watcher?.close());
  } catch {
    // It is only quicker.
  }
  const timer = setInterval(notice, LOOK_MS).unref();
  return () => {
    watcher?.close();
    clearInterval(timer);
    clearTimeout(soon);
  };
};
