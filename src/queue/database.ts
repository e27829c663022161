import { closeSync, existsSync, fsyncSync, openSync, readdirSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Corrupt, Unavailable } from '../events/errors.ts';
import { diskError } from '../store/disk-error.ts';
import { makeFolders } from '../store/folders.ts';

// https://www.sqlite.org/rescode.html: the low byte is the kind of an error, the whole code says more.
const BUSY = 5;
const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const PROTOCOL = 15;
const CONSTRAINT = 19;
const NOT_A_DATABASE = 26;
const SHARED_MEMORY_FAILED = new Set([4618, 4874, 5130, 5386]); // To open, to size, to lock, to map it.
const READING_FAILED = new Set([266, 522, 8458]); // A bad sector, too few bytes, a file system that knows itself damaged.
const FSYNC_FAILED = new Set([1034, 1290]); // Of a file, of a folder.

const codeOf = (error: unknown): number => (error as { errcode?: number }).errcode ?? 0;
const kindOf = (error: unknown): number => codeOf(error) & 0xff;

/** Says whether an error means that the file is damaged or unreadable. */
export const isDamage = (error: unknown): boolean =>
  [CORRUPT, NOT_A_DATABASE].includes(kindOf(error)) || READING_FAILED.has(codeOf(error));

/** An error for damage that SQLite itself does not detect. */
export const damage = (text: string): Error => Object.assign(new Error(text), { errcode: CORRUPT });

/** Says whether an error comes from other processes or from a disk that cannot be written, and not from what is stored. */
export const isPassing = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).syscall !== undefined ||
  (!isDamage(error) && [BUSY, READ_ONLY, IO_ERROR, FULL, CANNOT_OPEN, PROTOCOL].includes(kindOf(error)));

/** Says whether a constraint of the table refused a row. */
export const isRefusal = (error: unknown): boolean => kindOf(error) === CONSTRAINT;

/** Says whether an fsync failed. From then on nobody knows what the disk holds. */
export const isForceFailure = (error: unknown): boolean => FSYNC_FAILED.has(codeOf(error));

/** An error of SQLite's, or of the operating system, as one of ours. */
export const queueError = (error: unknown, path: string): unknown => {
  if (isDamage(error)) return new Corrupt(`the queue ${path} is damaged: ${String(error)}`, { cause: error });
  if (codeOf(error) !== 0) return new Unavailable(`the queue ${path}: ${String(error)}`, { cause: error });
  return diskError('cannot use', path, error);
};

// 16 MB: each time the log goes into the file costs two forced writes. With SQLite's own 1000, 64 callers put a third less.
const PAGES_OF_LOG = 4000;
const LONGEST_WAIT_MS = 30_000;
const BUSY_MS = 10;
const napping = new Int32Array(new SharedArrayBuffer(4));

/**
 * Runs work again while another process is writing. SQLite's own waits grow up to 100 ms, so beside a process that writes without a pause
 * it would never have its turn. The pauses are random, so that two processes do not stay in step.
 */
export const patiently = <Result>(work: () => Result): Result => {
  for (const since = performance.now(); ; Atomics.wait(napping, 0, 0, 1 + Math.random() * 2)) {
    try {
      return work();
    } catch (error) {
      if (kindOf(error) !== BUSY || performance.now() - since > LONGEST_WAIT_MS) throw error;
    }
  }
};

/**
 * Opens a database whose commits survive power loss and whose deleted bytes are overwritten. Other processes may do the same. A
 * write-ahead log needs shared memory, which some network disks do not have; there a rollback journal is used.
 */
export const openDatabase = (path: string): DatabaseSync => {
  try {
    return patiently(() => openOnce(path, true));
  } catch (error) {
    if (!isWithoutSharedMemory(error)) throw error;
    return patiently(() => openOnce(path, false));
  }
};

const openOnce = (path: string, shared: boolean): DatabaseSync => {
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    // With exclusive access SQLite needs no shared memory, so the file can be brought out of WAL mode.
    if (!shared)
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL');
    // Only a new file: changing one that another process has open would hold that process up.
    else if (database.prepare('PRAGMA page_count').get()?.['page_count'] === 0)
      database.exec('PRAGMA journal_mode = WAL');
    database.exec('SELECT 1 FROM sqlite_schema'); // The first read opens the shared memory.
    database.exec(
      `PRAGMA secure_delete = ON; PRAGMA cell_size_check = ON; PRAGMA wal_autocheckpoint = ${PAGES_OF_LOG}`,
    );
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

const isWithoutSharedMemory = (error: unknown): boolean =>
  kindOf(error) === CANNOT_OPEN || kindOf(error) === PROTOCOL || SHARED_MEMORY_FAILED.has(codeOf(error));

/** Brings the write-ahead log into the file and empties it, so that no data is left beside the file. */
export const emptyLog = (database: DatabaseSync): void => {
  if (!isLogEmptied(database))
    throw new Unavailable('the log of the queue could not be emptied: another process is reading it');
};

/** Tries the same, and says whether it is done: not while another process is reading. */
export const isLogEmptied = (database: DatabaseSync): boolean => {
  const { busy } = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
  return busy === 0;
};

const NAME = /^queue(?:-(\d+))?\.sqlite$/;

/** The name of the queue's file. It is `queue.sqlite`; after damage the good file has the next number, and the damaged one is kept. */
export const databaseName = (generation: number): string =>
  generation === 1 ? 'queue.sqlite' : `queue-${generation}.sqlite`;

/** The generations in a folder, ascending; the last one is in use. */
export const generationsIn = (folder: string): number[] =>
  readdirSync(folder)
    .flatMap((name) => {
      const match = NAME.exec(name);
      return match ? [Number(match[1] ?? 1)] : [];
    })
    .sort((left, right) => left - right);

/** Forces the names in a folder to the disk. */
export const syncFolder = (folder: string): void => {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

/** Makes a folder that survives power loss. An existing one is forced to the disk too, since whoever made it may have died before that. */
export const makeFolder = (folder: string): void => {
  const first = makeFolders(folder) ?? folder;
  for (let path = folder; path.length >= first.length; ) syncFolder((path = dirname(path)));
};

/** Keeps something in `broken/` for a person to look at; it survives power loss when this returns. Gives its path. */
export const keepBroken = (folder: string, name: string, bytes: string | Uint8Array): string => {
  const broken = join(folder, 'broken');
  makeFolder(broken);
  const path = join(broken, name);
  const descriptor = openSync(path, 'w');
  try {
    writeSync(descriptor, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  syncFolder(broken);
  return path;
};

/** Everything set aside in a folder: the files in `broken/`, and damaged files of the queue. */
export const setAsideIn = (folder: string): string[] => {
  const broken = join(folder, 'broken');
  return [
    ...(existsSync(broken) ? readdirSync(broken).map((name) => join(broken, name)) : []),
    ...(existsSync(folder)
      ? generationsIn(folder)
          .slice(0, -1)
          .map((each) => join(folder, databaseName(each)))
      : []),
  ].sort();
};
