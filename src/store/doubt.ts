import { join } from 'node:path';
import { type FileSystem, openDisk, realFileSystem } from './disk.ts';
import { codeOf, diskError } from './disk-error.ts';

/**
 * Whether what lies in a folder may be torn, or older than what was last put there: it was not forced to the disk, and the machine has been
 * started since. Nothing may be read for its content then, before all of it has been made anew.
 */
export interface Doubt {
  isThere(): boolean;
  /** Says that all has been made anew. */
  dispel(): Promise<void>;
}

/** The note in a folder that something in it was not forced to the disk, and in which boot of the machine. */
interface Note extends Doubt {
  /** Makes sure that the note is there, and survives power loss: before the first put that is not forced. */
  make(): Promise<void>;
}

const NAME = '.boot';

/**
 * The note of a folder. It is never taken away: whoever finds one of another boot cannot know whether that ended well, and who would take it
 * away would have to force everything first. A note of another boot stays, whatever is put, until the doubt is dispelled. Where nothing tells
 * one boot from another (`boot` is undefined) any note is of another, and stays for ever.
 */
export const bootNote = (root: string, boot: string | undefined, system: FileSystem = realFileSystem): Note => {
  const disk = openDisk(root, join(root, '.tmp'), system);
  const path = join(root, NAME);
  let made: Promise<void> | undefined;
  let isSure = false; // A note of another boot is never written while this one lasts.

  const write = async (): Promise<void> => {
    if (boot === undefined) return;
    const temporary = await disk.writeTemporary(new TextEncoder().encode(boot));
    try {
      await system.rename(temporary, path);
    } catch (error) {
      throw diskError('cannot write', path, error);
    }
    await disk.syncFolder(root);
  };

  const find = (): string | undefined => {
    try {
      return new TextDecoder().decode(system.readFileSync(path));
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
      throw diskError('cannot read', path, error);
    }
  };

  // Who wrote the note that is found may not have come to forcing its name.
  const ensure = (): Promise<void> => (find() === undefined ? write() : disk.syncFolder(root));

  return {
    make: () => {
      made ??= Promise.resolve().then(ensure);
      made.catch(() => (made = undefined));
      return made;
    },
    isThere: () => {
      if (isSure) return false;
      const found = find();
      isSure = found === undefined || found === boot;
      return !isSure;
    },
    dispel: async () => {
      await write();
      isSure = true;
    },
  };
};
