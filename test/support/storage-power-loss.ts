import { dirname, join } from 'node:path';
import { type FileSystem, realFileSystem } from '../../src/store/disk.ts';

interface File {
  bytes: string;
  /** Whether all its bytes have been forced to the disk. */
  safe: boolean;
}

type Entry = File | 'folder' | 'nothing';

/** What a folder may hold after power loss: a name is as it was last forced down, or as any change since has made it. */
interface Folder {
  safe: Map<string, Entry>;
  changes: { path: string; entry: Entry }[];
}

/** Which calls the disk swears to have done and has not: to see the model notice it. */
export type Lie = 'file' | 'folder' | 'none';

/** The operating system's calls, with a model beside them of every state in which power loss at this moment could leave the disk. */
export interface PowerLoss {
  system: FileSystem;
  /** What may lie at a path, as texts; `nothing` for no file. Unsafe bytes are `torn`. */
  possible(path: string): Set<string>;
  /** Problems found at any moment: names that might point to torn bytes. */
  torn: Set<string>;
}

/** A model of the disk under `root`, which exists and is safe. Looked at after every call: files in `.tmp` may be anything. */
export const powerLoss = (root: string, lie: Lie = 'none'): PowerLoss => {
  const folders = new Map<string, Folder>();
  const now = new Map<string, Entry>([[root, 'folder']]);
  const torn = new Set<string>();

  const folderOf = (path: string): Folder => {
    const folder = folders.get(path) ?? { safe: new Map(), changes: [] };
    folders.set(path, folder);
    return folder;
  };

  const set = (path: string, entry: Entry): void => {
    now.set(path, entry);
    folderOf(dirname(path)).changes.push({ path, entry });
    if (entry !== 'folder' && entry !== 'nothing' && !entry.safe && !path.startsWith(join(root, '.tmp')))
      torn.add(path);
  };

  const entriesAt = (path: string): Entry[] => {
    const { safe, changes } = folderOf(dirname(path));
    return [safe.get(path) ?? 'nothing', ...changes.filter((change) => change.path === path).map(({ entry }) => entry)];
  };

  const reachable = (folder: string): boolean =>
    folder === root || (entriesAt(folder).every((entry) => entry === 'folder') && reachable(dirname(folder)));

  const possible = (path: string): Set<string> => {
    const texts = entriesAt(path).map((entry) => {
      if (entry === 'nothing' || entry === 'folder') return entry;
      return entry.safe ? entry.bytes : 'torn';
    });
    return new Set(reachable(dirname(path)) ? texts : [...texts, 'nothing']);
  };

  const syncFolder = async (path: string, sync: () => Promise<void>): Promise<void> => {
    const folder = folderOf(path);
    const served = [...folder.changes]; // Only what was there when it began.
    await sync();
    if (lie === 'folder') return;
    for (const { path: name, entry } of served) folder.safe.set(name, entry);
    folder.changes = folder.changes.filter((change) => !served.includes(change));
  };

  const open: FileSystem['open'] = async (path, flags) => {
    const handle = await realFileSystem.open(path, flags);
    const close = () => handle.close();
    if (flags === 'r') return { writeFile: handle.writeFile, close, sync: () => syncFolder(path, () => handle.sync()) };
    const file: File = { bytes: '', safe: false };
    set(path, file);
    return {
      close,
      writeFile: async (data) => {
        await handle.writeFile(data);
        file.bytes = Buffer.from(data as Uint8Array).toString();
      },
      sync: async () => {
        await handle.sync();
        file.safe = lie !== 'file';
      },
    };
  };

  const system: FileSystem = {
    ...realFileSystem,
    open,
    link: async (from, to) => {
      await realFileSystem.link(from, to);
      set(to, now.get(from) ?? 'nothing');
    },
    rename: async (from, to) => {
      const entry = now.get(from) ?? 'nothing';
      await realFileSystem.rename(from, to);
      set(to, entry);
      set(from, 'nothing');
    },
    unlink: async (path) => {
      await realFileSystem.unlink(path);
      set(path, 'nothing');
    },
    mkdir: async (path, options) => {
      const first = await realFileSystem.mkdir(path, options);
      for (let made = path; first !== undefined && made.length >= first.length; made = dirname(made))
        set(made, 'folder');
      return first;
    },
  };
  return { system, possible, torn };
};
