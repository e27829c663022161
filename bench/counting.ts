import type { Bucket } from '../src/store/bucket.ts';

/** What was asked of a bucket for one class of objects: requests, and the bytes of objects that moved. */
export interface Cost {
  put: number;
  get: number;
  list: number;
  written: number;
  read: number;
}

/** Costs by class of object. */
export type Costs = Record<string, Cost>;

const nothing = (): Cost => ({ put: 0, get: 0, list: 0, written: 0, read: 0 });

/** A bucket that counts what is asked of it, by the class that `classOf` gives to a key, in what `costs` gives then. */
export const countingBucket = (bucket: Bucket, classOf: (key: string) => string, costs: () => Costs): Bucket => {
  const costOf = (key: string): Cost => (costs()[classOf(key)] ??= nothing());
  const put = (key: string, bytes: Uint8Array): void => {
    const cost = costOf(key);
    cost.put += 1;
    cost.written += bytes.length;
  };
  return {
    get: async (key, known) => {
      const stored = await bucket.get(key, known);
      const cost = costOf(key);
      cost.get += 1;
      cost.read += stored === known ? 0 : (stored?.bytes.length ?? 0);
      return stored;
    },
    list: (prefix, after) => {
      costOf(prefix).list += 1;
      return bucket.list(prefix, after);
    },
    folders: (prefix) => {
      costOf(prefix).list += 1;
      return bucket.folders(prefix);
    },
    putNew: (key, bytes) => {
      put(key, bytes);
      return bucket.putNew(key, bytes);
    },
    putIf: (key, bytes, etag) => {
      put(key, bytes);
      return bucket.putIf(key, bytes, etag);
    },
  };
};

/** All classes together. */
export const totalOf = (costs: Costs): Cost => {
  const total = nothing();
  for (const cost of Object.values(costs))
    for (const name of Object.keys(total) as (keyof Cost)[]) total[name] += cost[name];
  return total;
};

/** Requests of any kind. */
export const requestsOf = ({ put, get, list }: Cost): number => put + get + list;

/** Bytes both ways. */
export const bytesOf = ({ written, read }: Cost): number => written + read;
