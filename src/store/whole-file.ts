import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from './disk-error.ts';

/**
 * Writes a file that is there whole or not at all, whatever cuts the program or fills the disk, and replaces what was there. Its bytes and
 * its name are forced to the disk. Throws the error of the operating system, and leaves nothing beside it.
 */
export const writeWhole = (path: string, content: string | Uint8Array, mode = 0o644): void => {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    rmSync(temporary, { force: true }); // Of a process with our number that was cut, perhaps readable by others.
    const file = openSync(temporary, 'wx', mode);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  forceNames(dirname(path));
};

/** Takes a file away so that it does not come back with a power cut; where there is none, nothing is done. */
export const removeWhole = (path: string): void => {
  rmSync(path, { force: true });
  forceNames(dirname(path));
};

/** What a disk answers that cannot force the names in a folder: then nobody can. */
const CANNOT = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EPERM', 'EACCES', 'ENOENT']);

const forceNames = (folder: string): void => {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (!CANNOT.has(codeOf(error) ?? '')) throw error;
  }
};
