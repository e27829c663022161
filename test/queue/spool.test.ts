import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Refused, Unavailable } from '../../src/events/errors.ts';
import type { Job } from '../../src/queue/queue.ts';
import { openSpool, type Spool, type SpoolOptions } from '../../src/queue/spool.ts';
import { queueContract } from '../contract/queue.ts';
import { faultyFileSystem } from '../support/storage-faults.ts';
import { powerLoss } from '../support/storage-power-loss.ts';
import { newFolder, tidyUp } from '../support/storage-processes.ts';

const spools: Spool[] = [];

/** A spool that is closed after the test. */
const opened = (root: string, options?: SpoolOptions): Spool => {
  const spool = openSpool(root, options);
  spools.push(spool);
  return spool;
};

afterEach(async () => {
  await Promise.all(spools.splice(0).map((spool) => spool.close()));
  await tidyUp();
});

const handClock = (start = 1_722_816_000_000) => {
  let now = start;
  return { now: () => now, advance: (seconds: number) => void (now += seconds * 1000) };
};

queueContract('spool', async () => {
  const clock = handClock();
  return {
    queue: opened(newFolder(), { clock, visibilitySeconds: 30 }),
    visibilitySeconds: 30,
    advance: async (seconds) => clock.advance(seconds),
  };
});

const job = (id: string, group = 'g') => ({ id, group, body: `body of ${id}` });
const ids = (taken: { id: string }[]): string[] => taken.map(({ id }) => id);
const filesIn = (root: string, folder: string): string[] => readdirSync(join(root, folder));

describe('a spool that is opened again', () => {
  test('gives what was put, in order, and not what was done', async () => {
    const root = newFolder();
    const first = opened(root);
    await first.put(['1', '2', '3'].map((id) => job(id)));
    await first.put([job('4')]);
    const taken = await first.take(2, 0);
    await first.done(taken);
    await first.close();
    expect(ids(await opened(root).take(10, 0))).toEqual(['3', '4']);
  });

  test('gives at once what was taken and not done, counted', async () => {
    const root = newFolder();
    for (const received of [1, 2, 3]) {
      const spool = opened(root);
      if (received === 1) await spool.put([job('1'), job('2')]);
      expect(await spool.take(1, 0)).toMatchObject([{ id: '1', received }]);
      await spool.close();
    }
  });

  test('still holds a job that was put back with a delay', async () => {
    const root = newFolder();
    const clock = handClock();
    const first = opened(root, { clock });
    await first.put([job('1'), job('2')]);
    const [taken] = await first.take(1, 0);
    await first.retry(taken as Job, 60);
    await first.close();
    clock.advance(59);
    const second = opened(root, { clock });
    expect(await second.take(10, 0)).toEqual([]);
    clock.advance(1);
    expect(await second.take(10, 0)).toMatchObject([
      { id: '1', received: 2 },
      { id: '2', received: 1 },
    ]);
  });

  test('holds a delayed job no longer than its delay when the clock was set back', async () => {
    const root = newFolder();
    const clock = handClock();
    const first = opened(root, { clock });
    await first.put([job('1')]);
    const [taken] = await first.take(1, 0);
    await first.retry(taken as Job, 60);
    await first.close();
    clock.advance(-86_400);
    const second = opened(root, { clock });
    await second.take(1, 0);
    clock.advance(60);
    expect(ids(await second.take(1, 0))).toEqual(['1']);
  });

  test('keeps the order of the puts when the clock was set back', async () => {
    const root = newFolder();
    const clock = handClock();
    const first = opened(root, { clock });
    await first.put([job('1')]);
    clock.advance(-3600);
    await first.put([job('2')]);
    await first.close();
    const second = opened(root, { clock });
    await second.put([job('3')]);
    expect(ids(await second.take(10, 0))).toEqual(['1', '2', '3']);
  });

  test('has no files left when all is done', async () => {
    const root = newFolder();
    const spool = opened(root);
    await spool.put([job('1'), job('2', 'h'), job('3')]);
    for (let taken = await spool.take(1, 0); taken.length > 0; taken = await spool.take(1, 0)) await spool.done(taken);
    expect(filesIn(root, 'jobs')).toEqual([]);
    expect(filesIn(root, 'taken')).toEqual([]);
    expect(filesIn(root, '.tmp')).toEqual([]);
  });

  test('forgets progress of which the jobs are gone, and ends a batch whose last job was done', async () => {
    const root = newFolder();
    const first = opened(root);
    await first.put([job('1')]);
    await first.take(1, 0);
    await first.close();
    const [name = ''] = filesIn(root, 'jobs');
    writeFileSync(join(root, 'taken', name), '+0\n-0\n+');
    writeFileSync(join(root, 'taken', '0000000000000001-00000000.json'), '+0\n');
    expect(await opened(root).take(10, 0)).toEqual([]);
    expect(filesIn(root, 'jobs')).toEqual([]);
    expect(filesIn(root, 'taken')).toEqual([]);
  });
});

describe('several spools on one folder', () => {
  test('one takes; the other is refused and told whom to stop; after the first has closed it may', async () => {
    const root = newFolder();
    const [first, second] = [opened(root), opened(root)];
    await first.openTaker();
    const refusal = await second.take(1, 0).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refused);
    expect(String(refusal)).toContain(`this process itself (${process.pid})`);
    expect(String(refusal)).toContain(root);
    await first.close();
    expect(await second.take(1, 0)).toEqual([]);
  });

  test('a waiting take gets what another one puts within about a second', async () => {
    const root = newFolder();
    const [taker, putter] = [opened(root), opened(root)];
    expect(await taker.take(1, 0)).toEqual([]);
    const waiting = taker.take(1, 20);
    await putter.put([job('1')]);
    const since = performance.now();
    expect(ids(await waiting)).toEqual(['1']);
    expect(performance.now() - since).toBeLessThan(5000);
  });

  test('one that does not take can list the jobs and say how many there are', async () => {
    const root = newFolder();
    const clock = handClock();
    const [taker, other] = [opened(root, { clock }), opened(root, { clock })];
    expect(other.depth()).toEqual({ jobs: 0, groups: 0, oldestMs: 0 });
    await other.put([job('1'), job('2', 'h'), job('3')]);
    clock.advance(5);
    const depth = { jobs: 3, groups: 2, oldestMs: 5000 };
    expect(other.depth()).toEqual(depth);
    const taken = await taker.take(1, 0);
    expect(taker.depth()).toEqual(depth);
    expect(await other.list()).toEqual([job('1'), job('2', 'h'), job('3')]);
    await taker.done(taken);
    expect(ids(await other.list())).toEqual(['2', '3']);
    expect(taker.depth()).toEqual({ jobs: 2, groups: 2, oldestMs: 5000 });
    expect(other.depth()).toEqual({ jobs: 2, groups: 2, oldestMs: 5000 });
  });
});

describe('a file in jobs/ that is no batch', () => {
  const name = (at: number): string => `000000000000000${at}-0000000a.json`;
  const batch = (jobs: unknown): string => JSON.stringify({ v: 1, at: 1, jobs });

  test.each([
    ['torn', batch([job('x')]).slice(0, -9), 'expected JSON'],
    ['empty', '', 'expected JSON'],
    ['of another version', '{"v":2}', 'expected version 1, got 2'],
    ['without jobs', batch([]), 'expected "at" and "jobs"'],
    ['with half a job', batch([job('x'), { id: 'y', group: 'g' }]), 'expected job 1'],
    ['not even an object', 'null', 'expected JSON'],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'expected JSON'],
  ])('is set aside and reported when it is %s, and holds nothing up', async (_, text, reason) => {
    const root = newFolder();
    mkdirSync(join(root, 'jobs'));
    writeFileSync(join(root, 'jobs', name(1)), text);
    const reports: string[][] = [];
    const spool = opened(root, { onBroken: (...report) => void reports.push(report) });
    await spool.put([job('1')]);
    expect(ids(await spool.take(10, 0))).toEqual(['1']);
    expect(reports).toEqual([[name(1), expect.stringContaining(reason)]]);
    expect(filesIn(root, 'broken')).toEqual([name(1)]);
    expect(readFileSync(join(root, 'broken', name(1)))).toEqual(Buffer.from(text));
  });

  test('is set aside when its name is foreign, also twice', async () => {
    const root = newFolder();
    const reports: string[] = [];
    for (const text of ['first', 'second']) {
      mkdirSync(join(root, 'jobs'), { recursive: true });
      writeFileSync(join(root, 'jobs', 'notes.txt'), text);
      const spool = opened(root, { onBroken: (file) => void reports.push(file) });
      expect(await spool.take(10, 0)).toEqual([]);
      await spool.close();
    }
    expect(reports).toEqual(['notes.txt', 'notes.txt']);
    expect(filesIn(root, 'broken').sort()).toEqual(['notes.txt', 'notes.txt.1']);
  });
});

describe('a spool on a disk that fails', () => {
  test.each(
    ['ENOSPC', 'EIO', 'EMFILE', 'EACCES', 'EROFS'].flatMap((code) =>
      (['open', 'writeFile', 'rename', 'mkdir'] as const).map((call) => [code, call] as const),
    ),
  )('with %s in %s acknowledges nothing, and goes on when the disk does', async (code, call) => {
    let failing = true;
    const { system } = faultyFileSystem(({ name }) => (failing && name === call ? code : undefined));
    const root = newFolder();
    const spool = opened(root, { system });
    const answers = await Promise.allSettled(['1', '2', '3'].map((id) => spool.put([job(id)])));
    for (const answer of answers)
      expect(String((answer as PromiseRejectedResult).reason)).toMatch(`the disk answered ${code}`);
    failing = false;
    expect(await spool.list()).toEqual([]);
    await spool.put([job('4')]);
    expect(ids(await spool.take(10, 0))).toEqual(['4']);
    expect(filesIn(root, '.tmp')).toEqual([]);
  });

  test('that could not force a batch down takes no more, and is not asked again', async () => {
    const { system, calls } = faultyFileSystem(({ name, path }) =>
      name === 'sync' && path.includes('.tmp/') ? 'EIO' : undefined,
    );
    const spool = opened(newFolder(), { system });
    await expect(spool.put([job('1')])).rejects.toThrow('EIO');
    const asked = calls.filter(({ name }) => name === 'sync').length;
    await expect(spool.put([job('2')])).rejects.toThrow(Unavailable);
    expect(calls.filter(({ name }) => name === 'sync')).toHaveLength(asked);
  });

  test('gives no job of which it cannot note the taking, and counts it once when it can', async () => {
    let failing = true;
    const { system } = faultyFileSystem(({ name }) => (failing && name === 'appendFileSync' ? 'ENOSPC' : undefined));
    const spool = opened(newFolder(), { system });
    await spool.put([job('1')]);
    await expect(spool.take(1, 0)).rejects.toThrow(Unavailable);
    failing = false;
    expect(await spool.take(1, 0)).toMatchObject([{ id: '1', received: 1 }]);
  });

  test('says so when a done job cannot be removed, and takes done again', async () => {
    let failing = true;
    const { system } = faultyFileSystem(({ name }) => (failing && name === 'unlinkSync' ? 'EROFS' : undefined));
    const root = newFolder();
    const spool = opened(root, { system });
    await spool.put([job('1')]);
    const taken = await spool.take(1, 0);
    await expect(spool.done(taken)).rejects.toThrow('EROFS');
    failing = false;
    await spool.done(taken);
    expect(filesIn(root, 'jobs')).toEqual([]);
    expect(spool.depth().jobs).toBe(0);
  });
});

describe('power loss at any call', () => {
  const work = async (root: string, lie?: 'file' | 'folder'): Promise<string[]> => {
    const model = powerLoss(root, lie);
    const spool = opened(root, { system: model.system });
    const lost: string[] = [];
    const one = async (at: number): Promise<void> => {
      await spool.put([job(`job-${at}`)]);
      const paths = filesIn(root, 'jobs').map((name) => join(root, 'jobs', name));
      const path = paths.find((each) => readFileSync(each, 'utf8').includes(`"job-${at}"`)) ?? 'nowhere';
      const states = [...model.possible(path)];
      if (states.length !== 1 || !states[0]?.includes(`"job-${at}"`)) lost.push(`job-${at}`);
    };
    await Promise.all(Array.from({ length: 40 }, (_, at) => one(at)));
    return [...lost, ...model.torn];
  };

  test('loses no job that was acknowledged and tears none', async () => {
    expect(await work(newFolder())).toEqual([]);
  });

  test('would lose jobs on a disk that does not force files or folders down', async () => {
    expect(await work(newFolder(), 'folder')).not.toEqual([]);
    expect(await work(newFolder(), 'file')).not.toEqual([]);
  });
});

describe('a spool that is closed', () => {
  test('ends the waiting takes with nothing, keeps what was being put, and refuses more', async () => {
    const root = newFolder();
    const spool = opened(root);
    const waiting = [spool.take(1, 60), spool.take(1, 60)];
    await spool.openTaker();
    const putting = opened(root).put([job('1')]);
    await spool.close();
    await putting;
    expect((await Promise.all(waiting)).flat().length).toBeLessThanOrEqual(1);
    await expect(spool.put([job('2')])).rejects.toThrow(Unavailable);
    await expect(spool.take(1, 0)).rejects.toThrow(Unavailable);
    expect(ids(await opened(root).list())).toEqual(['1']);
    expect(readdirSync(root)).not.toContain('taker.pid');
  });
});

test('puts that come together share the forced writes, and keep their order', async () => {
  const { system, calls } = faultyFileSystem(() => undefined);
  const root = newFolder();
  const spool = opened(root, { system });
  const numbers = Array.from({ length: 200 }, (_, at) => String(at));
  await Promise.all(numbers.map((id) => spool.put([job(id)])));
  expect(filesIn(root, 'jobs').length).toBeLessThan(10);
  expect(calls.filter(({ name }) => name === 'sync').length).toBeLessThan(30);
  expect(ids(await spool.list())).toEqual(numbers);
});
