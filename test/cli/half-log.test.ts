import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bucketFilling, folderFilling, requireWhole } from '../../src/store/filling.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { s3Bucket, s3Client } from '../../src/store/s3.ts';
import { type S3Server, startS3Server } from '../support/s3-server.ts';
import { temporaryFolder } from '../support/serving.ts';
import { contents } from '../support/world.ts';
import { emptyTil, seasonTil, type Til } from './til.ts';

let til: Til;
let file: string;
beforeAll(async () => {
  til = await seasonTil();
  file = join(til.folder, 'a backup.tar.zst');
  expect((await til.run('backup', file)).code).toBe(0);
});
afterAll(() => til.remove());

/** Runs a restore in a process of its own, and kills that as soon as it says that some objects are done. */
const cutRestore = async (there: Til): Promise<void> => {
  const child = spawn(
    process.execPath,
    [resolve('src/cli/main.ts'), 'restore', file, '--config', join(there.folder, 'til.json')],
    // What a killed process leaves of its own goes with the folder.
    { env: { ...there.environment, TMPDIR: there.folder }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
    if (said.includes('restore ')) child.kill('SIGKILL');
  });
  expect([await ended, said]).toEqual([[null, 'SIGKILL'], expect.stringContaining('restore ')]);
};

test('a log whose restore was killed is no log to run on, and says how it becomes one', async () => {
  const there = emptyTil();
  await cutRestore(there);
  const some = Object.keys(await contents(there.log)).length;
  expect(some).toBeGreaterThan(0);
  expect(some).toBeLessThan(Object.keys(await contents(til.log)).length);

  const goOn = `til restore '${file}' --resume`;
  const sentence = `the log at file:${there.folder}/log is not whole yet: what fills it was cut short, or still runs. Go on with it: ${goOn}`;
  const serving = there.with({ PORT: 'none' }); // Were it to serve all the same, this would be what stops it.
  expect(await serving.run('serve')).toEqual({ code: 1, out: '', error: `til: ${sentence}\n` });
  const refused = { code: 2, out: '', error: `til: ${sentence}\n` };
  for (const args of [
    ['verify'],
    ['rebuild'],
    ['reconcile'],
    ['replay'],
    ['members'],
    ['import', there.folder, there.folder, '--year', '2024'],
    ['open-week'],
    ['backup', join(there.folder, 'half.tar.zst')],
    ['copy', '--from', `file:${there.folder}/log`, '--to', `file:${there.folder}/other`],
  ])
    expect([args, await there.run(...args)]).toEqual([args, refused]);
  expect(existsSync(join(there.folder, 'half.tar.zst'))).toBe(false);
  expect(await serving.run('serve', '--lang', 'ko')).toMatchObject({
    code: 1,
    error: `til: file:${there.folder}/log의 로그가 아직 다 채워지지 않았어요. 이 명령으로 이어서 채워 주세요: ${goOn}\n`,
  });
  expect((await there.run('doctor')).out).toContain(`NOT OK  log (file:${there.folder}/log): ${sentence}`);

  expect(await there.run('restore', file, '--resume')).toMatchObject({ code: 0 });
  expect(await contents(there.log)).toEqual(await contents(til.log));
  expect(existsSync(join(there.folder, 'log', '.filling'))).toBe(false);
  expect(await there.run('verify')).toMatchObject({ code: 0 });
  there.remove();
});

test('what is refused before the first object leaves no note, and neither does a log of its own', async () => {
  expect((await til.run('restore', file)).code).toBe(2);
  const there = emptyTil();
  await there.log.putNew('events/C0TILCHAN1/2024-W27/another', Buffer.from('another'));
  expect(await there.run('restore', file, '--resume')).toMatchObject({ code: 2 });
  for (const folder of [til.folder, there.folder]) expect(existsSync(join(folder, 'log', '.filling'))).toBe(false);
  there.remove();
});

describe('where nothing may be replaced or deleted', () => {
  let s3: S3Server;
  beforeAll(async () => {
    s3 = await startS3Server({
      buckets: ['log', 'state'],
      policies: { log: 'create-only', state: 'compare-and-swap' },
    });
  });
  afterAll(() => s3.close());

  test('a second object says that it ended', async () => {
    const there = emptyTil().with({ ...s3.environment, TIL_LOG: 's3://log', TIL_STATE: 's3://state' });
    const log = s3Bucket({ client: s3Client(s3.environment), bucket: 'log' });
    s3.faults.add({ fault: 'forbidden', operation: 'PutObject', key: /events\/.*2024-W40/, times: 999 });
    expect(await there.run('restore', file)).toMatchObject({ code: 2 });
    expect((await there.run('verify')).error).toContain('the log at s3://log is not whole yet');
    s3.faults.clear();
    expect(await there.run('restore', file, '--resume')).toMatchObject({ code: 0 });
    expect(await there.run('verify')).toMatchObject({ code: 0 });
    const { objects } = await there.json<{ objects: number }>('backup', join(there.folder, 'again.tar.zst'));
    expect(objects).toBe(Object.keys(await contents(til.log)).length);
    expect(Object.keys(await contents(log, 'scratch/'))).toEqual([
      expect.stringMatching(/^scratch\/filling\/[0-9a-f]{16}-begun$/),
      expect.stringMatching(/^scratch\/filling\/[0-9a-f]{16}-ended$/),
    ]);
    there.remove();
  });
});

describe.each([
  ['in a folder', (folder: string) => folderFilling(join(folder, 'log'))],
  ['in a bucket', () => bucketFilling(memoryBucket())],
])('the note %s', (_where, open) => {
  test('stands from its beginning until its end, whoever begins and ends it, as often as a log is filled', async () => {
    const { folder, remove } = temporaryFolder();
    const filling = open(folder);
    for (const goOn of ['til restore a --resume', 'til restore b --resume']) {
      await requireWhole(filling, 'here');
      await filling.begin(goOn);
      expect(await filling.goOn()).toBe(goOn);
      await filling.begin(goOn);
      await expect(requireWhole(filling, 'here')).rejects.toThrow(`here is not whole yet`);
      await filling.end();
      expect(await filling.goOn()).toBeUndefined();
    }
    remove();
  });

  test('cannot steer a terminal', async () => {
    const { folder, remove } = temporaryFolder();
    const filling = open(folder);
    await filling.begin('til\u001b[2J restore\n');
    expect(await filling.goOn()).toBe('til[2J restore');
    remove();
  });
});

test('a note that cannot be written is told, with its path', async () => {
  const { folder, remove } = temporaryFolder();
  writeFileSync(join(folder, 'log'), '');
  await expect(folderFilling(join(folder, 'log')).begin('til')).rejects.toThrow(join(folder, 'log', '.filling'));
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('');
  remove();
});
