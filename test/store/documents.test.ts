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
  test('a value that was made from the document is written as it is, and not when it says the same', async () => {
    const bucket = memoryBucket();
    const documents = openDocuments(bucket);
    const first = await documents.save(await documents.load<Record<string, unknown>>(KEY), {
      a: { at: 1 },
      b: { at: 2 },
    });
    if (!first?.value) throw new Error('expected a document');
    const second = await documents.save(first, { ...first.value, b: { at: 3 } }, 'from it');
    expect(second?.value?.['a']).toBe(first.value['a']);
    expect(new TextDecoder().decode((await bucket.get(KEY))?.bytes)).toBe('{"a":{"at":1},"b":{"at":3}}');
    if (!second?.value) throw new Error('expected a document');
    expect(await documents.save(second, { ...second.value }, 'from it')).toBeUndefined();
  });

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
    expect(await one.save(first, { a: 1 })).toBeDefined();
    expect(await one.save(await one.load(KEY), { a: 1 })).toBeUndefined();
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
    expect(await documents.save(damaged, { a: 1 })).toBeDefined();
  });
});

describe('what is read again', () => {
  const open = async (value: unknown) => {
    const bucket = memoryBucket();
    const [one, other] = [openDocuments(bucket), openDocuments(bucket)];
    await other.save(await other.load(KEY), value);
    return { one, other, first: (await one.load<Record<string, unknown>>(KEY)).value };
  };

  test('keeps the identity of every part that is as it was', async () => {
    const { one, other, first } = await open({ a: { b: [1, { c: 2 }] }, d: { e: 3 }, f: [4] });
    await other.save(await other.load(KEY), { a: { b: [1, { c: 2 }] }, d: { e: 5 }, f: [4, 4] });
    const { value } = await one.reload<Record<string, unknown>>(KEY);
    expect(value).toEqual({ a: { b: [1, { c: 2 }] }, d: { e: 5 }, f: [4, 4] });
    expect(value?.['a']).toBe(first?.['a']);
    expect(first).toEqual({ a: { b: [1, { c: 2 }] }, d: { e: 3 }, f: [4] });
  });

  test('is not parsed again after a forget when nothing has changed', async () => {
    const { one, first } = await open({ a: 1 });
    one.forget();
    expect((await one.load(KEY)).value).toBe(first);
  });

  test.each([
    ['less', { a: { b: 1, c: 2 } }, { a: { b: 1 } }],
    ['more', { a: { b: 1 } }, { a: { b: 1, c: 2 } }],
    ['a shorter list', { a: [1, 2] }, { a: [1] }],
    ['a list, no object', { a: { 0: 1 } }, { a: [1] }],
    ['nothing, no object', { a: {} }, { a: null }],
    ['a name that all objects know', { a: {} }, { a: JSON.parse('{"__proto__":{}}') }],
    ['another name that all objects know', { a: {} }, { a: { constructor: {} } }],
  ])('is what is stored: %s', async (_, before, after) => {
    const { one, other } = await open(before);
    await other.save(await other.load(KEY), after);
    expect(JSON.stringify((await one.reload(KEY)).value)).toBe(JSON.stringify(after));
    const fresh = openDocuments(memoryBucket());
    await fresh.save(await fresh.load(KEY), before);
    expect(await fresh.save(await fresh.load(KEY), after)).toBeDefined();
    expect(Buffer.from((await fresh.load(KEY)).bytes ?? []).toString()).toBe(JSON.stringify(after));
  });
});
