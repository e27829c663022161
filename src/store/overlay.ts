import { Conflict } from '../events/errors.ts';
import type { Bucket, Page } from './bucket.ts';
import { memoryBucket } from './memory.ts';

/**
 * A bucket as it would be after some work: reads show another bucket, and writes stay in memory. So work can be rehearsed by doing it.
 * Unlike a folder, it does not refuse a key that lies beneath or above another object's key.
 */
export const overlayOf = (base: Bucket): Bucket => {
  const written = memoryBucket();
  return {
    get: async (key, known) => (await written.get(key, known)) ?? base.get(key, known),

    list: async (prefix, after) => {
      const [below, above] = await Promise.all([base.list(prefix, after), written.list(prefix, after)]);
      return merge(below, above);
    },

    folders: async (prefix) => {
      const both = await Promise.all([base.folders(prefix), written.folders(prefix)]);
      return [...new Set(both.flat())].sort();
    },

    putNew: async (key, bytes) => ((await base.get(key)) ? { created: false } : written.putNew(key, bytes)),

    putIf: async (key, bytes, etag) => {
      if (await written.get(key)) return written.putIf(key, bytes, etag);
      const found = (await base.get(key))?.etag;
      const put = found === etag ? await written.putNew(key, bytes) : { created: false as const };
      if (put.created) return put.etag;
      throw new Conflict(`${key} has changed: expected ETag ${etag}, got another`);
    },
  };
};

/** Merges a page of each listing, up to the end of the shorter one, where both are known. */
const merge = (below: Page, above: Page): Page => {
  const ends = [below.next, above.next].filter((next) => next !== undefined).sort();
  const [end] = ends;
  const entries = new Map([...below.entries, ...above.entries].map((entry) => [entry.key, entry]));
  const known = [...entries.values()].filter(({ key }) => end === undefined || key <= end);
  known.sort((left, right) => (left.key < right.key ? -1 : 1));
  return end === undefined ? { entries: known } : { entries: known, next: end };
};
