import { existsSync, renameSync } from 'node:fs';
import { codeOf } from '../store/disk-error.ts';
import { writeWhole } from '../store/whole-file.ts';
import { Told } from './told.ts';

/** Writes a file that a person keeps, whole or not at all; what was there is replaced. Throws `Refused`, with its path, when that cannot be. */
export const keepFile = (path: string, content: string | Uint8Array, mode?: number): void => {
  try {
    writeWhole(path, content, mode);
  } catch (error) {
    throw new Told((errors) => errors.unwritable(path, codeOf(error) ?? 'unknown'), { cause: error });
  }
};

/**
 * Writes a configuration in the place of one, which is put beside it under a free name: that name is given. Where it cannot be written, the
 * first one stands in its place again.
 */
export const keepInstead = (path: string, content: string | Uint8Array): string => {
  const aside = freeName(`${path}.sample`);
  renameSync(path, aside);
  try {
    keepFile(path, content);
  } catch (error) {
    renameSync(aside, path);
    throw error;
  }
  return aside;
};

const freeName = (name: string): string => {
  for (let count = 1; ; count++) {
    const free = count === 1 ? name : `${name}-${count}`;
    if (!existsSync(free)) return free;
  }
};
