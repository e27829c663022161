import { type Dir, type Dirent, opendirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Unavailable } from '../events/errors.ts';
import { type Page, type Stored, validName } from './bucket.ts';
import { codeOf, diskError } from './disk-error.ts';
import { requireFolder, requirePrefix } from './object.ts';

/** One page of the files under `root` as keys in byte order; reads only folders that can hold some of it. */
export const listFiles = (
  root: string,
  prefix: string,
  after: string | undefined,
  pageSize: number,
  read: (key: string) => Stored | undefined,
): Page => {
  requirePrefix(prefix);
  const entries: Entry[] = [];
  for (const key of walk(root, prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix, after ?? '')) {
    if (entries.length === pageSize) return { entries, next: (entries.at(-1) as Entry).key };
    entries.push(new Entry(key, read));
  }
  return { entries };
};

/** The folders right under `prefix` in which some file lies, ascending. One that is empty was made by a process that died before it wrote. */
export const listFolders = (root: string, prefix: string): string[] => {
  requireFolder(prefix);
  const folders = [...pathsIn(root, prefix)].filter((path) => path.endsWith('/') && holdsSome(root, path));
  return folders.map((path) => path.slice(prefix.length, -1)).sort();
};

/** Looks at the first entries only. A folder that cannot be opened may hold some; listing it throws the reason. */
const holdsSome = (root: string, above: string): boolean => {
  const folder = opened(join(root, above));
  if (!folder) return true;
  try {
    for (let entry = folder.readSync(); entry; entry = folder.readSync()) {
      const path = pathOf(above, entry);
      if (path && (!path.endsWith('/') || holdsSome(root, path))) return true;
    }
    return false;
  } finally {
    folder.closeSync();
  }
};

const opened = (path: string): Dir | undefined => {
  try {
    return opendirSync(path, { bufferSize: 4 });
  } catch {
    return undefined;
  }
};

/** Size and ETag are read when first looked at: most listings are for the keys, and the objects are read anyway. */
class Entry {
  readonly key: string;
  readonly #read: (key: string) => Stored | undefined;
  #object: Stored | undefined;

  constructor(key: string, read: (key: string) => Stored | undefined) {
    this.key = key;
    this.#read = read;
  }

  get etag(): string {
    return this.#stored().etag;
  }

  get size(): number {
    return this.#stored().bytes.length;
  }

  #stored(): Stored {
    this.#object ??= this.#read(this.key);
    if (this.#object) return this.#object;
    throw new Unavailable(`${this.key} was listed and is gone: objects are never deleted by this program`);
  }
}

/** The keys in the folder `above` (empty or ending in `/`), ascending. A folder is sorted with its `/`, as it stands in keys. */
function* walk(root: string, above: string, prefix: string, after: string): Generator<string> {
  const paths: string[] = [];
  for (const path of pathsIn(root, above)) if (matches(path, prefix) && isLater(path, after)) paths.push(path);
  if (!isAscending(paths)) paths.sort();
  for (const path of paths) {
    if (path.endsWith('/')) yield* walk(root, path, prefix, after);
    else yield path;
  }
}

// The operating system's order is that of the names alone, so it is mostly right already.
const isAscending = (paths: readonly string[]): boolean =>
  paths.every((path, position) => position === 0 || (paths[position - 1] as string) < path);

function* pathsIn(root: string, above: string): Generator<string> {
  for (const entry of entriesOf(root, above)) {
    const path = pathOf(above, entry);
    if (path) yield path;
  }
}

/** The path of an entry, a folder's with a `/`; undefined for a name that cannot be part of a key. */
const pathOf = (above: string, entry: Dirent): string | undefined => {
  if (!validName(entry.name) || (above === '' && entry.name.startsWith('.'))) return undefined;
  if (entry.isFile()) return `${above}${entry.name}`;
  return entry.isDirectory() ? `${above}${entry.name}/` : undefined;
};

const entriesOf = (root: string, above: string): Dirent[] => {
  const folder = join(root, above);
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw diskError('cannot list', folder, error);
  }
};

const matches = (path: string, prefix: string): boolean =>
  path.startsWith(prefix) || (path.endsWith('/') && prefix.startsWith(path));

/** Of a folder: whether some key in it may come after `after`. */
const isLater = (path: string, after: string): boolean =>
  path > after || (path.endsWith('/') && after.startsWith(path));
