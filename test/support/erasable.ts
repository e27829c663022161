import { type Bucket, listAll } from '../../src/store/bucket.ts';
import type { Eraser } from '../../src/store/eraser.ts';
import { memoryBucket } from '../../src/store/memory.ts';

/** A bucket in memory from which single objects can be erased. `fails` decides before each call, by its number from 1, whether it fails. */
export const erasableBucket = (
  fails: (number: number) => boolean = () => false,
): { bucket: Bucket; eraser: Pick<Eraser, 'erase'>; erased: string[] } => {
  const erased: string[] = [];
  let objects = memoryBucket();
  let calls = 0;
  const step = async <T>(deed: () => Promise<T>): Promise<T> => {
    if (fails(++calls)) throw new Error('the power is gone');
    return deed();
  };
  const without = async (gone: string): Promise<Bucket> => {
    const left = memoryBucket();
    for await (const { key } of listAll(objects, ''))
      if (key !== gone) await left.putNew(key, (await objects.get(key))?.bytes ?? new Uint8Array());
    return left;
  };
  let turn = Promise.resolve();
  return {
    erased,
    bucket: {
      get: (key) => step(() => objects.get(key)),
      list: (prefix, after) => step(() => objects.list(prefix, after)),
      folders: (prefix) => step(() => objects.folders(prefix)),
      putNew: (key, bytes) => step(() => turn.then(() => objects.putNew(key, bytes))),
      putIf: (key, bytes, etag) => step(() => objects.putIf(key, bytes, etag)),
    },
    eraser: {
      erase: (key) =>
        step(() => {
          turn = turn.then(async () => {
            objects = await without(key);
            erased.push(key);
          });
          return turn;
        }),
    },
  };
};
