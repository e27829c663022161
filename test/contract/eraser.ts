import { afterEach, describe, expect, test } from 'vitest';
import { Refused } from '../../src/events/errors.ts';
import { type Bucket, listAll } from '../../src/store/bucket.ts';
import type { Eraser } from '../../src/store/eraser.ts';
import { mapOrdered } from '../../src/store/together.ts';

/** An empty bucket for one test, the right to erase from it, and whether a text is in anything that is still kept of it. */
export interface OpenErasable {
  bucket: Bucket;
  eraser: Eraser;
  holds(text: string): boolean;
}

const put = async (bucket: Bucket, key: string, ...texts: string[]): Promise<void> => {
  let etag: string | undefined;
  for (const text of texts) {
    const bytes = new TextEncoder().encode(text);
    if (etag !== undefined) etag = await bucket.putIf(key, bytes, etag);
    else {
      const answer = await bucket.putNew(key, bytes);
      if (!answer.created) throw new Error(`${key} is there already`);
      etag = answer.etag;
    }
  }
};

const keysOf = async (bucket: Bucket): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of listAll(bucket, '')) keys.push(key);
  return keys;
};

/** What every eraser promises. */
const promises: Record<string, (opened: OpenErasable) => Promise<void>> = {
  'an erased object is gone with all its versions, and its neighbours stay': async ({ bucket, eraser, holds }) => {
    await put(bucket, 'a/b.json', 'first secret', 'second secret', 'third secret');
    for (const key of ['a/b.json2', 'a/b', 'a/a']) await put(bucket, key, 'kept');
    await eraser.erase('a/b.json');
    expect(await bucket.get('a/b.json')).toBeUndefined();
    expect(await keysOf(bucket)).toEqual(['a/a', 'a/b', 'a/b.json2']);
    expect(holds('secret')).toBe(false);
    expect(holds('kept')).toBe(true);
  },
  'where an object was erased another can be created': async ({ bucket, eraser, holds }) => {
    await put(bucket, 'a/b', 'secret');
    await eraser.erase('a/b');
    await put(bucket, 'a/b', 'other');
    expect(Buffer.from((await bucket.get('a/b'))?.bytes ?? []).toString()).toBe('other');
    expect(holds('secret')).toBe(false);
  },
  'erasing what is not there is done already': async ({ bucket, eraser }) => {
    await put(bucket, 'a/b', 'x');
    for (const key of ['none', 'a', 'a/c', 'a/b/c', 'none/of/it']) await eraser.erase(key);
    for (const folder of ['none', 'a/b', 'a/b/c']) await eraser.eraseAll(folder);
    expect(await keysOf(bucket)).toEqual(['a/b']);
  },
  'a folder is erased whole, however deep and many, and what only begins like it stays': async (opened) => {
    const { bucket, eraser, holds } = opened;
    const keys = Array.from({ length: 1_100 }, (_, at) => `f/${at % 3}/${at}`);
    await mapOrdered(keys, 16, (key) => put(bucket, key, 'secret'));
    for (let at = 0; at < 20; at++) await put(bucket, `f/again/${at}`, 'secret', `other secret ${at}`);
    for (const key of ['f-more', 'f.json', 'e', 'g/f/1']) await put(bucket, key, 'kept');
    await eraser.eraseAll('f');
    expect(await keysOf(bucket)).toEqual(['e', 'f-more', 'f.json', 'g/f/1']);
    expect(holds('secret')).toBe(false);
    await put(bucket, 'f/0/0', 'new');
    expect(await keysOf(bucket)).toContain('f/0/0');
  },
  'nothing outside of the bucket can be named, and nothing at all without a name': async ({ bucket, eraser }) => {
    await put(bucket, 'a', 'x');
    for (const key of ['', '/', '.', '..', '../x', 'a/../b', 'a//b', 'a/', '.lock']) {
      await expect(eraser.erase(key), `erase ${key}`).rejects.toThrow(Refused);
      await expect(eraser.eraseAll(key), `eraseAll ${key}`).rejects.toThrow(Refused);
    }
    expect(await keysOf(bucket)).toEqual(['a']);
  },
};

/** Registers a test per promise of the port. */
export const eraserContract = (name: string, open: () => Promise<OpenErasable & { close?(): void }>): void => {
  describe(`${name} as an eraser`, () => {
    let opened: Awaited<ReturnType<typeof open>> | undefined;
    afterEach(() => {
      opened?.close?.();
      opened = undefined;
    });
    for (const [promise, prove] of Object.entries(promises))
      test(promise, async () => {
        opened = await open();
        await prove(opened);
      });
  });
};
