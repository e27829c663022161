import { join } from 'node:path';
import { type FileSystem, openDisk, realFileSystem } from './disk.ts';
import { codeOf, diskError } from './disk-error.ts';
import { listFolders } from './files-list.ts';

/**
 * Whether what was derived into a folder may be torn, or older than what was last put there: it was not forced to the disk, and the machine has
 * been started since, or the folder is a copy. It may not be read for its content then, before it has been made anew.
 */
export interface Doubt {
  /** Whether there is any about the state of one of these challenges, by their channels; of whichever lies there by default. */
  isThere(channels?: readonly string[]): boolean;
  /** Says that the state of these challenges has been made anew. About that of others, which nobody makes now, it stays. */
  dispel(channels: readonly string[]): Promise<void>;
}

/** The note in a folder that something in it was not forced to the disk, and in which boot of the machine. */
interface Note extends Doubt {
  /** Makes sure that the note is there, and survives power loss: before the first put that is not forced. */
  make(): Promise<void>;
}

/** What a note says: whether it is of this boot and of this very folder, and what stays in doubt all the same. */
interface Found {
  isOwn: boolean;
  left: readonly string[];
}

const NAME = '.boot';
const DERIVED = ['ledgers/', 'snapshots/', 'tables/'];
/** Who has opened App Home follows from no event. */
const KEPT = 'tables/homes.json';

/** Whether an object of the state can be computed again from the log. What cannot is forced to the disk as the log is. */
export const isDerived = (key: string): boolean => key !== KEPT && DERIVED.some((prefix) => key.startsWith(prefix));

/** The channels of which something derived lies in a folder. */
const channelsIn = (root: string): string[] => [...new Set(DERIVED.flatMap((prefix) => listFolders(root, prefix)))];

/**
 * The note of a folder: boot and place on its first line, then the channels whose state stays in doubt. It is never taken away: whoever finds
 * one of another boot cannot know whether that ended well, and who would take it away would have to force everything first. A note of another
 * boot or place stays, whatever is put, until the doubt is dispelled. Where nothing tells one boot from another (`boot` is undefined) any note
 * is of another, and stays for ever.
 */
export const bootNote = (root: string, boot: string | undefined, system: FileSystem = realFileSystem): Note => {
  const path = join(root, NAME);
  const temporary = join(root, '.tmp');
  const disk = openDisk(root, temporary, system);
  const madeAnew = new Set<string>();
  let made: Promise<void> | undefined;
  let isSure = false; // A note of another boot is never written while this one lasts.

  const find = (): Found | undefined => {
    const [from, ...left] = readText(path, system)?.split('\n') ?? [];
    if (from === undefined) return undefined;
    return { isOwn: boot !== undefined && from === `${boot} ${system.placeOf(root)}`, left };
  };

  const write = async (left: readonly string[]): Promise<void> => {
    if (boot === undefined) return;
    await disk.makeFolder(temporary); // Until it is there, it has no place.
    const text = [`${boot} ${system.placeOf(root)}`, ...left].join('\n');
    const written = await disk.writeTemporary(new TextEncoder().encode(text));
    try {
      await system.rename(written, path);
    } catch (error) {
      throw diskError('cannot write', path, error);
    }
    await disk.syncFolder(root);
  };

  // Who wrote the note that is found may not have come to forcing its name.
  const ensure = (): Promise<void> => (find() === undefined ? write([]) : disk.syncFolder(root));

  return {
    make: () => {
      made ??= Promise.resolve().then(ensure);
      made.catch(() => (made = undefined));
      return made;
    },
    isThere: (channels = channelsIn(root)) => {
      if (isSure) return false;
      const { isOwn, left } = find() ?? { isOwn: true, left: [] };
      isSure = isOwn && left.length === 0;
      if (channels.length === 0) return !isOwn;
      return channels.some((channel) => !madeAnew.has(channel) && (!isOwn || left.includes(channel)));
    },
    dispel: async (channels) => {
      const found = find();
      const doubtful = found?.isOwn ? found.left : channelsIn(root);
      await write(doubtful.filter((channel) => !channels.includes(channel)));
      for (const channel of channels) madeAnew.add(channel);
    },
  };
};

const readText = (path: string, system: FileSystem): string | undefined => {
  try {
    return new TextDecoder().decode(system.readFileSync(path));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw diskError('cannot read', path, error);
  }
};
