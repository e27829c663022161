import { mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder with all above it, and gives the topmost one that did not exist. Each is made by itself, because Node's `recursive` tries
 * for ever under an existing folder that takes no folders, such as `/proc`.
 */
export const makeFolders = (folder: string): string | undefined => {
  const path = resolve(folder);
  if (at(path)?.isDirectory()) return undefined;
  const first = at(dirname(path)) ? undefined : makeFolders(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else was quicker.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !at(path)?.isDirectory()) throw error;
  }
  return first ?? path;
};

/** What lies at a path; nothing lies beneath a file. */
const at = (path: string): Stats | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
};
