import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  /** What the disk may hold when the power is lost now, one state of many. */
  remains(choose: Choose): Remains;
}

/** Picks one of so many choices, by its number: the first is the oldest, the last the newest. */
export type Choose = (choices: number) => number;

/** Files by their paths under the root; folders are null. */
export type Remains = Map<string, Uint8Array | null>;

/** Lays out in an empty folder what remains. */
export const layOut = (remains: Remains, folder: string): void => {
  for (const [path, bytes] of remains)
    if (bytes) writeFileSync(join(folder, path), bytes);
    else mkdirSync(join(folder, path));
};

/**
 * A model of the disk under `root`, which exists; what lies there already is safe. Looked at after every call: files in `.tmp` may be anything.
 * `after` is told of each call to the `real` system that changes something, or forces it down.
 */
export const powerLoss = (
  root: string,
  lie: Lie = 'none',
  { after = () => {}, real = realFileSystem }: { after?: () => void; real?: FileSystem } = {},
): PowerLoss => {
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

  const adopt = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const found: Entry = entry.isDirectory() ? 'folder' : { bytes: readFileSync(path, 'utf8'), safe: true };
      now.set(path, found);
      folderOf(folder).safe.set(path, found);
      if (found === 'folder') adopt(path);
    }
  };
  adopt(root);

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

  const remains = (choose: Choose): Remains => {
    const found: Remains = new Map();
    const look = (folder: string): void => {
      const { safe, changes } = folderOf(folder);
      for (const path of new Set([...safe.keys(), ...changes.map((change) => change.path)])) {
        const entries = entriesAt(path);
        const entry = entries[choose(entries.length)] as Entry;
        if (entry === 'nothing') continue;
        found.set(path.slice(root.length + 1), entry === 'folder' ? null : bytesOf(entry, choose));
        if (entry === 'folder') look(path);
      }
    };
    look(root);
    return found;
  };

  const syncFolder = async (path: string, sync: () => Promise<void>): Promise<void> => {
    const folder = folderOf(path);
    const served = [...folder.changes]; // Only what was there when it began.
    await sync();
    if (lie === 'folder') return;
    for (const { path: name, entry } of served) folder.safe.set(name, entry);
    folder.changes = folder.changes.filter((change) => !served.includes(change));
    after();
  };

  const open: FileSystem['open'] = async (path, flags) => {
    const handle = await real.open(path, flags);
    const close = () => handle.close();
    if (flags === 'r') return { writeFile: handle.writeFile, close, sync: () => syncFolder(path, () => handle.sync()) };
    const file: File = { bytes: '', safe: false };
    set(path, file);
    return {
      close,
      writeFile: async (data) => {
        await handle.writeFile(data);
        file.bytes = Buffer.from(data as Uint8Array).toString();
        after();
      },
      sync: async () => {
        await handle.sync();
        file.safe = lie !== 'file';
        after();
      },
    };
  };

  const system: FileSystem = {
    ...real,
    open,
    link: async (from, to) => {
      await real.link(from, to);
      set(to, now.get(from) ?? 'nothing');
      after();
    },
    rename: async (from, to) => {
      const entry = now.get(from) ?? 'nothing';
      await real.rename(from, to);
      set(to, entry);
      set(from, 'nothing');
      after();
    },
    unlink: async (path) => {
      await real.unlink(path);
      set(path, 'nothing');
      after();
    },
    mkdir: async (path, options) => {
      const first = await real.mkdir(path, options);
      for (let made = path; first !== undefined && made.length >= first.length; made = dirname(made))
        set(made, 'folder');
      after();
      return first;
    },
  };
  return { system, possible, torn, remains };
};

/** In how many ways a file may be found whose bytes were not forced down. */
export const FILE_STATES = 4;

/** What a file may hold: all that was forced down, or else none of it, a part, as many zeros, or all. */
const bytesOf = ({ bytes, safe }: File, choose: Choose): Uint8Array => {
  const whole = Buffer.from(bytes);
  if (safe) return whole;
  const choices = [Buffer.alloc(0), whole.subarray(0, whole.length >> 1), Buffer.alloc(whole.length), whole] as const;
  return choices[choose(FILE_STATES)] as Uint8Array;
};
