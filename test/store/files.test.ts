import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Refused, Unavailable } from '../../src/events/errors.ts';
import { listAll } from '../../src/store/bucket.ts';
import type { FileSystem } from '../../src/store/disk.ts';
import { filesBucket, hasHardLinks } from '../../src/store/files.ts';
import { bucketContract } from '../contract/bucket.ts';
import { faultyFileSystem, unforced, withoutLinks } from '../support/storage-faults.ts';
import { powerLoss } from '../support/storage-power-loss.ts';
import { newFolder, tidyUp } from '../support/storage-processes.ts';

afterEach(tidyUp);

const open = (pageSize: number) => async () => {
  const root = newFolder();
  return { bucket: filesBucket(root, { pageSize }), quick: filesBucket(root, { system: unforced }) };
};

bucketContract('files', open(1000));
bucketContract('files with pages of 3', open(3), {
  'a listing goes on after any key, there or not': 'it looks at one page, and pages of 3 are too small for it',
});
bucketContract('files on a disk without hard links', async () => {
  const root = newFolder();
  const bucket = filesBucket(root, { system: withoutLinks('EPERM', unforced) });
  return { bucket, quick: filesBucket(root, { system: unforced }) };
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const temporaries = (root: string): string[] => (existsSync(join(root, '.tmp')) ? readdirSync(join(root, '.tmp')) : []);

describe('a bucket in a folder', () => {
  test('lists neither its own files nor foreign names', async () => {
    const root = newFolder();
    const bucket = filesBucket(root);
    const answer = await bucket.putNew('a/b', bytes('x'));
    await bucket.putIf('a/b', bytes('y'), answer.created ? answer.etag : '');
    writeFileSync(join(root, 'a', 'b~ copy'), 'foreign');
    expect(readdirSync(root).sort()).toEqual(['.lock', '.tmp', 'a']);
    expect((await bucket.list('')).entries.map(({ key }) => key)).toEqual(['a/b']);
    expect((await bucket.list('.')).entries).toEqual([]);
    await expect(bucket.get('.lock')).rejects.toThrow(Refused);
  });

  test('refuses a key beneath a file, and one where a folder is', async () => {
    const bucket = filesBucket(newFolder());
    await bucket.putNew('a/b', bytes('x'));
    await expect(bucket.putNew('a/b/c', bytes('x'))).rejects.toThrow(Refused);
    await expect(bucket.putNew('a', bytes('x'))).rejects.toThrow(Refused);
  });

  test('leaves no file in the making', async () => {
    const root = newFolder();
    const bucket = filesBucket(root);
    await Promise.all(Array.from({ length: 20 }, (_, at) => bucket.putNew(`a/${at % 10}`, bytes('x'))));
    expect(temporaries(root)).toEqual([]);
  });

  test('removes what dead processes left an hour ago, and nothing else', async () => {
    const root = newFolder();
    mkdirSync(join(root, '.tmp'));
    const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
    for (const name of ['999999999-1-dead', `${process.pid}-1-alive`, '999999999-2-young']) {
      writeFileSync(join(root, '.tmp', name), 'x');
      if (!name.endsWith('young')) utimesSync(join(root, '.tmp', name), hoursAgo, hoursAgo);
    }
    await filesBucket(root).putNew('a', bytes('x'));
    expect(temporaries(root).sort()).toEqual(['999999999-2-young', `${process.pid}-1-alive`].sort());
  });

  test('does not open the folders beside a prefix, nor the files of a listing', async () => {
    const root = newFolder();
    const { system, calls } = faultyFileSystem(() => undefined);
    const bucket = filesBucket(root, { system });
    await bucket.putNew('here/a', bytes('x'));
    mkdirSync(join(root, 'beside'));
    writeFileSync(join(root, 'beside', 'a'), 'x');
    calls.length = 0;
    const keys: string[] = [];
    for await (const { key } of listAll(bucket, 'here/')) keys.push(key);
    expect(keys).toEqual(['here/a']);
    expect(calls).toEqual([]);
    expect((await bucket.list('here/')).entries[0]?.size).toBe(1);
    expect(calls).toEqual([{ name: 'readFileSync', path: join(root, 'here', 'a') }]);
  });

  test('shares the forced writes of a folder among those who wait for it', async () => {
    const root = newFolder();
    const { system, calls } = faultyFileSystem(() => undefined);
    const bucket = filesBucket(root, { system });
    await bucket.putNew('a/first', bytes('x'));
    calls.length = 0;
    await Promise.all(Array.from({ length: 32 }, (_, at) => bucket.putNew(`a/${at}`, bytes('x'))));
    const forced = calls.filter(({ name, path }) => name === 'sync' && path === join(root, 'a')).length;
    expect(forced).toBeGreaterThan(0);
    expect(forced).toBeLessThan(32);
  });

  test('writes nothing for an object that is there, but makes sure that it stays', async () => {
    const root = newFolder();
    await filesBucket(root).putNew('a/b', bytes('x'));
    const { system, calls } = faultyFileSystem(() => undefined);
    expect(await filesBucket(root, { system }).putNew('a/b', bytes('x'))).toEqual({ created: false });
    expect(calls.filter(({ name }) => name === 'sync').map(({ path }) => path)).toEqual([root, join(root, 'a')]);
    expect(calls.some(({ name }) => name === 'writeFile' || name === 'link')).toBe(false);
  });
});

describe('a disk that fails', () => {
  const full = ['ENOSPC', 'EIO', 'EMFILE', 'EACCES', 'EROFS', 'EDQUOT'];

  test.each(
    full.flatMap((code) => (['open', 'writeFile', 'link', 'mkdir'] as const).map((call) => [code, call] as const)),
  )('with %s in %s while creating is unavailable, and leaves nothing', async (code, call) => {
    const root = newFolder();
    let failing = true;
    const { system } = faultyFileSystem(({ name }) => (failing && name === call ? code : undefined));
    const bucket = filesBucket(root, { system });
    const failure = await bucket.putNew('a/b', bytes('whole')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Unavailable);
    expect(String(failure)).toContain(code);
    expect(String(failure)).toContain(root);
    expect(await bucket.get('a/b')).toBeUndefined();
    expect(temporaries(root)).toEqual([]);
    failing = false;
    expect(await bucket.putNew('a/b', bytes('whole'))).toMatchObject({ created: true });
  });

  test.each(full.flatMap((code) => (['open', 'writeFile', 'rename'] as const).map((call) => [code, call] as const)))(
    'with %s in %s while replacing is unavailable, and changes nothing',
    async (code, call) => {
      const root = newFolder();
      const answer = await filesBucket(root).putNew('a/b', bytes('old'));
      const etag = answer.created ? answer.etag : '';
      let failing = true;
      const { system } = faultyFileSystem(({ name }) => (failing && name === call ? code : undefined));
      const bucket = filesBucket(root, { system });
      await expect(bucket.putIf('a/b', bytes('new'), etag)).rejects.toThrow(Unavailable);
      expect(await bucket.get('a/b')).toMatchObject({ etag });
      expect(temporaries(root)).toEqual([]);
      failing = false;
      expect(await bucket.putIf('a/b', bytes('new'), etag)).toBeTypeOf('string');
    },
  );

  test.each(['EIO', 'ENOSPC'])('with %s while reading is unavailable, not a missing object', async (code) => {
    const { system } = faultyFileSystem(({ name }) => (name === 'readFileSync' ? code : undefined));
    await expect(filesBucket(newFolder(), { system }).get('a')).rejects.toThrow(Unavailable);
  });

  test.each([
    ['a file', (path: string) => path.includes('.tmp/')],
    ['a folder', (path: string) => path.endsWith('/a')],
  ])('once it could not force %s down turns all writes off, and is not asked again', async (_, hit) => {
    const root = newFolder();
    await filesBucket(root).putNew('a/old', bytes('old'));
    const { system, calls } = faultyFileSystem(({ name, path }) => (name === 'sync' && hit(path) ? 'EIO' : undefined));
    const bucket = filesBucket(root, { system });
    await expect(bucket.putNew('a/b', bytes('x'))).rejects.toThrow('EIO');
    const asked = calls.filter(({ name }) => name === 'sync').length;
    await expect(bucket.putNew('c', bytes('x'))).rejects.toThrow(Unavailable);
    const old = await bucket.get('a/old');
    await expect(bucket.putIf('a/old', bytes('x'), old?.etag ?? '')).rejects.toThrow('started again');
    expect(calls.filter(({ name }) => name === 'sync')).toHaveLength(asked);
    expect(new TextDecoder().decode(old?.bytes)).toBe('old');
    expect(temporaries(root)).toEqual([]);
  });

  test('fails every create that waited for the forced write that failed', async () => {
    const root = newFolder();
    let forced = 0;
    const { system } = faultyFileSystem(({ name, path }) =>
      name === 'sync' && path.endsWith('/a') && (forced += 1) > 1 ? 'EIO' : undefined,
    );
    const bucket = filesBucket(root, { system });
    await bucket.putNew('a/first', bytes('x'));
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, at) => bucket.putNew(`a/${at}`, bytes('x'))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 'rejected'));
  });
});

describe('a disk without hard links', () => {
  const creates = ({ created }: { created: boolean }): boolean => created;

  test.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])(
    'that says so with %s has one creator for each object, and leaves no file in the making',
    async (code) => {
      const root = newFolder();
      const buckets = [1, 2, 3].map(() => filesBucket(root, { system: withoutLinks(code) }));
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, at) => buckets[at % 3]?.putNew(`a/${at % 5}`, bytes(`${at}`))),
      );
      expect(answers.filter((answer) => answer && creates(answer))).toHaveLength(5);
      for (const [at, answer] of answers.entries())
        if (answer?.created)
          expect(await buckets[0]?.get(`a/${at % 5}`)).toMatchObject({
            bytes: Buffer.from(`${at}`),
            etag: answer.etag,
          });
      expect(temporaries(root)).toEqual([]);
      await expect(buckets[0]?.putNew('a', bytes('x'))).rejects.toThrow(Refused);
    },
  );

  test('is told from a folder in which only this link is refused', async () => {
    const root = newFolder();
    const { system, calls } = faultyFileSystem(({ name, path }) =>
      name === 'link' && path.endsWith('/b') ? 'EPERM' : undefined,
    );
    await expect(filesBucket(root, { system }).putNew('a/b', bytes('x'))).rejects.toThrow('EPERM');
    expect(calls.some(({ name }) => name === 'rename')).toBe(false);
    expect(await filesBucket(root, { system }).get('a/b')).toBeUndefined();
    expect(temporaries(root)).toEqual([]);
  });

  test('is known beforehand', async () => {
    const root = newFolder();
    expect(await hasHardLinks(root)).toBe(true);
    expect(await hasHardLinks(root, withoutLinks('ENOTSUP'))).toBe(false);
    await expect(hasHardLinks(root, withoutLinks('EROFS'))).rejects.toThrow(Unavailable);
    expect(temporaries(root)).toEqual([]);
  });

  test('and one that cannot force the names in a folder down is refused with words, and nothing is turned off', async () => {
    const root = newFolder();
    let able = false;
    const { system } = faultyFileSystem(({ name, path }) =>
      name === 'sync' && !path.includes('.tmp/') && !able ? 'EINVAL' : undefined,
    );
    const bucket = filesBucket(root, { system });
    const failure = await bucket.putNew('a/b', bytes('x')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Refused);
    expect(String(failure)).toContain('another disk');
    able = true;
    expect(await bucket.putNew('a/c', bytes('x'))).toMatchObject({ created: true });
  });
});

describe.each([
  ['links', (system: FileSystem) => system],
  ['no hard links', (system: FileSystem) => withoutLinks('EPERM', system)],
])('power loss at any call on a disk with %s', (_, diskOf) => {
  const text = (at: number): string => `object ${at} `.repeat(20);

  /** Creates, repeats and replaces many objects at once; gives what was acknowledged and could be lost. */
  const work = async (root: string, lie?: 'file' | 'folder'): Promise<{ lost: string[]; torn: string[] }> => {
    const model = powerLoss(root, lie);
    const bucket = filesBucket(root, { system: diskOf(model.system) });
    const lost: string[] = [];
    const acknowledge = (key: string, allowed: string[]): void => {
      for (const state of model.possible(join(root, key))) if (!allowed.includes(state)) lost.push(`${key}: ${state}`);
    };
    const one = async (at: number): Promise<void> => {
      const key = `events/C${at % 3}/${at % 5}/${at}`;
      const answer = await bucket.putNew(key, bytes(text(at)));
      acknowledge(key, [text(at)]);
      if (!answer.created || at % 2) return;
      await bucket.putIf(key, bytes(text(at + 1000)), answer.etag);
      acknowledge(key, [text(at + 1000)]);
    };
    const twins = async (): Promise<void> => {
      await bucket.putNew('twin/a', bytes(text(1)));
      acknowledge('twin/a', [text(1)]);
    };
    await Promise.all([...Array.from({ length: 40 }, (_, at) => one(at)), twins(), twins(), twins()]);
    return { lost, torn: [...model.torn] };
  };

  test('loses nothing that was acknowledged and tears nothing', async () => {
    expect(await work(newFolder())).toEqual({ lost: [], torn: [] });
  });

  test('would lose names on a disk that does not force folders down', async () => {
    expect((await work(newFolder(), 'folder')).lost).not.toEqual([]);
  });

  test('would tear objects on a disk that does not force files down', async () => {
    expect((await work(newFolder(), 'file')).torn).not.toEqual([]);
  });
});
