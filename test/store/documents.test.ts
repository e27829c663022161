import { describe, expect, test } from 'vitest';
import { Conflict } from '../../src/events/errors.ts';
import type { Bucket, Stored } from '../../src/store/bucket.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';

const KEY = 'ledgers/C0TILCHAN1/2024-W32.json';

/** A bucket whose next read has its answer held back until it is let go. */
const slowBucket = () => {
  const inner = memoryBucket();
  let held: Promise<void> | undefined;
  const bucket: Bucket = {
    ...inner,
    get: async (key): Promise<Stored | undefined> => {
      const stored = await inner.get(key);
      const wait = held;
      held = undefined;
      await wait;
      return stored;
    },
  };
  return {
    bucket,
    hold: () => {
      const gate = Promise.withResolvers<void>();
      held = gate.promise;
      return gate.resolve;
    },
  };
};

describe('documents', () => {
  test('a read that began before a save does not bring the old state back', async () => {
    const { bucket, hold } = slowBucket();
    const documents = openDocuments(bucket);
    const empty = await documents.load(KEY);
    documents.forget();
    const letGo = hold();
    const slow = documents.load(KEY);
    await documents.save(empty, { version: 1 });
    letGo();
    await slow;
    expect((await documents.load(KEY)).value).toEqual({ version: 1 });
  });

  test('a read that began before a forget is not remembered', async () => {
    const { bucket, hold } = slowBucket();
    const documents = openDocuments(bucket);
    const other = openDocuments(bucket);
    const letGo = hold();
    const slow = documents.load(KEY);
    await other.save(await other.load(KEY), { version: 2 });
    documents.forget();
    letGo();
    await slow;
    expect((await documents.load(KEY)).value).toEqual({ version: 2 });
  });

  test('an unchanged value is not written, a changed one only while the document is what it was', async () => {
    const bucket = memoryBucket();
    const [one, two] = [openDocuments(bucket), openDocuments(bucket)];
    const first = await one.load(KEY);
    expect(await one.save(first, { a: 1 })).toBe(true);
    expect(await one.save(await one.load(KEY), { a: 1 })).toBe(false);
    await two.save(await two.load(KEY), { a: 2 });
    await expect(one.save(await one.load(KEY), { a: 3 })).rejects.toThrow(Conflict);
    await expect(one.save(first, { a: 4 })).rejects.toThrow(Conflict);
    expect((await two.reload(KEY)).value).toEqual({ a: 2 });
  });

  test('a damaged document has no value and can be replaced', async () => {
    const bucket = memoryBucket();
    await bucket.putNew(KEY, new TextEncoder().encode('{"a":'));
    const documents = openDocuments(bucket);
    const damaged = await documents.load(KEY);
    expect(damaged.value).toBeUndefined();
    expect(await documents.save(damaged, { a: 1 })).toBe(true);
  });
});
