import { dirname, join, resolve } from 'node:path';
import { Conflict } from '../events/errors.ts';
import type { Bucket, Stored } from './bucket.ts';
import { type Disk, discard, type FileSystem, openDisk, realFileSystem } from './disk.ts';
import { codeOf, diskError } from './disk-error.ts';
import { bootNote, isDerived } from './doubt.ts';
import { listFiles, listFolders } from './files-list.ts';
import { heldEtag, hold } from './held-files.ts';
import { type Exclusive, exclusive } from './lock.ts';
import { canLink, createNaming, isFile, type Naming } from './naming.ts';
import { etagOf, requireKey } from './object.ts';

interface FilesOptions {
  pageSize?: number;
  system?: FileSystem;
  /**
   * The id of the machine's boot: then puts of what is derived (`isDerived`) are left to the system and may be lost with the power, which
   * `bootNote` tells afterwards.
   */
  boot?: string | undefined;
}

/**
 * A bucket in a folder, for any number of processes on one machine: the key `a/b.json` is the file `a/b.json`. Names that begin
 * with a dot directly under `root` are its own: `.tmp` for files in the making, `.lock` for the lock of replacements, `.boot` for the note,
 * `.filling` for that of a log that is not whole (`Filling`).
 */
export const filesBucket = (
  root: string,
  { pageSize = 10_000, system = realFileSystem, boot }: FilesOptions = {},
): Bucket => {
  const folder = resolve(root);
  const diskFor = disksIn(folder, system, boot);
  const lock = exclusive(join(folder, '.lock'));
  const giveName = createNaming(lock, system);
  const read = (key: string): Stored | undefined => readObject(`${folder}/${key}`, system); // A key has no `..` to take out.

  return {
    get: async (key, known) => {
      requireKey(key);
      return known && heldEtag(join(folder, key)) === known.etag ? known : read(key);
    },
    list: async (prefix, after) => listFiles(folder, prefix, after, pageSize, read),
    folders: async (prefix) => listFolders(folder, prefix),
    putNew: async (key, bytes) => {
      requireKey(key);
      return create(join(folder, key), bytes, { disk: await diskFor(key), giveName, system });
    },
    putIf: async (key, bytes, etag) => {
      requireKey(key);
      const disk = await diskFor(key);
      const path = join(folder, key);
      const requireSame = (): void => {
        const found = heldEtag(path) ?? read(key)?.etag;
        if (found !== etag)
          throw new Conflict(`${key} has changed: expected ETag ${etag}, got ${found ?? 'no object'}`);
      };
      const next = etagOf(bytes);
      await replace(path, bytes, requireSame, () => hold(path, bytes.length, next), { disk, lock, system });
      return next;
    },
  };
};

/** The disk for a key: one that is forced, or, for what can be computed again, one that is not, once the note of that is there. */
const disksIn = (folder: string, system: FileSystem, boot: string | undefined) => {
  const temporary = join(folder, '.tmp');
  const forced = openDisk(folder, temporary, system);
  const note = boot === undefined ? undefined : bootNote(folder, boot, system);
  const unforced = openDisk(folder, temporary, system, false);
  return (key: string): Disk | Promise<Disk> => {
    if (note && isDerived(key)) return note.make().then(() => unforced);
    forced.requireOn();
    return forced;
  };
};

// Not a promise: for small files in memory this is five times as fast, and never more than one file is open.
const readObject = (path: string, system: FileSystem): Stored | undefined => {
  try {
    return new FileObject(system.readFileSync(path));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined;
    throw diskError('cannot read', path, error);
  }
};

/** What a file held. Its ETag is computed when it is first asked for: whoever folds a log never asks. */
class FileObject implements Stored {
  readonly bytes: Uint8Array;
  #etag: string | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get etag(): string {
    return (this.#etag ??= etagOf(this.bytes));
  }
}

const create = async (
  path: string,
  bytes: Uint8Array,
  ports: { disk: Disk; giveName: Naming; system: FileSystem },
): Promise<{ created: true; etag: string } | { created: false }> => {
  const name = ports.disk.expectName(dirname(path)); // Before anything waits, so that all who create side by side know of one another.
  const created = await put(path, bytes, ports).catch((error: unknown) => {
    name.failed();
    throw error;
  });
  // An existing object's name, too: the caller relies on it from now on, and its maker may have died before forcing it.
  await name.done();
  return created ? { created, etag: etagOf(bytes) } : { created };
};

/** Gives forced bytes a name that is free; false when it is taken. The name is not forced yet. */
const put = async (
  path: string,
  bytes: Uint8Array,
  { disk, giveName, system }: { disk: Disk; giveName: Naming; system: FileSystem },
): Promise<boolean> => {
  await disk.makeFolder(dirname(path));
  if (isFile(path)) return false;
  const temporary = await disk.writeTemporary(bytes);
  try {
    return await giveName(temporary, path);
  } catch (error) {
    throw diskError('cannot create', path, error);
  } finally {
    await discard(system, temporary);
  }
};

/** The slow work is done outside the lock. Whoever replaces the object next forces this name to the disk together with the new one. */
const replace = async (
  path: string,
  bytes: Uint8Array,
  requireSame: () => void,
  replaced: () => void,
  { disk, lock, system }: { disk: Disk; lock: Exclusive; system: FileSystem },
): Promise<void> => {
  await disk.makeFolder(dirname(path));
  const temporary = await disk.writeTemporary(bytes);
  try {
    await lock.run(async () => {
      requireSame();
      await system.rename(temporary, path);
      replaced();
    });
  } catch (error) {
    await discard(system, temporary);
    throw diskError('cannot replace', path, error);
  }
  await disk.syncFolder(dirname(path));
};

/** Whether the file system under a folder has hard links. The files left by trying belong to the bucket. */
export const hasHardLinks = async (root: string, system = realFileSystem): Promise<boolean> => {
  const temporary = await openDisk(resolve(root), join(resolve(root), '.tmp'), system).writeTemporary(new Uint8Array());
  try {
    return await canLink(temporary, system);
  } catch (error) {
    throw diskError('cannot link', temporary, error);
  } finally {
    await discard(system, temporary);
  }
};
