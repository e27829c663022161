import { Conflict } from '../../src/events/errors.ts';
import type { Bucket, Page, Stored } from '../../src/store/bucket.ts';

/** What lies on the disk of the simulation, and what has happened to it. */
export interface Store extends Bucket {
  objects: ReadonlyMap<string, Stored>;
  /** Keys whose bytes are not those they were created with. */
  changed: Set<string>;
  /** When each key was last created, in milliseconds. */
  createdAt: ReadonlyMap<string, number>;
  /** Takes back the last write of a key. */
  undo(key: string): void;
  /** Leaves of an object the first so many bytes, as a part of all. */
  tear(key: string, part: number): void;
  /** Writes without any condition, as no adapter does. */
  overwrite(key: string, bytes: Uint8Array): string;
}

const PAGE = 1000;

/** An empty store. Nothing is copied: nobody changes bytes in place. */
export const createStore = (now: () => number): Store => {
  const objects = new Map<string, Stored>();
  const last = new Map<string, Stored | undefined>();
  const changed = new Set<string>();
  const createdAt = new Map<string, number>();
  const keys: string[] = []; // Ascending.
  let version = 0;

  const write = (key: string, bytes: Uint8Array): string => {
    const before = objects.get(key);
    last.set(key, before);
    if (!before) {
      keys.splice(firstFrom(keys, key), 0, key);
      createdAt.set(key, now());
    }
    if (before && Buffer.compare(before.bytes, bytes) !== 0) changed.add(key);
    version += 1;
    objects.set(key, { bytes, etag: `v${version}` });
    return `v${version}`;
  };

  const list = (prefix: string, after = ''): Page => {
    const entries: Page['entries'] = [];
    for (let at = firstFrom(keys, after < prefix ? prefix : `${after}\0`); at < keys.length; at++) {
      const key = keys[at] as string;
      if (!key.startsWith(prefix)) break;
      if (entries.length === PAGE) return { entries, next: entries[PAGE - 1]?.key as string };
      const { etag, bytes } = objects.get(key) as Stored;
      entries.push({ key, etag, size: bytes.length });
    }
    return { entries };
  };

  return {
    objects,
    changed,
    createdAt,
    overwrite: write,
    undo: (key) => {
      const before = last.get(key);
      if (before) objects.set(key, before);
      else if (objects.delete(key)) keys.splice(firstFrom(keys, key), 1);
    },
    tear: (key, part) => {
      const { bytes } = objects.get(key) as Stored;
      write(key, bytes.subarray(0, Math.floor(bytes.length * part)));
    },
    get: async (key) => objects.get(key),
    list: async (prefix, after) => list(prefix, after),
    folders: async (prefix) => {
      const below = [...objects.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
      return [...new Set(below.flatMap((key) => (key.includes('/') ? [key.slice(0, key.indexOf('/'))] : [])))].sort();
    },
    putNew: async (key, bytes) => (objects.has(key) ? { created: false } : { created: true, etag: write(key, bytes) }),
    putIf: async (key, bytes, etag) => {
      const found = objects.get(key)?.etag;
      if (found !== etag) throw new Conflict(`${key} has changed: expected ETag ${etag}, got ${found ?? 'no object'}`);
      return write(key, bytes);
    },
  };
};

const firstFrom = (keys: readonly string[], wanted: string): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
};
