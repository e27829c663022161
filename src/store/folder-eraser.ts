import { type Dirent, readdirSync } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, diskError } from './disk-error.ts';
import type { Eraser } from './eraser.ts';
import { requireKey } from './object.ts';

/** The eraser's right on a bucket in a folder: whoever owns the folder has it. Emptied folders stay: a bucket may rely on those it made. */
export const folderEraser = (root: string): Eraser => {
  const eraseFile = async (path: string): Promise<void> => {
    try {
      await unlink(path);
    } catch (error) {
      if (NOT_THERE.has(codeOf(error) ?? '')) return;
      throw diskError('cannot erase', path, error);
    }
  };

  return {
    erase: async (key) => {
      requireKey(key);
      await eraseFile(join(root, key));
      await forceToDisk(dirname(join(root, key)));
    },

    eraseAll: async (folder) => {
      requireKey(folder);
      const files = filesIn(join(root, folder)).map(({ parentPath, name }) => join(parentPath, name));
      for (const file of files) await eraseFile(file);
      for (const parent of new Set(files.map(dirname))) await forceToDisk(parent);
    },
  };
};

/** No such file; a file on the way; a folder, which is no object (EPERM is what POSIX says of it). */
const NOT_THERE = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EPERM']);

const filesIn = (folder: string): Dirent[] => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  } catch (error) {
    if (NOT_THERE.has(codeOf(error) ?? '')) return [];
    throw diskError('cannot look into', folder, error);
  }
};

/** A name that is gone must be gone after a power cut too. */
const forceToDisk = async (folder: string): Promise<void> => {
  const handle = await open(folder).catch((error: unknown) => {
    if (NOT_THERE.has(codeOf(error) ?? '')) return undefined; // Then there was no name in it.
    throw diskError('cannot force', folder, error);
  });
  await handle?.sync().finally(() => handle.close());
};
