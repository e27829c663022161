import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Unavailable } from '../../src/events/errors.ts';
import { bootId } from '../../src/store/boot.ts';
import { realFileSystem } from '../../src/store/disk.ts';
import { bootNote } from '../../src/store/doubt.ts';
import { filesBucket } from '../../src/store/files.ts';
import { faultyFileSystem } from '../support/storage-faults.ts';
import { newFolder, tidyUp } from '../support/storage-processes.ts';

afterEach(tidyUp);

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const noteIn = (root: string): string => readFileSync(join(root, '.boot'), 'utf8');
/** What a note says that is of this boot and folder. */
const noteOf = (boot: string, root: string): string => `${boot} ${realFileSystem.placeOf(root)}`;

test('what is put in one boot is in doubt in every other, until that is dispelled', async () => {
  const root = newFolder();
  expect(bootNote(root, 'A').isThere()).toBe(false);
  await filesBucket(root, { boot: 'A' }).putNew('ledgers/C1/b', bytes('x'));
  expect(bootNote(root, 'A').isThere()).toBe(false);
  const doubt = bootNote(root, 'B');
  expect(doubt.isThere()).toBe(true);
  await filesBucket(root, { boot: 'B' }).putNew('ledgers/C1/c', bytes('x'));
  expect([noteIn(root), doubt.isThere()]).toEqual([noteOf('A', root), true]); // A put proves nothing about the others.
  await doubt.dispel(['C1']);
  expect([noteIn(root), doubt.isThere(), bootNote(root, 'A').isThere()]).toEqual([noteOf('B', root), false, true]);
});

test('a copy of a folder is in doubt in the same boot, too, and the folder stays sure', async () => {
  const root = newFolder();
  await filesBucket(root, { boot: 'A' }).putNew('ledgers/C1/b', bytes('x'));
  const copy = join(newFolder(), 'copy');
  cpSync(root, copy, { recursive: true });
  expect([bootNote(root, 'A').isThere(), bootNote(copy, 'A').isThere()]).toEqual([false, true]);
  const moved = join(newFolder(), 'moved');
  renameSync(root, moved);
  expect(bootNote(moved, 'A').isThere()).toBe(false);
  await bootNote(copy, 'A').dispel(['C1']);
  expect(bootNote(copy, 'A').isThere()).toBe(false);
});

test('the state of a challenge that nobody made anew stays in doubt beside that of others', async () => {
  const root = newFolder();
  const old = filesBucket(root, { boot: 'A' });
  for (const key of ['ledgers/C1/b', 'snapshots/C2/b', 'tables/C3/b']) await old.putNew(key, bytes('x'));
  const doubt = bootNote(root, 'B');
  await doubt.dispel(['C1', 'C3']);
  const among = (all: string[]): boolean[] => all.map((channel) => bootNote(root, 'B').isThere([channel]));
  expect(among(['C1', 'C2', 'C3', 'C4'])).toEqual([false, true, false, false]);
  expect([doubt.isThere(['C1', 'C3']), doubt.isThere()]).toEqual([false, true]);
  await filesBucket(root, { boot: 'B' }).putNew('ledgers/C2/c', bytes('x'));
  await doubt.dispel(['C1']);
  expect(among(['C1', 'C2', 'C3'])).toEqual([false, true, false]);
  await doubt.dispel(['C2']);
  expect([doubt.isThere(), noteIn(root)]).toEqual([false, noteOf('B', root)]);
});

test('an empty or torn note is one of another boot', async () => {
  const root = newFolder();
  await filesBucket(root, { boot: undefined }).putNew('ledgers/C1/b', bytes('x'));
  for (const text of ['', 'A-and-mor', '\0\0\0']) {
    writeFileSync(join(root, '.boot'), text);
    expect(bootNote(root, 'A-and-more').isThere()).toBe(true);
  }
});

test('where boots cannot be told apart everything is forced, and a note that is found means doubt at each start', async () => {
  const root = newFolder();
  await filesBucket(root, { boot: undefined }).putNew('ledgers/C1/b', bytes('x'));
  expect(bootNote(root, undefined).isThere()).toBe(false);
  writeFileSync(join(root, '.boot'), 'A');
  const doubt = bootNote(root, undefined);
  expect(doubt.isThere()).toBe(true);
  await doubt.dispel(['C1']);
  expect([doubt.isThere(), bootNote(root, undefined).isThere(), noteIn(root)]).toEqual([false, true, 'A']);
});

test('puts wait for a note that cannot be made, and come through once it can', async () => {
  const root = newFolder();
  let isFull = true;
  const { system } = faultyFileSystem(({ name, path }) =>
    isFull && name === 'rename' && path.endsWith('/.boot') ? 'ENOSPC' : undefined,
  );
  const bucket = filesBucket(root, { system, boot: 'A' });
  await expect(bucket.putNew('ledgers/C1/b', bytes('x'))).rejects.toThrow(Unavailable);
  expect(await bucket.get('ledgers/C1/b')).toBeUndefined();
  isFull = false;
  expect(await bucket.putNew('ledgers/C1/b', bytes('x'))).toMatchObject({ created: true });
});

test('of a put only the note is forced, once', async () => {
  const root = newFolder();
  const { system, calls } = faultyFileSystem(() => undefined);
  const bucket = filesBucket(root, { system, boot: 'A' });
  const forced = (): number => calls.splice(0).filter(({ name }) => name === 'sync').length;
  const first = await bucket.putNew('ledgers/C1/b', bytes('x'));
  expect(forced()).toBeGreaterThan(0);
  await bucket.putIf('ledgers/C1/b', bytes('y'), first.created ? first.etag : '');
  await bucket.putNew('ledgers/C1/c', bytes('x'));
  expect(forced()).toBe(0);
  await filesBucket(root, { system, boot: 'A' }).putNew('ledgers/C1/d', bytes('x'));
  expect(forced()).toBeGreaterThan(0); // Who made the note may have died before it was forced.
});

test('what follows from no event is forced, as the log is', async () => {
  const root = newFolder();
  const { system, calls } = faultyFileSystem(() => undefined);
  const bucket = filesBucket(root, { system, boot: 'A' });
  await bucket.putNew('tables/C1/b', bytes('x'));
  for (const key of ['seen/interactions.json', 'seen/C1/comparison.json', 'tables/homes.json', 'scratch/x']) {
    calls.splice(0);
    const put = await bucket.putNew(key, bytes('x'));
    await bucket.putIf(key, bytes('y'), put.created ? put.etag : '');
    const forced = calls.filter(({ name }) => name === 'sync').map(({ path }) => path);
    expect(forced.filter((path) => path === dirname(join(root, key))).length).toBeGreaterThan(1);
    expect(forced.filter((path) => path.includes('/.tmp/')).length).toBe(2);
  }
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
