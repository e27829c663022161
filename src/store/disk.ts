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
import { Refused, Unavailable } from '../events/errors.ts';
import { makeFolders } from './folders.ts';
import { gate, grouped } from './together.ts';

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
  appendFileSync,
  unlinkSync,
};

/** The code of an error of the operating system (`ENOENT` …), if it is one. */
export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

/** An error of the operating system as one of ours: it names the path and the code. Other errors stay as they are. */
export const diskError = (what: string, path: string, error: unknown): unknown => {
  const code = codeOf(error);
  if (code === undefined || !(error as NodeJS.ErrnoException).syscall) return error;
  if (code === 'ENOTDIR' || code === 'EEXIST' || code === 'EISDIR') {
    return new Refused(`${what} ${path}: a file lies where a folder is needed, or a folder where a file is (${code})`, {
      cause: error,
    });
  }
  return new Unavailable(`${what} ${path}: the disk answered ${code}`, { cause: error });
};

/** Puts whole files into a folder so that they survive power loss. */
export interface Disk {
  /** Writes a file that nobody reads yet, forces it to the disk, and gives its path. */
  writeTemporary(bytes: Uint8Array): Promise<string>;
  /** Makes a folder with all above it; afterwards they survive power loss. */
  makeFolder(folder: string): Promise<void>;
  /** Forces the names in a folder to the disk. One call to the disk serves all who asked before it began. */
  syncFolder(folder: string): Promise<void>;
  /** Throws `Unavailable` if the disk is off: once it failed to force bytes down, what lies on it is not known any more. */
  requireOn(): void;
}

const WRITES_AT_ONCE = 64; // More would gain nothing (four threads do the work), and open files are limited.
const STALE_MS = 3_600_000;

/** A disk whose files lie under `root`; `temporary` is the folder under it for files in the making. */
export const openDisk = (root: string, temporary: string, system: FileSystem): Disk => {
  const { force, requireOn } = createForce();
  const syncFolder = grouped((folder) => forceFolder(folder, force, system));
  const makeFolder = createMaker(root, syncFolder, system);
  return { writeTemporary: createWriter(temporary, makeFolder, force, system), makeFolder, syncFolder, requireOn };
};

type Force = (handle: Pick<Handle, 'sync'>, path: string) => Promise<void>;

/** An fsync that failed may succeed the next time although the bytes are lost (Linux reports an error once), so it is never repeated. */
const createForce = (): { force: Force; requireOn: () => void } => {
  let off: Unavailable | undefined;
  const requireOn = (): void => {
    if (off) throw off;
  };
  const force: Force = async (handle, path) => {
    requireOn();
    try {
      await handle.sync();
    } catch (cause) {
      if (CANNOT.has(codeOf(cause) ?? '')) throw cause;
      off ??= new Unavailable(
        `${path} could not be forced to the disk (${codeOf(cause) ?? String(cause)}): what is stored is not known any more, ` +
          'so nothing is written until the program is started again',
        { cause },
      );
      throw off;
    }
  };
  return { force, requireOn };
};

/** What fsync answers where it is not supported: nothing was tried, so nothing is lost. */
const CANNOT = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

const forceFolder = async (folder: string, force: Force, system: FileSystem): Promise<void> => {
  try {
    const handle = await system.open(folder, 'r');
    await force(handle, folder).finally(() => handle.close());
  } catch (error) {
    if (!CANNOT.has(codeOf(error) ?? '')) throw diskError('cannot force', folder, error);
    throw new Refused(
      `${folder}: its file system cannot force the names in a folder to the disk (${codeOf(error)}), so what is acknowledged ` +
        'could be lost with the power; keep log and state on another disk',
      { cause: error },
    );
  }
};

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
