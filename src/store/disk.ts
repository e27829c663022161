import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  fsync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { codeOf, diskError } from './disk-error.ts';
import { makeFolders } from './folders.ts';
import { createForce, type Force, noForce } from './force.ts';
import { type Expected, gate, gathered, grouped } from './together.ts';

/** An open file or folder. */
export interface Handle {
  writeFile(bytes: Uint8Array): Promise<void>;
  /** Forces what was written to the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The calls to the operating system that write and read bytes. Tests replace them by calls that fail, or that take notes. */
export interface FileSystem {
  open(path: string, flags: 'wx' | 'r'): Promise<Handle>;
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  mkdir(path: string, options: { recursive: true }): Promise<string | undefined>;
  readFileSync(path: string): Uint8Array;
  /** What tells a folder from its copies, while the machine runs: its device and its number there. */
  placeOf(folder: string): string;
  appendFileSync(path: string, text: string): void;
  unlinkSync(path: string): void;
}

const forceDown = promisify(fsync);

/**
 * The operating system's own. Only forcing waits for the disk, so it alone is left to other threads: for small files all else is done
 * sooner than a thread has been asked.
 */
export const realFileSystem: FileSystem = {
  open: async (path, flags) => {
    const file = openSync(path, flags);
    return {
      writeFile: async (bytes) => writeFileSync(file, bytes),
      sync: () => forceDown(file),
      close: async () => closeSync(file),
    };
  },
  link: async (from, to) => linkSync(from, to),
  rename: async (from, to) => renameSync(from, to),
  unlink: async (path) => unlinkSync(path),
  mkdir: async (path) => makeFolders(path),
  readFileSync,
  placeOf: (folder) => {
    const { dev, ino } = statSync(folder, { bigint: true });
    return `${dev}:${ino}`;
  },
  appendFileSync,
  unlinkSync,
};

/** Puts whole files into a folder so that they survive power loss; on a disk that is not forced they may be lost, or torn, until the system writes them. */
export interface Disk {
  /** Writes a file that nobody reads yet, forces it to the disk, and gives its path. */
  writeTemporary(bytes: Uint8Array): Promise<string>;
  /** Makes a folder with all above it; afterwards they survive power loss. */
  makeFolder(folder: string): Promise<void>;
  /** Forces the names in a folder to the disk. One call to the disk serves all who asked before it began. */
  syncFolder(folder: string): Promise<void>;
  /** Says that a name is about to be put into a folder: those that are put there side by side are forced to the disk by one call. */
  expectName(folder: string): Expected;
  /** Throws `Unavailable` if the disk is off: once it failed to force bytes down, what lies on it is not known any more. */
  requireOn(): void;
}

const WRITES_AT_ONCE = 64; // More would gain nothing (four threads do the work), and open files are limited.
const STALE_MS = 3_600_000;

/** A disk whose files lie under `root`; `temporary` is the folder under it for files in the making. Unless `forced`, nothing waits for the disk. */
export const openDisk = (root: string, temporary: string, system: FileSystem, forced = true): Disk => {
  const { force, forceFolder, requireOn } = forced ? createForce(system) : noForce;
  const syncFolder = grouped(forceFolder);
  const expectName = forced ? gathered(syncFolder) : () => NOTHING_EXPECTED;
  const makeFolder = createMaker(root, syncFolder, system);
  const writeTemporary = createWriter(temporary, makeFolder, force, system);
  return { writeTemporary, makeFolder, syncFolder, expectName, requireOn };
};

const NOTHING_EXPECTED: Expected = { done: async () => {}, failed: () => {} };

/** An existing folder is forced to the disk once, too: whoever made it may have died before that. */
const createMaker = (root: string, syncFolder: Disk['syncFolder'], system: FileSystem): Disk['makeFolder'] => {
  const made = new Map<string, Promise<void>>();
  const make = async (folder: string): Promise<void> => {
    try {
      const first = await system.mkdir(folder, { recursive: true });
      const top = first !== undefined && first.length <= root.length ? dirname(first) : root;
      for (let path = folder; path.length > top.length; ) await syncFolder((path = dirname(path)));
    } catch (error) {
      throw diskError('cannot make', folder, error);
    }
  };
  return (folder) => {
    const known = made.get(folder);
    if (known !== undefined) return known;
    const making = make(folder);
    made.set(folder, making);
    making.then(undefined, () => made.delete(folder));
    return making;
  };
};

const createWriter = (
  temporary: string,
  makeFolder: Disk['makeFolder'],
  force: Force,
  system: FileSystem,
): Disk['writeTemporary'] => {
  const enter = gate(WRITES_AT_ONCE);
  let swept: Promise<void> | undefined;
  let count = 0;

  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    const handle = await system.open(path, 'wx');
    try {
      await handle.writeFile(bytes);
      await force(handle, path);
    } finally {
      await handle.close();
    }
  };

  return async (bytes) => {
    await makeFolder(temporary);
    await (swept ??= removeStale(temporary, system));
    const path = join(temporary, `${process.pid}-${(count += 1)}-${randomBytes(6).toString('hex')}`);
    const leave = await enter();
    try {
      await write(path, bytes);
      return path;
    } catch (error) {
      await discard(system, path);
      throw diskError('cannot write', path, error);
    } finally {
      leave();
    }
  };
};

/** Removes a temporary file as well as it can be: one that stays is removed an hour after its process has died. */
export const discard = async (system: FileSystem, path: string): Promise<void> => {
  await system.unlink(path).catch(() => undefined);
};

/** Removes what dead processes left. Another process may do the same at this moment: what is gone already is no error. */
const removeStale = async (folder: string, system: FileSystem): Promise<void> => {
  const stale = readdirSync(folder).filter((name) => {
    const changed = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    return Date.now() - changed > STALE_MS && !alive(Number.parseInt(name, 10));
  });
  for (const name of stale) await discard(system, join(folder, name));
};

/** Says whether a process with this id runs on this machine. */
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};
