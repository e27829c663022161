import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BackupPorts, writeBackup } from '../../src/admin/backup.ts';
import { checkArchive } from '../../src/admin/check-archive.ts';
import { restoreLog } from '../../src/admin/restore.ts';
import { Corrupt, Refused } from '../../src/events/errors.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { TAR_END, tarHeader, tarPadding } from '../../src/store/tar.ts';
import { faultyBucket } from '../support/faulty.ts';
import { temporaryFolder } from '../support/serving.ts';
import { contents } from '../support/world.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const CONFIG = { name: 'til.config.ts', bytes: Buffer.from('export default {};\n') };
const path = join(folder, 'archive');

const portsFor = (log: Bucket): BackupPorts => ({
  log,
  config: CONFIG,
  version: '1.2.3',
  now: Date.parse('2024-11-20T12:00:00Z'),
  scratch: folder,
});

const backUp = async (log: Bucket) => {
  rmSync(path, { force: true });
  return writeBackup(path, portsFor(log));
};

const check = () => checkArchive(path, join(folder, 'checked'));

const logOf = async (objects: Record<string, string>): Promise<Bucket> => {
  const log = memoryBucket();
  for (const [key, text] of Object.entries(objects)) await log.putNew(key, Buffer.from(text));
  return log;
};

const part = fc
  .stringMatching(/^[A-Za-z0-9._-]{1,60}$/)
  .filter((text) => !['.', '..', 'scratch', 'waiting', 'forgetting'].includes(text));
const key = fc.oneof(
  fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/').replace(/^\.+/, 'x')),
  part.map((name) => `events/C0TILCHAN1/2024-W32/${name.padEnd(250, 'z')}`),
);

test('of any objects, what is restored is what was backed up, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(key, fc.string(), { minKeys: 1, maxKeys: 30 }), async (objects) => {
      const log = await logOf(objects);
      const { manifest } = await backUp(log);
      const restored = memoryBucket();
      const { objects: count, created } = await restoreLog(await check(), restored, 'here');
      expect(await contents(restored)).toEqual(await contents(log));
      expect([count, created, manifest.objects]).toEqual(Array(3).fill(Object.keys(await contents(log)).length));
    }),
    { numRuns: 60 },
  );
});

test('it says when and by what it was made, and only its owner may read it', async () => {
  const { manifest, archiveBytes } = await backUp(await logOf({ 'events/C/2024-W32/a': 'text' }));
  expect(manifest).toMatchObject({
    v: 1,
    til: '1.2.3',
    at: '2024-11-20T12:00:00.000Z',
    objects: 1,
    bytes: 4,
    settled: true,
  });
  expect((await check()).config).toEqual(CONFIG);
  expect([statSync(path).mode & 0o777, statSync(path).size]).toEqual([0o600, archiveBytes]);
});

describe('beside a server', () => {
  /** A log in which, while it is listed, what happens first comes under a key that was passed, and what follows from it under a later one. */
  const busyLog = async (listings: number): Promise<Bucket> => {
    const log = await logOf({ 'events/b': '', 'events/y': '' });
    let listed = 0;
    return {
      ...log,
      list: async (prefix, after) => {
        const page = await log.list(prefix, after);
        if (listed++ >= listings) return page;
        await log.putNew(`events/a${listed}`, Buffer.from('cause'));
        await log.putNew(`events/z${listed}`, Buffer.from('effect'));
        const { entries } = await log.list(prefix, page.entries.at(-1)?.key);
        return { entries: [...page.entries, ...entries] };
      },
    };
  };

  test.each([1, 2, 5])('nothing is in it without what led to it (%i events meanwhile)', async (listings) => {
    const { manifest } = await backUp(await busyLog(listings));
    const restored = memoryBucket();
    await restoreLog(await check(), restored, 'here');
    const keys = Object.keys(await contents(restored));
    expect(keys.filter((each) => /[az]\d/.test(each))).toHaveLength(2 * listings);
    expect(manifest.settled).toBe(true);
  });

  test('a log that grows with every look at it is backed up all the same, and that is said', async () => {
    expect((await backUp(await busyLog(1000))).manifest.settled).toBe(false);
    await check();
  });

  test('a trace that is summed up while the log is read has it listed again', async () => {
    const log = await logOf({ 'events/a': '', 'other/2024-W32/trace': '' });
    let isSummed = false;
    const tidied: Bucket = {
      ...log,
      list: async () => ({
        entries: (isSummed ? ['counts/day', 'events/a'] : ['events/a', 'other/2024-W32/trace']).map((name) => ({
          key: name,
          etag: '',
          size: 0,
        })),
      }),
      get: async (name) => {
        if (!name.startsWith('other/')) return { bytes: Buffer.from(name), etag: '' };
        isSummed = true;
        return undefined;
      },
    };
    await backUp(tidied);
    const restored = memoryBucket();
    await restoreLog(await check(), restored, 'here');
    expect(Object.keys(await contents(restored))).toEqual(['counts/day', 'events/a']);
  });

  test('an event that is gone is said, and no archive is left to be taken for one', async () => {
    const log = await logOf({ 'events/a': '' });
    await expect(backUp({ ...log, get: async () => undefined })).rejects.toThrow(/events\/a: listed, but gone/);
    await expect(check()).rejects.toThrow(Corrupt);
  });

  test('while a person is being forgotten there is no backup', async () => {
    await expect(backUp(await logOf({ 'forgetting/person.json': '{}' }))).rejects.toThrow(Refused);
  });
});

describe('an archive that is not what was written', () => {
  let whole: Buffer;
  beforeAll(async () => {
    await backUp(await logOf({ 'events/a': 'one', 'events/b': 'two', 'other/c': 'three' }));
    whole = readFileSync(path);
  });

  const put = (bytes: Buffer): void => writeFileSync(path, bytes);

  test('is refused wherever it is cut short', async () => {
    for (let length = 0; length < whole.length - 13; length += 7) {
      put(whole.subarray(0, length));
      await expect(check(), `${length}`).rejects.toThrow(/torn or altered|expected an archive/);
    }
  });

  test('is refused whichever bit is another, or holds what it held', async () => {
    const seen = new Set<string>();
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      put(changed);
      const found = await check().catch((error: unknown) => error);
      if (found instanceof Error) {
        expect(found, `${at}`).toBeInstanceOf(Corrupt);
        seen.add('refused');
        continue;
      }
      // Some bits of zstd's header say how much memory to take, and not what is in it.
      const log = memoryBucket();
      await restoreLog(found as Awaited<ReturnType<typeof check>>, log, 'here');
      expect(await contents(log)).toEqual({ 'events/a': 'one', 'events/b': 'two', 'other/c': 'three' });
    }
    expect(seen).toContain('refused');
  });

  test('is refused when something is appended', async () => {
    for (const more of [Buffer.from('x'), Buffer.alloc(13), whole, Buffer.alloc(100_000)]) {
      put(Buffer.concat([whole, more]));
      await expect(check()).rejects.toThrow(Corrupt);
    }
  });

  /** The archive with other files in it, packed as well as the first. */
  const repacked = (change: (tar: Buffer) => Buffer): void => put(zstdCompressSync(change(zstdDecompressSync(whole))));
  const file = (name: string, text: string): Buffer =>
    Buffer.concat([tarHeader(name, text.length, 0), Buffer.from(text), tarPadding(text.length)]);
  const replaced = (from: string, to: string) => (tar: Buffer) => {
    expect(tar.includes(from)).toBe(true);
    return Buffer.from(tar.toString('latin1').replace(from, to), 'latin1');
  };

  const inserted = (tar: Buffer, more: Buffer): Buffer => {
    const end = tar.indexOf('SHA256SUMS');
    return Buffer.concat([tar.subarray(0, end), more, tar.subarray(end)]);
  };

  test.each<[string, (tar: Buffer) => Buffer, RegExp]>([
    ['an object', replaced('two', 'TWO'), /log\/events\/b: its digest is not the one in SHA256SUMS/],
    ['the configuration', replaced('default', 'DEFAULT'), /config\/til.config.ts: its digest is not/],
    ['the list of digests', replaced('  log/other', '  log/OTHER'), /log\/other\/c: its digest is not/],
    ['the manifest', replaced('"objects": 3', '"objects": 2'), /expected 2 objects of 11 bytes, got 3 of 11/],
    ['the digest of the digests', replaced('"sums": "', '"sums": "0'), /expected the manifest of a backup/],
    ['a later form', replaced('"v": 1', '"v": 2'), /was made by til 1.2.3: expected an archive of form 1/],
    ['what leads out of the log', (tar) => Buffer.concat([file('log/../../x', 'x'), tar]), /the key of an object, got/],
    [
      'what is nothing of ours',
      (tar) => Buffer.concat([file('passwd', 'x'), tar]),
      /the key of an object, got "passwd"/,
    ],
    ['a key twice', (tar) => inserted(tar, file('log/events/b', 'x')), /log\/events\/b: stands behind log\/other\/c/],
    ['an object more', (tar) => inserted(tar, file('log/x', 'x')), /log\/x: is not in SHA256SUMS|log\/x: its digest/],
    [
      'no manifest',
      () => Buffer.concat([file('log/a', 'x'), TAR_END]),
      /expected SHA256SUMS and manifest.json at its end/,
    ],
  ])('is refused when it is packed again with another: %s', async (_what, change, expected) => {
    repacked(change);
    const failure = await check().catch((error: unknown) => error);
    expect(String(failure)).toMatch(expected);
  });
});

test('what lies beside the log is no part of it, there and back', async () => {
  const beside = { 'scratch/doctor': 'x', 'waiting/body.json': 'x' };
  await backUp(await logOf({ 'events/a': 'one', ...beside }));
  const log = await logOf(beside);
  expect(await restoreLog(await check(), log, 'here')).toMatchObject({ created: 1, present: 0 });
  expect(await restoreLog(await check(), log, 'here', { resume: true })).toMatchObject({ created: 0, present: 1 });
});

describe('restoring', () => {
  const objects = { 'events/a': 'one', 'events/b': 'two', 'events/c': 'three' };
  const archived = async () => {
    await backUp(await logOf(objects));
    return check();
  };

  test('into a log that holds something is refused, and nothing is written', async () => {
    const log = await logOf({ 'events/a': 'one' });
    await expect(restoreLog(await archived(), log, 's3://log')).rejects.toThrow(/there is a log at s3:\/\/log already/);
    expect(await contents(log)).toEqual({ 'events/a': 'one' });
  });

  test('goes on after a crash at any call, if asked to', async () => {
    const archive = await archived();
    for (let crash = 1; ; crash++) {
      const log = memoryBucket();
      const failing = faultyBucket(log, (number) => (number === crash ? (crash % 2 ? 'before' : 'after') : undefined));
      const failed = await restoreLog(archive, failing, 'here').then(
        () => false,
        () => true,
      );
      if (!failed) break;
      await restoreLog(archive, log, 'here', { resume: true });
      expect(await contents(log)).toEqual(objects);
    }
  });

  test.each([
    ['holds another object', { 'events/d': '' }, /1 objects there are not in the archive/],
    ['holds other bytes', { 'events/a': 'ONE' }, /events\/a is not what the archive holds/],
  ])('does not go on where the log %s', async (_what, there, expected) => {
    const log = await logOf(there as Record<string, string>);
    await expect(restoreLog(await archived(), log, 'here', { resume: true })).rejects.toThrow(expected);
    expect(await contents(log)).toEqual(there);
  });

  test('an archive that is exchanged after it was checked writes nothing that was not checked', async () => {
    const archive = await archived();
    await backUp(await logOf({ ...objects, 'events/b': 'TWO' }));
    const log = memoryBucket();
    await expect(restoreLog(archive, log, 'here')).rejects.toThrow(/was changed while it was read/);
    expect(Object.values(await contents(log))).not.toContain('TWO');
  });
});
