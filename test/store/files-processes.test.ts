import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { seeded } from '../../src/sandbox/seeded.ts';
import { listAll } from '../../src/store/bucket.ts';
import { filesBucket } from '../../src/store/files.ts';
import { hold } from '../../src/store/lock.ts';
import { environmentWithoutLinks, NO_COMPILER } from '../support/no-links.ts';
import { newFolder, type Running, start, startIn, tidyUp } from '../support/storage-processes.ts';

afterEach(tidyUp);

const PROGRAM = 'storage-files-child.ts';
const four = (run: (name: string) => Running): Running[] => ['a', 'b', 'c', 'd'].map(run);

const whole = (key: string, text: string): boolean => {
  const at = key.slice(key.lastIndexOf('/') + 1);
  return text === `${at} `.repeat(500) || text === `${at}+`.repeat(900);
};

describe.each(['links', 'no-links'])('on a disk with %s', (disk) => {
  test('of four processes that create the same 150 objects each object has exactly one creator', async () => {
    const root = newFolder();
    const children = four((name) => start(PROGRAM, disk, 'create', root, name, '150'));
    expect(await Promise.all(children.map(({ end }) => end))).toEqual([0, 0, 0, 0]);
    const created = children.flatMap(({ lines }) => lines());
    expect(created).toHaveLength(150);
    expect(new Set(created).size).toBe(150);
    const bucket = filesBucket(root);
    for (const [at, child] of children.entries()) {
      for (const line of child.lines()) {
        const number = Number(line.slice('created '.length));
        const object = await bucket.get(`race/${number % 3}/${number}`);
        expect(new TextDecoder().decode(object?.bytes)).toBe(`${'abcd'[at]} ${number}`);
      }
    }
  });

  test('four processes that raise one counter lose no step', async () => {
    const root = newFolder();
    await filesBucket(root).putNew('count', new TextEncoder().encode('0'));
    const children = four((name) => start(PROGRAM, disk, 'count', root, name, '40'));
    expect(await Promise.all(children.map(({ end }) => end))).toEqual([0, 0, 0, 0]);
    expect(new TextDecoder().decode((await filesBucket(root).get('count'))?.bytes)).toBe('160');
  });

  test('a process killed at any moment leaves whole objects, and all that it has acknowledged', async () => {
    const root = newFolder();
    const random = seeded(20_240_805);
    for (let round = 0; round < 5; round += 1) {
      const child = start(PROGRAM, disk, 'stream', root, `round${round}`);
      await child.line('created');
      await new Promise((resolve) => setTimeout(resolve, Math.floor(random() * 120)));
      await child.kill();
      const acknowledged = child.lines();
      const bucket = filesBucket(root);
      const found = new Map<string, string>();
      for await (const { key } of listAll(bucket, `stream/round${round}/`)) {
        found.set(key, new TextDecoder().decode((await bucket.get(key))?.bytes));
      }
      for (const [key, text] of found) expect(whole(key, text), `${key} is whole`).toBe(true);
      for (const line of acknowledged) {
        const [what, key = ''] = line.split(' ');
        expect(found.has(key), line).toBe(true);
        if (what === 'replaced') expect(found.get(key)).toContain('+');
      }
      expect(acknowledged.length).toBeGreaterThan(0);
    }
  });
});

test('a lock is held by one at a time, also within a process, and released once', () => {
  const path = join(newFolder(), 'deep', '.lock');
  const first = hold(path);
  expect(first).toBeDefined();
  expect(hold(path)).toBeUndefined();
  first?.release();
  const second = hold(path);
  expect(second).toBeDefined();
  first?.release();
  expect(hold(path)).toBeUndefined();
  second?.release();
});

test.skipIf(process.platform !== 'linux').for([
  ['EPERM', 1],
  ['ENOTSUP', 95],
] as const)(
  'where the kernel refuses hard links with %s, each object has exactly one creator',
  async ([, number], context) => {
    const folder = newFolder();
    const environment = environmentWithoutLinks(folder, number);
    if (!environment) return context.skip(NO_COMPILER);
    const children = four((name) => startIn(environment, PROGRAM, 'links', 'create', join(folder, 'root'), name, '60'));
    expect(await Promise.all(children.map(({ end }) => end))).toEqual([0, 0, 0, 0]);
    const created = children.flatMap(({ lines }) => lines());
    expect(created).toHaveLength(60);
    expect(new Set(created).size).toBe(60);
  },
);
