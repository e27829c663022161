import { beforeEach, describe, expect, test } from 'vitest';
import { copyBucket } from '../../src/admin/copy.ts';
import { Corrupt, Unavailable } from '../../src/events/errors.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { contents } from '../support/world.ts';

const COUNT = 1_100; // More than a page.
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

let from: Bucket;
let to: Bucket;
beforeEach(async () => {
  [from, to] = [memoryBucket(), memoryBucket()];
  for (let n = 0; n < COUNT; n++) await from.putNew(`events/C1/2024-W32/${n}.json`, bytesOf(`{"n":${n}}`));
});

test('everything is there afterwards, byte for byte', async () => {
  const steps: [number, number][] = [];
  const report = await copyBucket(from, to, { progress: (...step) => void steps.push(step) });
  expect(report).toMatchObject({ objects: COUNT, copied: COUNT, present: 0, differing: [] });
  expect(await contents(to)).toEqual(await contents(from));
  expect(steps.at(-1)).toEqual([COUNT, COUNT]);
  expect(steps.length).toBeGreaterThan(1);
});

test('the same again writes nothing, and brings what is new', async () => {
  await copyBucket(from, to);
  await from.putNew('events/C1/2024-W33/1.json', bytesOf('{}'));
  expect(await copyBucket(from, to)).toMatchObject({ objects: COUNT + 1, copied: 1, present: COUNT });
});

test('after an interruption the same again does what is left', async () => {
  let puts = 0;
  const failing: Bucket = {
    ...to,
    putNew: async (key, bytes) => {
      if ((puts += 1) === 500) throw new Unavailable('gone');
      return to.putNew(key, bytes);
    },
  };
  await expect(copyBucket(from, failing)).rejects.toThrow(Unavailable);
  const { copied, present } = await copyBucket(from, to);
  expect(present).toBeGreaterThanOrEqual(499);
  expect(copied + present).toBe(COUNT);
  expect(await contents(to)).toEqual(await contents(from));
});

describe('other bytes under a key', () => {
  test('stay as they are and are named, and the rest is copied', async () => {
    const key = 'events/C1/2024-W32/7.json';
    await to.putNew(key, bytesOf('another'));
    expect(await copyBucket(from, to)).toMatchObject({ copied: COUNT - 1, present: 0, differing: [key] });
    expect((await contents(to))[key]).toBe('another');
  });

  test('that come while we write are not overwritten either', async () => {
    const racing: Bucket = {
      ...to,
      putNew: async (key) => {
        await to.putNew(key, bytesOf('faster'));
        return { created: false };
      },
    };
    expect((await copyBucket(from, racing)).differing).toHaveLength(COUNT);
  });
});

test('what is read back and is not what was written is told', async () => {
  const lying: Bucket = {
    ...to,
    get: async (key) => ((await to.get(key)) ? { bytes: bytesOf('{}'), etag: '1' } : undefined),
  };
  await expect(copyBucket(from, lying)).rejects.toThrow(Corrupt);
});
