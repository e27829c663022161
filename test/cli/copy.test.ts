import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesBucket } from '../../src/store/files.ts';
import { s3Bucket, s3Client } from '../../src/store/s3.ts';
import { type S3Server, startS3Server } from '../support/s3-server.ts';
import { contents } from '../support/world.ts';
import { emptyTil, seasonTil, type Til } from './til.ts';

let til: Til;
let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3Server({
    buckets: ['log', 'state'],
    policies: { log: 'create-only', state: 'compare-and-swap' },
  });
  til = (await seasonTil()).with(s3.environment);
});
afterAll(async () => {
  til.remove();
  await s3.close();
});

const inS3 = (bucket: string) => s3Bucket({ client: s3Client(s3.environment), bucket });
const places = (): string[] => ['--from', `file:${til.folder}/log`, '--to', 's3://log'];

test('a season moves to S3 and back, and agrees with itself there', async () => {
  const { code, out, error } = await til.run(
    'copy',
    ...places(),
    '--state-from',
    `file:${til.folder}/state`,
    '--state-to',
    's3://state',
  );
  expect(out).toMatch(
    /^log: (\d+) objects, \d+ bytes: \1 copied, 0 there already\nstate: (\d+) objects, \d+ bytes: \2 copied/,
  );
  expect(error).toMatch(/^log \d+\/\d+ objects$/m);
  expect(code).toBe(0);
  expect(await contents(inS3('log'))).toEqual(await contents(til.log));
  const there = til.with({ TIL_LOG: 's3://log', TIL_STATE: 's3://state' });
  expect((await there.run('verify')).code).toBe(0);
  const back = emptyTil();
  expect((await til.run('copy', '--from', 's3://log', '--to', `file:${back.folder}/log`)).code).toBe(0);
  expect(await contents(filesBucket(`${back.folder}/log`))).toEqual(await contents(til.log));
  back.remove();
});

test('the same again copies nothing, and says so to programs', async () => {
  const { ok, log } = await til.json<{ ok: boolean; log: { objects: number; present: number; copied: number } }>(
    'copy',
    ...places(),
  );
  expect([ok, log.copied, log.present]).toEqual([true, 0, log.objects]);
});

test('what is there and differs is named and left, with exit code 1', async () => {
  await s3.createBucket('other');
  const key = Object.keys(await contents(til.log)).at(3) ?? '';
  await inS3('other').putNew(key, Buffer.from('another'));
  const { code, out } = await til.run('copy', '--from', `file:${til.folder}/log`, '--to', 's3://other');
  expect(out).toContain(`differs: ${key}\n`);
  expect(code).toBe(1);
  expect((await contents(inS3('other'), key))[key]).toBe('another');
  expect(await til.json('copy', '--from', `file:${til.folder}/log`, '--to', 's3://other')).toMatchObject({
    ok: false,
    log: { differing: [key] },
  });
});

test.each([
  [['--from', 'file:a'], /--to/],
  [['--from', 'file:a', '--to', 'file:a'], /expected two places, got file:a twice/],
  [
    ['--from', 'file:/nowhere/at/all', '--to', 's3://log'],
    /file:\/nowhere\/at\/all: expected a log, found nothing there/,
  ],
  [['--from', 'file:a', '--to', 'ftp://b'], /expected file:PATH or s3:\/\/BUCKET\/PREFIX, got ftp:\/\/b/],
  [['--from', 'file:a', '--to', 'file:b', '--state-to', 'file:c'], /expected both or neither/],
])('wrong usage is explained, with exit code 2: %j', async (args, expected) => {
  const { code, error } = await til.run('copy', ...args);
  expect(error).toMatch(expected);
  expect(code).toBe(2);
});
