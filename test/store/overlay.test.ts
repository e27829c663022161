import { expect, test } from 'vitest';
import { listAll } from '../../src/store/bucket.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { overlayOf } from '../../src/store/overlay.ts';
import { bucketContract } from '../contract/bucket.ts';
import { contents } from '../support/world.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

bucketContract('an overlay of an empty bucket', async () => ({ bucket: overlayOf(memoryBucket()) }));
// What the contract creates quickly lies in the other bucket, the rest above it.
bucketContract(
  'an overlay of a bucket with pages of 3',
  async () => {
    const base = memoryBucket({ pageSize: 3 });
    return { bucket: overlayOf(base), quick: base };
  },
  { 'a listing goes on after any key, there or not': 'it looks at one page, and pages of 3 are too small for it' },
);

test('what is written into an overlay is seen through it and leaves the other bucket as it was', async () => {
  const base = memoryBucket();
  for (const key of ['a/1', 'a/3', 'b/1']) await base.putNew(key, bytes(key));
  const before = await contents(base);
  const overlay = overlayOf(base);
  expect(await overlay.putNew('a/1', bytes('other'))).toEqual({ created: false });
  await overlay.putNew('a/2', bytes('new'));
  await overlay.putNew('c/1', bytes('new'));
  await overlay.putIf('a/3', bytes('changed'), (await overlay.get('a/3'))?.etag ?? '');
  expect(await contents(overlay)).toEqual({ ...before, 'a/2': 'new', 'a/3': 'changed', 'c/1': 'new' });
  expect(await overlay.folders('')).toEqual(['a', 'b', 'c']);
  const keys: string[] = [];
  for await (const { key } of listAll(overlay, 'a/')) keys.push(key);
  expect(keys).toEqual(['a/1', 'a/2', 'a/3']);
  expect(await contents(base)).toEqual(before);
});
