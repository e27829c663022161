import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Unavailable } from '../../src/events/errors.ts';
import { bootId } from '../../src/store/boot.ts';
import { bootNote } from '../../src/store/doubt.ts';
import { filesBucket } from '../../src/store/files.ts';
import { faultyFileSystem } from '../support/storage-faults.ts';
import { newFolder, tidyUp } from '../support/storage-processes.ts';

afterEach(tidyUp);

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const noteIn = (root: string): string => readFileSync(join(root, '.boot'), 'utf8');

test('what is put in one boot is in doubt in every other, until that is dispelled', async () => {
  const root = newFolder();
  expect(bootNote(root, 'A').isThere()).toBe(false);
  await filesBucket(root, { boot: 'A' }).putNew('a/b', bytes('x'));
  expect(bootNote(root, 'A').isThere()).toBe(false);
  const doubt = bootNote(root, 'B');
  expect(doubt.isThere()).toBe(true);
  await filesBucket(root, { boot: 'B' }).putNew('a/c', bytes('x'));
  expect([noteIn(root), doubt.isThere()]).toEqual(['A', true]); // A put proves nothing about the others.
  await doubt.dispel();
  expect([noteIn(root), doubt.isThere(), bootNote(root, 'A').isThere()]).toEqual(['B', false, true]);
});

test('an empty or torn note is one of another boot', () => {
  const root = newFolder();
  for (const text of ['', 'A-and-mor', '\0\0\0']) {
    writeFileSync(join(root, '.boot'), text);
    expect(bootNote(root, 'A-and-more').isThere()).toBe(true);
  }
});

test('where boots cannot be told apart everything is forced, and a note that is found means doubt at each start', async () => {
  const root = newFolder();
  await filesBucket(root, { boot: undefined }).putNew('a/b', bytes('x'));
  expect(bootNote(root, undefined).isThere()).toBe(false);
  writeFileSync(join(root, '.boot'), 'A');
  const doubt = bootNote(root, undefined);
  expect(doubt.isThere()).toBe(true);
  await doubt.dispel();
  expect([doubt.isThere(), bootNote(root, undefined).isThere(), noteIn(root)]).toEqual([false, true, 'A']);
});

test('puts wait for a note that cannot be made, and come through once it can', async () => {
  const root = newFolder();
  let isFull = true;
  const { system } = faultyFileSystem(({ name, path }) =>
    isFull && name === 'rename' && path.endsWith('/.boot') ? 'ENOSPC' : undefined,
  );
  const bucket = filesBucket(root, { system, boot: 'A' });
  await expect(bucket.putNew('a/b', bytes('x'))).rejects.toThrow(Unavailable);
  expect(await bucket.get('a/b')).toBeUndefined();
  isFull = false;
  expect(await bucket.putNew('a/b', bytes('x'))).toMatchObject({ created: true });
});

test('of a put only the note is forced, once', async () => {
  const root = newFolder();
  const { system, calls } = faultyFileSystem(() => undefined);
  const bucket = filesBucket(root, { system, boot: 'A' });
  const forced = (): number => calls.splice(0).filter(({ name }) => name === 'sync').length;
  const first = await bucket.putNew('a/b', bytes('x'));
  expect(forced()).toBeGreaterThan(0);
  await bucket.putIf('a/b', bytes('y'), first.created ? first.etag : '');
  await bucket.putNew('a/c', bytes('x'));
  expect(forced()).toBe(0);
  await filesBucket(root, { system, boot: 'A' }).putNew('a/d', bytes('x'));
  expect(forced()).toBeGreaterThan(0); // Who made the note may have died before it was forced.
});

test('the boot is known by an id of the right form alone', () => {
  const path = join(newFolder(), 'boot_id');
  expect(bootId(path)).toBeUndefined();
  const id = '0d0b1c1e-5a53-4d4c-9a9d-6b5c9b1f2a3e';
  for (const [text, expected] of [
    [`${id}\n`, id],
    ['', undefined],
    ['not known', undefined],
  ] as const) {
    writeFileSync(path, text);
    expect(bootId(path)).toBe(expected);
  }
  rmSync(path);
});
