import { Unavailable } from '../../src/events/errors.ts';
import type { Bucket } from '../../src/store/bucket.ts';

/** One call to a bucket. */
export interface Call {
  method: 'get' | 'list' | 'folders' | 'putNew' | 'putIf';
  key: string;
}

/**
 * A bucket that counts its calls and lets `fails` decide for each, by its number from 1, whether it fails: `before` the deed, or
 * `after` it, as a network does that loses the answer.
 */
export const faultyBucket = (
  bucket: Bucket,
  fails: (number: number, call: Call) => 'before' | 'after' | undefined,
): Bucket & { calls: Call[] } => {
  const calls: Call[] = [];
  const around = async <Result>(method: Call['method'], key: string, deed: () => Promise<Result>): Promise<Result> => {
    const call = { method, key };
    const fault = fails(calls.push(call), call);
    if (fault === 'before') throw new Unavailable(`${method} ${key}: not done`);
    const result = await deed();
    if (fault === 'after') throw new Unavailable(`${method} ${key}: done, but the answer was lost`);
    return result;
  };
  return {
    calls,
    get: (key, known) => around('get', key, () => bucket.get(key, known)),
    list: (prefix, after) => around('list', prefix, () => bucket.list(prefix, after)),
    folders: (prefix) => around('folders', prefix, () => bucket.folders(prefix)),
    putNew: (key, bytes) => around('putNew', key, () => bucket.putNew(key, bytes)),
    putIf: (key, bytes, etag) => around('putIf', key, () => bucket.putIf(key, bytes, etag)),
  };
};
