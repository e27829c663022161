import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { Unavailable } from '../events/errors.ts';
import { makeFolders } from './folders.ts';

// Why SQLite: its lock is the kernel's, so it ends with the process, however that ends. A lock file with a pid or a time in it
// would have to guess. Nothing else may open such a file in this process: closing it would drop the lock (POSIX).

const SQLITE_BUSY = 5; // https://www.sqlite.org/rescode.html#busy
const LONGEST_WAIT_MS = 30_000;

/** A lock that is held until `release` or the end of the process. */
export interface Held {
  release(): void;
}

const open = (path: string): DatabaseSync => {
  try {
    makeFolders(dirname(path));
    return new DatabaseSync(path, { timeout: 0 });
  } catch (cause) {
    throw new Unavailable(`the lock ${path} cannot be opened: ${String(cause)}`, { cause });
  }
};

const prepared = new WeakSet<DatabaseSync>();

const taken = (database: DatabaseSync, path: string): boolean => {
  try {
    // Nothing is ever written, so no file needs to be made to undo it.
    if (!prepared.has(database)) database.exec('PRAGMA journal_mode = MEMORY');
    prepared.add(database);
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (cause) {
    if ((cause as { errcode?: number }).errcode === SQLITE_BUSY) return false;
    throw new Unavailable(`the lock ${path} cannot be taken: ${String(cause)}`, { cause });
  }
};

const helds = new Set<DatabaseSync>(); // A connection that is garbage-collected would let go of its lock.

/** Takes the lock at `path`, or gives undefined when somebody, in any process, holds it. */
export const hold = (path: string): Held | undefined => {
  const database = open(path);
  if (!taken(database, path)) {
    database.close();
    return undefined;
  }
  helds.add(database);
  return {
    release: () => {
      if (helds.delete(database)) database.close();
    },
  };
};

/** A lock for short work: one caller at a time over all processes. */
export interface Exclusive {
  /** Runs `work` while nobody else runs theirs. Throws `Unavailable` when the lock cannot be had within 30 seconds. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** The short lock at `path`. Callers in this process queue up; other processes are asked again every few milliseconds. */
export const exclusive = (path: string): Exclusive => {
  let database: DatabaseSync | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const locked = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    database ??= open(path);
    await patiently(database, path);
    try {
      return await work();
    } finally {
      database.exec('ROLLBACK'); // Nothing is ever written: only the lock matters.
    }
  };

  return {
    run: (work) => {
      const result = last.then(() => locked(work));
      last = result.catch(() => undefined);
      return result;
    },
  };
};

const patiently = async (database: DatabaseSync, path: string): Promise<void> => {
  const since = performance.now();
  while (!taken(database, path)) {
    if (performance.now() - since > LONGEST_WAIT_MS) {
      throw new Unavailable(`the lock ${path} was held by another process for ${LONGEST_WAIT_MS / 1000} s`);
    }
    await wait(1 + Math.random() * 3); // By chance, so that two processes do not stay in step.
  }
};
