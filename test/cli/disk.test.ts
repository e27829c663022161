import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { en } from '../../src/cli/text/en.ts';
import { ko } from '../../src/cli/text/ko.ts';
import { sqsClient, sqsQueue } from '../../src/queue/sqs.ts';
import { sentenceOf } from '../../src/setup/report.ts';
import { diskError, fileError, onDisk } from '../../src/store/disk-error.ts';
import { seasonTil, type Til } from './til.ts';

const systemError = (code: string, syscall: string, path?: string): Error =>
  Object.assign(new Error(`${code}: something, ${syscall} '${path}'`), { code, errno: -1, syscall, path });

describe('what the disk does not do is told with its place, and why', () => {
  test.each([
    [
      'ENOSPC',
      'open',
      '/a b/c',
      'cannot open /a b/c: the disk answered ENOSPC (no room is left)',
      '/a b/c: 읽을 수 없어요. 디스크에 남은 자리가 없어요 (ENOSPC)',
    ],
    [
      'EACCES',
      'lstat',
      '/a',
      'cannot read /a: the disk answered EACCES (this user may not)',
      '/a: 읽을 수 없어요. 이 사용자에게 권한이 없어요 (EACCES)',
    ],
    [
      'EROFS',
      'mkdir',
      'a',
      'cannot write a: the disk answered EROFS (it can only be read)',
      'a: 쓸 수 없어요. 읽기만 되는 디스크예요 (EROFS)',
    ],
    ['EXYZ', 'rename', '/a', 'cannot write /a: the disk answered EXYZ', '/a: 쓸 수 없어요. EXYZ'],
    [
      'ENOSPC',
      'write',
      undefined,
      'the disk answered ENOSPC (no room is left)',
      '디스크를 쓸 수 없어요. 디스크에 남은 자리가 없어요 (ENOSPC)',
    ],
    [
      'ENOTDIR',
      'mkdir',
      '/a',
      'cannot write /a: a file lies where a folder is needed, or a folder where a file is (ENOTDIR)',
      '폴더가 있어야 할 곳에 파일이 있거나 그 반대예요: /a (ENOTDIR)',
    ],
  ])('%s by %s at %s', (code, syscall, path, english, korean) => {
    const error = systemError(code, syscall, path);
    expect([en.doctor.trouble(error), ko.doctor.trouble(error)]).toEqual([english, korean]);
  });

  test('and by the name that a person gave, whatever lies behind it', async () => {
    const error = systemError('ENOSPC', 'write', '/hidden/.x.part');
    await expect(onDisk('cannot write', 'my file', () => Promise.reject(error))).rejects.toThrow(
      'cannot write my file: the disk answered ENOSPC (no room is left)',
    );
  });

  test('what is of a network, or of nobody knows what, is none of the disk', () => {
    for (const error of [systemError('EACCES', 'listen', '/socket'), new Error('secret'), undefined, 'text'])
      expect(fileError(error)).toBe(error);
    expect(sentenceOf(new TypeError('a secret'))).toBe('TypeError');
    expect(diskError('cannot read', '/a', new Error('other'))).toEqual(new Error('other'));
  });

  test('a region that nobody named is told', async () => {
    const url = 'https://sqs.example.org/1/til.fifo';
    const client = sqsClient({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' });
    client.config.region = () => Promise.reject(new Error('Region is missing')); // Whatever the machine's own files say.
    await expect(sqsQueue({ client, url }).take(1, 0)).rejects.toThrow(`AWS_REGION: expected the region of ${url}`);
  });
});

describe.skipIf(process.platform !== 'linux')('til backup', () => {
  let til: Til;
  beforeAll(async () => {
    til = await seasonTil();
  });
  afterAll(() => til.remove());

  test.each([
    [[], /^til: cannot write \/dev\/shm\/til-\w+\/keys: the disk answered EFBIG \(the file is too large for it\)\n$/],
    [
      ['--lang', 'ko'],
      /^til: \/dev\/shm\/til-\w+\/keys: 쓸 수 없어요. 디스크가 받기에는 파일이 너무 커요 \(EFBIG\)\n$/,
    ],
  ])('on a disk that takes no more names what cannot be written, and leaves nothing: %j', (more, expected) => {
    const place = join(til.folder, 'backups');
    mkdirSync(place, { recursive: true });
    const file = join(place, 'full.tar.zst');
    const words = [process.execPath, resolve('src/cli/main.ts'), 'backup', file, '--config', 'til.json', ...more];
    const { status, stderr } = spawnSync('sh', ['-c', `trap '' XFSZ; ulimit -f 1; exec "$@"`, 'sh', ...words], {
      cwd: til.folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], TMPDIR: '/dev/shm', ...til.environment },
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(expected);
    expect(readdirSync(place)).toEqual([]);
  });

  test('into a folder where nothing can be made is told by the name of the file', async () => {
    symlinkSync('/proc', join(til.folder, 'nowhere'));
    const file = join(til.folder, 'nowhere', 'til.tar.zst');
    expect(await til.run('backup', file)).toMatchObject({
      code: 1,
      error: expect.stringMatching(/til: cannot write \S+nowhere\/til\.tar\.zst: the disk answered ENOENT/),
    });
  });
});
