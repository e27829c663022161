import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Unavailable } from '../events/errors.ts';
import { type Page, type Stored, validKey } from './bucket.ts';
import { codeOf, diskError } from './disk.ts';
import { requirePrefix } from './object.ts';

/** One page of the files under `root` as keys in byte order; reads only folders that can hold some of it. */
export const listFiles = (
  root: string,
  prefix: string,
  after: string | undefined,
  pageSize: number,
  read: (key: string) => Stored | undefined,
): Page => {
  requirePrefix(prefix);
  const keys: string[] = [];
  for (const key of walk(root, prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix, after ?? '')) {
    if (keys.length === pageSize) return { entries: keys.map((each) => entryOf(each, read)), next: keys.at(-1) };
    keys.push(key);
  }
  return { entries: keys.map((each) => entryOf(each, read)) };
};

/** Size and ETag are read when first looked at: most listings are for the keys, and the objects are read anyway. */
const entryOf = (key: string, read: (key: string) => Stored | undefined): Page['entries'][number] => {
  let object: Stored | undefined;
  const stored = (): Stored => {
    object ??= read(key);
    if (!object) throw new Unavailable(`${key} was listed and is gone: objects are never deleted by this program`);
    return object;
  };
  return {
    key,
    get etag() {
      return stored().etag;
    },
    get size() {
      return stored().bytes.length;
    },
  };
};

/** The keys in the folder `above` (empty or ending in `/`), ascending. A folder is sorted with its `/`, as it stands in keys. */
function* walk(root: string, above: string, prefix: string, after: string): Generator<string> {
  const names = entriesOf(root, above)
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => `${above}${entry.name}${entry.isDirectory() ? '/' : ''}`)
    .filter((path) => matches(path, prefix) && isLater(path, after))
    .sort((left, right) => (left < right ? -1 : 1));
  for (const path of names) {
    if (path.endsWith('/')) yield* walk(root, path, prefix, after);
    else yield path;
  }
}

const entriesOf = (root: string, above: string): Dirent[] => {
  const folder = join(root, above);
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter(({ name }) => validKey(name) && !(above === '' && name.startsWith('.')));
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
