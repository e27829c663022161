import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Conflict } from '../../src/events/errors.ts';
import { type FileSystem, realFileSystem } from '../../src/store/disk.ts';
import { filesBucket } from '../../src/store/files.ts';
import { etagOf } from '../../src/store/object.ts';
import { newFolder, tidyUp } from '../support/storage-processes.ts';

afterEach(tidyUp);

const KEY = 'ledgers/week.json';
const large = (letter: string): Uint8Array => new TextEncoder().encode(letter.repeat(100_000));

const opened = () => {
  const root = newFolder();
  const read: string[] = [];
  const system: FileSystem = {
    ...realFileSystem,
    readFileSync: (path) => {
      read.push(path);
      return realFileSystem.readFileSync(path);
    },
  };
  return { path: join(root, KEY), bucket: filesBucket(root, { system }), read };
};

/** As another process replaces a file; with one of the same size and, to the nanosecond, of the same time. */
const replacedBy = (path: string, bytes: Uint8Array): void => {
  const other = join(dirname(path), '..', 'other');
  writeFileSync(other, bytes);
  execFileSync('touch', ['-r', path, other]);
  renameSync(other, path);
};

/** A bucket that has put a large object twice: it holds the last file. */
const written = async () => {
  const all = opened();
  await all.bucket.putNew(KEY, large('a'));
  const etag = await all.bucket.putIf(KEY, large('b'), etagOf(large('a')));
  all.read.length = 0;
  return { ...all, etag };
};

test('a large object that this process put last is neither read to replace it, nor for whoever knows it', async () => {
  const { bucket, read, etag } = await written();
  const known = { bytes: large('b'), etag };
  expect(await bucket.get(KEY, known)).toBe(known);
  const next = await bucket.putIf(KEY, large('c'), etag);
  await bucket.putIf(KEY, large('d'), next);
  expect(read).toEqual([]);
  expect((await bucket.get(KEY))?.bytes).toEqual(Buffer.from(large('d')));
});

test('a small object is read', async () => {
  const { bucket, read, path } = opened();
  const [one, two] = [Uint8Array.of(1), Uint8Array.of(2)];
  await bucket.putNew(KEY, one);
  const etag = await bucket.putIf(KEY, two, etagOf(one));
  await bucket.putIf(KEY, one, etag);
  expect(read).toEqual([path, path]);
});

test('one that another process has replaced since, once or twice, is seen', async () => {
  for (const times of [1, 2]) {
    const { bucket, path, etag } = await written();
    for (let time = 0; time < times; time++) replacedBy(path, large(`${time}`));
    const now = large(`${times - 1}`);
    expect((await bucket.get(KEY, { bytes: large('b'), etag }))?.etag).toBe(etagOf(now));
    await expect(bucket.putIf(KEY, large('c'), etag)).rejects.toThrow(Conflict);
    await bucket.putIf(KEY, large('c'), etagOf(now));
    expect((await bucket.get(KEY))?.etag).toBe(etagOf(large('c')));
  }
});

test('the number of a file that is held is given to no other', async () => {
  const { bucket, path, etag } = await written();
  const { ino } = statSync(path);
  for (let time = 0; time < 50; time++) {
    replacedBy(path, large(`${time % 10}`));
    expect(statSync(path).ino).not.toBe(ino);
  }
  await expect(bucket.putIf(KEY, large('c'), etag)).rejects.toThrow(Conflict);
});

test('one that is gone, or was changed by hand, is seen', async () => {
  const changed = await written();
  writeFileSync(changed.path, large('x'));
  expect((await changed.bucket.get(KEY, { bytes: large('b'), etag: changed.etag }))?.etag).toBe(etagOf(large('x')));
  const gone = await written();
  rmSync(gone.path);
  expect(await gone.bucket.get(KEY, { bytes: large('b'), etag: gone.etag })).toBeUndefined();
  await expect(gone.bucket.putIf(KEY, large('c'), gone.etag)).rejects.toThrow(Conflict);
});

test('so many large objects as there may be are put one after the other, and again', async () => {
  const { bucket } = opened();
  const keys = Array.from({ length: 40 }, (_, number) => `weeks/${number}.json`);
  let etag = etagOf(large('a'));
  for (const key of keys) await bucket.putNew(key, large('a'));
  const before = openFiles();
  for (const letter of ['b', 'c']) {
    const next = etagOf(large(letter));
    for (const key of keys) expect(await bucket.putIf(key, large(letter), etag)).toBe(next);
    etag = next;
  }
  expect(openFiles() - before).toBeLessThan(20);
});

/** How many files this process has open; 0 where that cannot be asked. */
const openFiles = (): number => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0);
