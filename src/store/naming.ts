import { statSync } from 'node:fs';
import { discard, type FileSystem } from './disk.ts';
import { codeOf, diskError } from './disk-error.ts';
import type { Exclusive } from './lock.ts';

/** Gives a complete file its name; false when a file of that name exists already. */
export type Naming = (temporary: string, path: string) => Promise<boolean>;

/**
 * How objects get their names in a folder. `link` fails when the name exists, so it is an atomic create. Where the file system has no hard
 * links, a lock is taken, the name looked for, and the file renamed; `link` fails for every process there, so all creators take the lock.
 * That is as safe, and slower.
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
 * Whether a file can have a second name. This is asked before the lock replaces `link`, because EPERM can have another reason (an immutable
 * folder), and an object could be lost if one process linked while another renamed.
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
