import { statSync } from 'node:fs';
import { codeOf, discard, diskError, type FileSystem } from './disk.ts';
import type { Exclusive } from './lock.ts';

/** Gives a file that is whole its name, unless there is a file of that name already: then false. */
export type Naming = (temporary: string, path: string) => Promise<boolean>;

/**
 * How objects get their names in a folder. `link` fails when the name is there, so it is the one atomic create a folder has. Where the
 * file system has no hard links, the name is looked for and given under the lock: then only holders of the lock create, in all
 * processes, since `link` fails for all of them. That is as safe, and slower.
 */
export const createNaming = (lock: Exclusive, system: FileSystem): Naming => {
  let hasLinks = true;

  const byRename: Naming = (temporary, path) =>
    lock.run(async () => {
      if (isFile(path)) return false;
      await system.rename(temporary, path);
      return true;
    });

  return async (temporary, path) => {
    if (!hasLinks) return byRename(temporary, path);
    try {
      await system.link(temporary, path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST' && isFile(path)) return false;
      if (!mayLackLinks(error) || (await canLink(temporary, system))) throw error;
      hasLinks = false;
      return byRename(temporary, path);
    }
  };
};

/** EPERM: exFAT, FAT, 9p. ENOTSUP: SMB, virtiofs. ENOSYS: some FUSE. EMLINK: one name a file, and no more. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

const mayLackLinks = (error: unknown): boolean => NO_LINKS.has(codeOf(error) ?? '');

/**
 * Whether a file can have a second name beside its first. Asked before the lock takes the place of `link`: EPERM can have another reason
 * (an immutable folder), and a process that links beside one that renames could lose an object.
 */
export const canLink = async (path: string, system: FileSystem): Promise<boolean> => {
  const second = `${path}.link`;
  try {
    await system.link(path, second);
    return true;
  } catch (error) {
    if (mayLackLinks(error)) return false;
    throw error;
  } finally {
    await discard(system, second);
  }
};

/** Whether a file lies at a path. */
export const isFile = (path: string): boolean => {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch (error) {
    throw diskError('cannot look at', path, error);
  }
};
