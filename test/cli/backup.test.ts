import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/setup/config.ts';
import { digestOf } from '../../src/store/digest.ts';
import { filesBucket } from '../../src/store/files.ts';
import { s3Bucket, s3Client } from '../../src/store/s3.ts';
import { type S3Server, startS3Server } from '../support/s3-server.ts';
import { deliver, serveIn } from '../support/serving.ts';
import { contents, payload } from '../support/world.ts';
import { emptyTil, seasonTil, type Til } from './til.ts';

let til: Til;
let file: string;
/** The season's first week alone, where that is enough. */
let small: Til;
let smallFile: string;
beforeAll(async () => {
  til = await seasonTil();
  file = join(til.folder, 'backup.tar.zst');
  writeFileSync(join(til.folder, '.env'), 'SLACK_BOT_TOKEN=xoxb-1-2-secret\n');
  expect((await til.run('backup', file)).code).toBe(0);
  small = emptyTil();
  smallFile = join(small.folder, 'small.tar.zst');
  for (const [key, text] of Object.entries(await contents(til.log, 'events/C0TILCHAN1/2024-W27/')))
    await small.log.putNew(key, Buffer.from(text));
  await small.run('rebuild');
  await small.run('backup', smallFile);
});
afterAll(() => {
  til.remove();
  small.remove();
});

/** An empty folder without even a configuration. */
const bareTil = (): Til => {
  const bare = emptyTil();
  rmSync(join(bare.folder, 'til.json'));
  return bare;
};

test('a season comes back byte for byte: log, configuration, and all that follows', async () => {
  const there = bareTil();
  const { code, out, error } = await there.run('restore', file);
  expect(out).toMatch(
    /: all digests are right\nlog: \d+ objects, \d+ bytes\n.*til\.json: was in the backup, and is written\n/,
  );
  expect(out).toMatch(/^C0TILCHAN1: \d+ events in 21 weeks folded, \d+ objects written$/m);
  expect(error).toMatch(/^restore \d+\/\d+ objects$/m);
  expect(code).toBe(0);
  expect(await contents(there.log)).toEqual(await contents(til.log));
  expect(await contents(there.state)).toEqual(await contents(til.state));
  expect(readFileSync(join(there.folder, 'til.json'))).toEqual(readFileSync(join(til.folder, 'til.json')));
  expect((await there.run('verify')).code).toBe(0);
  there.remove();
});

test('it is a tar archive in zstd like any other, with digests that sha256sum checks, and without tokens', async () => {
  const opened = join(til.folder, 'opened');
  mkdirSync(opened);
  execFileSync('tar', ['--zstd', '-xf', file, '-C', opened]);
  execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: opened });
  expect(await contents(filesBucket(join(opened, 'log')))).toEqual(await contents(til.log));
  expect(readdirSync(opened).sort()).toEqual(['SHA256SUMS', 'config', 'log', 'manifest.json']);
  expect(JSON.parse(readFileSync(join(opened, 'manifest.json'), 'utf8'))).toMatchObject({ v: 1, config: 'til.json' });
  expect(() => execFileSync('grep', ['-r', 'xoxb', opened])).toThrow();
});

test('programs get JSON', async () => {
  const again = join(small.folder, 'again.tar.zst');
  const made = await small.json<Record<string, unknown>>('backup', again);
  const objects = Object.keys(await contents(small.log)).length;
  expect(made).toMatchObject({ ok: true, file: again, objects, config: 'til.json', settled: true });
  expect(made['sha256']).toBe(digestOf(readFileSync(again)));
  const there = emptyTil();
  expect(await there.json('restore', again)).toMatchObject({
    ok: true,
    objects,
    created: objects,
    present: 0,
    config: { outcome: 'same' },
    reports: [{ channel: 'C0TILCHAN1', weeks: 1, differences: [] }],
  });
  there.remove();
});

describe('nothing is overwritten', () => {
  test('no file by a backup', async () => {
    const { code, error } = await til.run('backup', file);
    expect([code, error]).toEqual([2, expect.stringContaining(`${file}: something is there already`)]);
  });

  test('no log by a restore', async () => {
    const { code, error } = await til.run('restore', smallFile);
    expect([code, error]).toEqual([2, expect.stringMatching(/there is a log at file:.*\/log already/)]);
  });

  test('no state of another log', async () => {
    const there = emptyTil().with({ TIL_STATE: `file:${til.folder}/state` });
    const { code, error } = await there.run('restore', smallFile);
    expect([code, error]).toEqual([2, expect.stringMatching(/there is the state of another log at file:/)]);
    expect(await contents(there.log)).toEqual({});
    there.remove();
  });

  test('but the sample, which everybody gets with the program', async () => {
    const there = emptyTil({ name: 'TIL, the sample' });
    const { code, out } = await there.run('restore', smallFile);
    expect([code, out]).toEqual([0, expect.stringContaining('was in the backup, and is written')]);
    expect(readFileSync(join(there.folder, 'til.json'))).toEqual(readFileSync(join(small.folder, 'til.json')));
    expect(out).toContain(`the sample that was there is ${there.folder}/til.json.sample now`);
    expect(readFileSync(join(there.folder, 'til.json.sample'), 'utf8')).toContain('TIL, the sample');
    there.remove();
  });

  test('and of two samples, none by the other', async () => {
    const there = emptyTil({ name: 'TIL, the sample' });
    writeFileSync(join(there.folder, 'til.json.sample'), 'mine');
    const { config } = await there.json<{ config: { aside: string } }>('restore', smallFile);
    expect(config.aside).toBe(join(there.folder, 'til.json.sample-2'));
    expect(readFileSync(join(there.folder, 'til.json.sample'), 'utf8')).toBe('mine');
    expect(readFileSync(config.aside, 'utf8')).toContain('TIL, the sample');
    there.remove();
  });

  test('no configuration: what is there is used, and that is said', async () => {
    const there = emptyTil({ channel: 'C0ANOTHER1', name: 'Another' });
    const { code, out } = await there.run('restore', smallFile);
    expect([code, out]).toEqual([0, expect.stringContaining('is another than in the backup, and stays as it is')]);
    expect(readFileSync(join(there.folder, 'til.json'), 'utf8')).toContain('Another');
    there.remove();
  });
});

test('a restore that was cut short goes on with --resume', async () => {
  const there = emptyTil();
  const some = Object.entries(await contents(small.log)).slice(0, 10);
  for (const [key, text] of some) await there.log.putNew(key, Buffer.from(text));
  expect((await there.run('restore', smallFile)).code).toBe(2);
  const { code, out } = await there.run('restore', smallFile, '--resume');
  expect([code, out]).toEqual([0, expect.stringContaining(', 10 of them there already\n')]);
  expect(await contents(there.log)).toEqual(await contents(small.log));
  there.remove();
});

test('beside a server that takes events, what is in it is in the log, and folds to what the log says', async () => {
  const there = emptyTil();
  const settings = await loadConfig(join(there.folder, 'til.json'));
  const running = await serveIn(there.folder, { settings, log: there.log, state: there.state });
  const { event, ...envelope } = payload(3);
  const write = async (n: number): Promise<number> => {
    const ts = `${1_722_826_000 + n}.000100`;
    return deliver(
      running.port,
      JSON.stringify({ ...envelope, event_id: `Ev${n}`, event: { ...event, ts, event_ts: ts } }),
    );
  };
  await write(0);
  await running.settled();
  const writing = Promise.all(Array.from({ length: 40 }, (_, n) => write(n + 1)));
  const files = ['first', 'second', 'third'].map((name) => join(there.folder, name));
  const codes: number[] = [];
  for (const each of files) codes.push((await there.run('backup', each)).code);
  expect(new Set(await writing)).toEqual(new Set([200]));
  await running.settled();
  await running.stop();
  expect(codes).toEqual([0, 0, 0]);
  const whole = await contents(there.log);
  for (const each of files) {
    const copy = emptyTil();
    expect((await copy.run('restore', each)).code).toBe(0);
    expect(whole).toMatchObject(await contents(copy.log));
    expect((await copy.run('verify')).code).toBe(0);
    copy.remove();
  }
  there.remove();
});

test.each([
  ['is cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
  ['has another bit', (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 5000 ? byte ^ 4 : byte)))],
  ['is none', () => Buffer.from('PK\x03\x04 something else')],
])('a file that %s is refused with a sentence, and nothing is written', async (_what, change) => {
  const there = bareTil();
  const damaged = join(there.folder, 'damaged');
  writeFileSync(damaged, change(readFileSync(file)));
  const { code, out, error } = await there.run('restore', damaged);
  expect([code, out]).toEqual([1, '']);
  expect(error).toMatch(/^til: \/.*damaged( is torn or altered|: expected an archive of "til backup")/);
  expect(readdirSync(there.folder)).toEqual(['damaged']);
  there.remove();
});

test.each([
  [['backup'], /missing required argument 'file'/],
  [['backup', 'ftp://host/file'], /expected a path or s3:\/\/BUCKET\/KEY, got ftp:\/\/host\/file/],
  [['backup', 's3://bucket'], /expected s3:\/\/BUCKET\/KEY, got s3:\/\/bucket/],
  [['backup', '/nowhere/at/all/file'], /expected a folder that is there, got \/nowhere\/at\/all/],
  [['restore', '/nowhere/at/all'], /expected an archive of "til backup", found nothing there/],
  [['restore', tmpdir()], /expected an archive of "til backup", found no file there/],
])('wrong usage is explained, with exit code 2: %j', async (args, expected) => {
  const there = emptyTil();
  await there.log.putNew('events/C0TILCHAN1/2024-W32/a', Buffer.from('a'));
  const at = args[0] === 'restore' ? there.with({ TIL_LOG: `file:${there.folder}/new` }) : there;
  const { code, error } = await at.run(...args);
  expect(error).toMatch(expected);
  expect(code).toBe(2);
  there.remove();
});

test('a backup of nothing, without a configuration, or into the log itself is refused', async () => {
  const there = emptyTil();
  const target = join(there.folder, 'file');
  expect((await there.run('backup', target)).error).toMatch(/there is no log at file:/);
  expect((await til.run('backup', `${til.folder}/log/file`)).error).toMatch(/expected a place outside of the log/);
  rmSync(join(there.folder, 'til.json'));
  expect((await there.run('backup', target)).error).toMatch(/there is no configuration at/);
  expect(existsSync(target)).toBe(false);
  there.remove();
});

describe('on S3', () => {
  let s3: S3Server;
  beforeAll(async () => {
    s3 = await startS3Server({
      buckets: ['log', 'state', 'backups', 'log-2', 'state-2'],
      policies: { log: 'create-only', 'log-2': 'create-only', state: 'compare-and-swap', backups: 'create-only' },
    });
  });
  afterAll(() => s3.close());
  const inS3 = (bucket: string) => s3Bucket({ client: s3Client(s3.environment), bucket });

  test('a log there is backed up there, and restored there', async () => {
    const there = small.with({ ...s3.environment, TIL_LOG: 's3://log', TIL_STATE: 's3://state' });
    await there.run('copy', '--from', `file:${small.folder}/log`, '--to', 's3://log');
    const { code, out } = await there.run('backup', 's3://backups/2024/til.tar.zst');
    expect([code, out]).toEqual([0, expect.stringMatching(/^s3:\/\/backups\/2024\/til.tar.zst: \d+ objects/)]);
    const restored = await small
      .with({ ...s3.environment, TIL_LOG: 's3://log-2', TIL_STATE: 's3://state-2' })
      .run('restore', 's3://backups/2024/til.tar.zst');
    expect(restored).toMatchObject({ code: 0 });
    const { log, beside } = Object.groupBy(Object.entries(await contents(inS3('log-2'))), ([key]) =>
      key.startsWith('scratch/') ? 'beside' : 'log',
    );
    expect(Object.fromEntries(log ?? [])).toEqual(await contents(small.log));
    expect(beside).toHaveLength(2); // That the restore began, and that it ended.
    expect(await contents(inS3('state-2'))).toEqual(await contents(small.state));
  });

  test('what is there already stays', async () => {
    const { code, error } = await small.with(s3.environment).run('backup', 's3://backups/2024/til.tar.zst');
    expect([code, error]).toEqual([2, expect.stringMatching(/til.tar.zst: something is there already/)]);
    expect((await small.with({ ...s3.environment, TIL_LOG: 's3://log' }).run('backup', 's3://log/x')).error).toMatch(
      /expected a place outside of the log, which is s3:\/\/log/,
    );
  });

  test('an upload whose answer is lost is found to be done', async () => {
    s3.faults.add({ fault: 'internal-after', operation: 'PutObject', key: /unclear/ });
    expect(await small.with(s3.environment).run('backup', 's3://backups/unclear')).toMatchObject({ code: 0 });
    expect(s3.faults.left).toBe(0);
  });

  test('a download that breaks is begun again; one that was altered on the way is refused', async () => {
    s3.faults.add({ fault: 'cut', operation: 'GetObject', key: /unclear/ });
    const there = emptyTil().with(s3.environment);
    expect(await there.run('restore', 's3://backups/unclear')).toMatchObject({ code: 0 });
    expect(s3.faults.left).toBe(0);
    const empty = emptyTil().with(s3.environment);
    s3.faults.add({ fault: 'truncated', operation: 'GetObject', key: /unclear/, times: 9 });
    expect(await empty.run('restore', 's3://backups/unclear')).toMatchObject({ code: 1 });
    expect(await contents(filesBucket(join(empty.folder, 'log')))).toEqual({});
    s3.faults.clear();
    there.remove();
    empty.remove();
  });

  test('no object, no rights, no bucket: a sentence', async () => {
    const there = emptyTil().with(s3.environment);
    expect(await there.run('restore', 's3://backups/none')).toMatchObject({ code: 2 });
    s3.faults.add({ fault: 'forbidden', operation: 'PutObject', key: /denied/, times: 9 });
    const denied = await small.with(s3.environment).run('backup', 's3://backups/denied');
    expect(denied.error).toMatch(
      /s3:PutObject s3:\/\/backups\/denied: S3 refused with 403 AccessDenied: this role needs/,
    );
    there.remove();
  });
});
