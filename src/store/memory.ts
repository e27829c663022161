import { Conflict, Refused } from '../events/errors.ts';
import type { Bucket, Page, Stored } from './bucket.ts';
import { etagOf, requireFolder, requireKey, requirePrefix } from './object.ts';

/**
 * A bucket in memory, as strict as the strictest adapter: what runs on it runs on all. Like a folder, it refuses a key that lies
 * beneath another object's key.
 */
export const memoryBucket = ({ pageSize = 1000 }: { pageSize?: number } = {}): Bucket => {
  const objects = new Map<string, Stored>();
  const keys: string[] = []; // Ascending. Keys are ASCII, so the order of strings is the order of bytes.

  const store = (key: string, bytes: Uint8Array): string => {
    const etag = etagOf(bytes);
    objects.set(key, { bytes: Uint8Array.from(bytes), etag });
    return etag;
  };

  const get: Bucket['get'] = async (key, known) => {
    requireKey(key);
    const object = objects.get(key);
    if (known && object?.etag === known.etag) return known;
    return object && { bytes: Uint8Array.from(object.bytes), etag: object.etag };
  };

  const list: Bucket['list'] = async (prefix, after = '') => {
    requirePrefix(prefix);
    const first = after < prefix ? firstFrom(keys, prefix) : firstFrom(keys, `${after}\0`);
    const found: string[] = [];
    for (let at = first; found.length <= pageSize; at += 1) {
      const key = keys[at];
      if (key === undefined || !key.startsWith(prefix)) break;
      found.push(key);
    }
    const entries = found.slice(0, pageSize).flatMap((key) => entryOf(key, objects.get(key)));
    return found.length > pageSize ? { entries, next: found[pageSize - 1] } : { entries };
  };

  const folders: Bucket['folders'] = async (prefix) => {
    requireFolder(prefix);
    const names: string[] = [];
    // `0` is the character behind `/`: the first key after all in the last folder.
    for (let at = firstFrom(keys, prefix); keys[at]?.startsWith(prefix); ) {
      const end = (keys[at] as string).indexOf('/', prefix.length);
      if (end >= 0) names.push((keys[at] as string).slice(prefix.length, end));
      at = end < 0 ? at + 1 : firstFrom(keys, `${prefix}${names.at(-1)}0`);
    }
    return names.sort(); // In keys `b-c/` comes before `b/`.
  };

  const putNew: Bucket['putNew'] = async (key, bytes) => {
    requireKey(key);
    if (objects.has(key)) return { created: false };
    requireRoom(key, objects, keys);
    keys.splice(firstFrom(keys, key), 0, key);
    return { created: true, etag: store(key, bytes) };
  };

  const putIf: Bucket['putIf'] = async (key, bytes, etag) => {
    requireKey(key);
    const found = objects.get(key)?.etag;
    if (found !== etag) throw new Conflict(`${key} has changed: expected ETag ${etag}, got ${found ?? 'no object'}`);
    return store(key, bytes);
  };

  return { get, list, folders, putNew, putIf };
};

const entryOf = (key: string, object: Stored | undefined): Page['entries'] =>
  object ? [{ key, etag: object.etag, size: object.bytes.length }] : [];

/** The index of the first key that is not smaller than `wanted`. */
const firstFrom = (keys: string[], wanted: string): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
};

const requireRoom = (key: string, objects: Map<string, Stored>, keys: string[]): void => {
  const parts = key.split('/');
  const above = parts.map((_, at) => parts.slice(0, at).join('/')).find((path) => objects.has(path));
  const below = keys[firstFrom(keys, `${key}/`)];
  const inTheWay = above ?? (below?.startsWith(`${key}/`) ? below : undefined);
  if (inTheWay !== undefined)
    throw new Refused(`${key} cannot be stored beside ${inTheWay}: one lies beneath the other`);
};
