import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Refused, Unavailable } from '../events/errors.ts';
import { type FileSystem, openDisk, realFileSystem } from '../store/disk.ts';
import { type Held, hold } from '../store/lock.ts';
import type { Depth } from './line.ts';
import type { NewJob, Queue } from './queue.ts';
import { type SpoolFolder, spoolFolder } from './spool-folder.ts';
import { type SpoolTaker, spoolTaker } from './spool-taker.ts';
import { spoolWriter } from './spool-writer.ts';
import { bell, machineClock, type QueueClock, requireMax, takeWaiting } from './waiting.ts';

/** How a spool behaves. `onBroken` hears of files that are no jobs; they lie in `broken/` by then. */
export interface SpoolOptions {
  clock?: QueueClock;
  visibilitySeconds?: number;
  onBroken?: (name: string, reason: string) => void;
  system?: FileSystem;
}

/** A queue on the disk. Any process may put and list; one at a time may take. */
export interface Spool extends Queue {
  /** Becomes the one who takes; the first `take` does it too. Throws `Refused` while another process, or spool, is. */
  openTaker(): Promise<void>;
  /** How full it is. */
  depth(): Depth;
  /** Every job that is not done, the oldest first, taken or not. */
  list(): Promise<NewJob[]>;
  /** Ends all waiting takes with nothing, waits for the last put, and lets another process take. */
  close(): Promise<void>;
}

/**
 * The spool in the folder `root`. Jobs of other processes are noticed within about a second. What has been taken and not done when
 * the process dies comes again at once, and has been counted.
 */
export const openSpool = (root: string, options: SpoolOptions = {}): Spool => {
  const {
    clock = machineClock,
    visibilitySeconds = 180,
    onBroken = () => undefined,
    system = realFileSystem,
  } = options;
  const path = resolve(root);
  const folder = spoolFolder(path, system);
  const disk = openDisk(path, join(path, '.tmp'), system);
  const door = bell(clock);
  let taker: { held: Held; spool: SpoolTaker } | undefined;
  let opening: Promise<SpoolTaker> | undefined;
  let closed = false;

  const writer = spoolWriter(folder, disk, {
    system,
    now: clock.now,
    listener: {
      writing: (name) => taker?.spool.writing(name),
      failed: (name) => taker?.spool.failed(name),
      written: (name, batch) => {
        taker?.spool.written(name, batch);
        door.ring();
      },
    },
  });

  const requireOpen = (): void => {
    if (closed) throw new Unavailable(`the spool ${path} has been closed`);
  };

  const open = async (): Promise<SpoolTaker> => {
    await disk.makeFolder(folder.jobs);
    requireOpen();
    const held = become(path);
    try {
      await writer.settled(); // So that each batch is either told of from its beginning, or found on the disk.
      folder.sweep();
      const spool = spoolTaker(folder, clock.now, onBroken);
      taker = { held, spool };
      spool.watch(door.ring);
      return spool;
    } catch (error) {
      leave(path, held);
      throw error;
    }
  };

  const openTaker = (): Promise<SpoolTaker> => {
    requireOpen();
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };

  const attempt = (spool: SpoolTaker, max: number) => () => {
    if (closed) return [];
    const now = clock.now();
    return spool.take(max, now, now + visibilitySeconds * 1000);
  };

  return {
    put: async (jobs) => {
      requireOpen();
      await writer.put(jobs);
    },
    take: async (max, waitSeconds) => {
      requireMax(max);
      const spool = await openTaker();
      const { nextChange } = spool;
      return takeWaiting(attempt(spool, max), waitSeconds, { clock, door, nextChange, closed: () => closed });
    },
    done: async (jobs) => {
      (await openTaker()).done(jobs);
      door.ring();
    },
    retry: async (job, delaySeconds) => {
      (await openTaker()).retry(job, clock.now(), delaySeconds * 1000);
      door.ring();
    },
    openTaker: async () => {
      await openTaker();
    },
    depth: () => taker?.spool.depth(clock.now()) ?? depthOf(folder, clock.now()),
    list: async () => waitingIn(folder).map(({ job }) => job),
    close: async () => {
      closed = true;
      door.ring();
      await writer.settled();
      await opening?.catch(() => undefined);
      taker?.spool.close();
      if (taker) leave(path, taker.held);
      taker = undefined;
    },
  };
};

const pidFile = (path: string): string => join(path, 'taker.pid');

const become = (path: string): Held => {
  const held = hold(join(path, '.taker.lock'));
  if (!held) {
    throw new Refused(
      `the spool ${path} is taken from already, by ${holder(path)}: only one process may. ` +
        'Stop that one (it is "til serve" or "npm start" on the same folder), then start this one again',
    );
  }
  tell(path);
  return held;
};

const tell = (path: string): void => {
  try {
    writeFileSync(pidFile(path), `${process.pid}\n`);
  } catch {
    // It only serves the text above; the lock holds without it.
  }
};

const leave = (path: string, held: Held): void => {
  rmSync(pidFile(path), { force: true });
  held.release();
};

const holder = (path: string): string => {
  try {
    const pid = Number(readFileSync(pidFile(path), 'utf8'));
    return pid === process.pid ? `this process itself (${pid})` : `process ${pid}`;
  } catch {
    return 'another process';
  }
};

/** For those who do not take: what lies on the disk at this moment. */
const waitingIn = (folder: SpoolFolder): { job: NewJob; at: number }[] =>
  folder.names().flatMap((name) => {
    const batch = folder.read(name);
    if (!batch || 'reason' in batch) return [];
    return batch.jobs.flatMap((job, index) => (batch.progress.get(index)?.done ? [] : [{ job, at: batch.at }]));
  });

const depthOf = (folder: SpoolFolder, now: number): Depth => {
  const waiting = waitingIn(folder);
  const groups = new Set(waiting.map(({ job }) => job.group)).size;
  return { jobs: waiting.length, groups, oldestMs: Math.max(0, ...waiting.slice(0, 1).map(({ at }) => now - at)) };
};
