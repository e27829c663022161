import { expect, test } from 'vitest';
import { Refused } from '../../src/events/errors.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { bucketContract } from '../contract/bucket.ts';

bucketContract('memory', async () => ({ bucket: memoryBucket() }));
bucketContract('memory with pages of 3', async () => ({ bucket: memoryBucket({ pageSize: 3 }) }), {
  'a listing goes on after any key, there or not': 'it looks at one page, and pages of 3 are too small for it',
});

const bytes = new TextEncoder().encode('x');

test('equal bytes have equal ETags', async () => {
  const bucket = memoryBucket();
  expect(await bucket.putNew('a', bytes)).toEqual({ created: true, etag: '2d711642b726b04401627ca9fbac32f5' });
  expect(await bucket.putNew('b', bytes)).toEqual({ created: true, etag: '2d711642b726b04401627ca9fbac32f5' });
});

test('a key beneath or above another object is refused, as a folder would', async () => {
  const bucket = memoryBucket();
  await bucket.putNew('a/b', bytes);
  await expect(bucket.putNew('a/b/c', bytes)).rejects.toThrow('a/b/c cannot be stored beside a/b');
  await expect(bucket.putNew('a', bytes)).rejects.toThrow(Refused);
  expect(await bucket.putNew('a/b-', bytes)).toMatchObject({ created: true });
});

test('a key whose first component has a leading dot is refused, as a folder would', async () => {
  await expect(memoryBucket().putNew('.tmp/a', bytes)).rejects.toThrow(Refused);
});

test('a prefix that no key can have is refused', async () => {
  for (const prefix of ['/', 'a//', '../', 'a/../', 'a b'])
    await expect(memoryBucket().list(prefix)).rejects.toThrow(Refused);
});

test('a full last page has no next', async () => {
  const bucket = memoryBucket({ pageSize: 2 });
  for (const key of ['a', 'b', 'c', 'd']) await bucket.putNew(key, bytes);
  const first = await bucket.list('');
  expect(first.next).toBe('b');
  expect((await bucket.list('', first.next)).next).toBeUndefined();
});
