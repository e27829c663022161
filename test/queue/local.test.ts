import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { Refused, Unavailable } from '../../src/events/errors.ts';
import { type LocalQueue, type LocalQueueOptions, openLocalQueue } from '../../src/queue/local.ts';
import type { Job } from '../../src/queue/queue.ts';
import { queueContract } from '../contract/queue.ts';
import { newFolder, tidyUp, withoutSharedMemory } from '../support/storage-processes.ts';

const queues: LocalQueue[] = [];

/** A queue that is closed after the test. */
const opened = (root: string, options?: LocalQueueOptions): LocalQueue => {
  const queue = openLocalQueue(root, options);
  queues.push(queue);
  return queue;
};

afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.close()));
  await tidyUp();
});

const handClock = (start = 1_722_816_000_000) => {
  let now = start;
  return { now: () => now, advance: (seconds: number) => void (now += seconds * 1000) };
};

const contractOn = (name: string, root: () => string): void =>
  queueContract(name, async () => {
    const clock = handClock();
    return {
      queue: opened(root(), { clock, visibilitySeconds: 30 }),
      visibilitySeconds: 30,
      advance: async (seconds) => clock.advance(seconds),
    };
  });

contractOn('a table on the disk', newFolder);

contractOn('a table on a disk without shared memory', withoutSharedMemory);

const job = (id: string, group = 'g') => ({ id, group, body: `body of ${id}` });
const ids = (taken: { id: string }[]): string[] => taken.map(({ id }) => id);

describe('a queue that is opened again', () => {
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
      const queue = opened(root);
      if (received === 1) await queue.put([job('1'), job('2')]);
      expect(await queue.take(1, 0)).toMatchObject([{ id: '1', received }]);
      await queue.close();
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
    expect(await second.take(1, 0)).toEqual([]);
    clock.advance(60);
    expect(ids(await second.take(1, 0))).toEqual(['1']);
  });

  test('keeps the order of the puts, and takes new ids, when the clock was set back', async () => {
    const root = newFolder();
    const clock = handClock();
    const first = opened(root, { clock });
    await first.put([job('1')]);
    clock.advance(-3600);
    await first.put([job('2')]);
    await first.close();
    const second = opened(root, { clock });
    await second.put([job('3'), job('1', 'h')]);
    expect(ids(await second.take(10, 0))).toEqual(['1', '2', '3', '1']);
  });

  test('still drops an id for five minutes, done or not, and then does not', async () => {
    const root = newFolder();
    const clock = handClock();
    const first = opened(root, { clock });
    await first.put([job('1'), job('2')]);
    await first.done(await first.take(1, 0));
    await first.close();
    clock.advance(290);
    const second = opened(root, { clock });
    await second.put([job('1'), job('2'), job('3')]);
    expect(ids(await second.list())).toEqual(['2', '3']);
    clock.advance(20);
    await second.put([job('1')]);
    expect(ids(await second.list())).toEqual(['2', '3', '1']);
  });

  test('holds on to files that are not its own', async () => {
    const root = newFolder();
    for (const name of ['notes.txt', 'queue.txt', 'queue.sqlite.bak']) writeFileSync(join(root, name), name);
    const queue = opened(root);
    await queue.put([job('1')]);
    await queue.done(await queue.take(1, 0));
    await queue.close();
    expect(readdirSync(root).sort()).toEqual([
      '.taker.lock',
      'notes.txt',
      'queue.sqlite',
      'queue.sqlite.bak',
      'queue.txt',
    ]);
    expect(await queue.setAside.list()).toEqual([]);
  });
});

describe('several queues on one folder', () => {
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

  test.each([
    ['a disk', newFolder],
    ['a disk without shared memory', withoutSharedMemory],
  ])('on %s a waiting take gets what another one puts', async (_, newRoot) => {
    const root = newRoot();
    const [taker, putter] = [opened(root), opened(root)];
    expect(await taker.take(1, 0)).toEqual([]);
    const waiting = taker.take(1, 60);
    await putter.put([job('1')]);
    const since = performance.now();
    expect(ids(await waiting)).toEqual(['1']);
    expect(performance.now() - since).toBeLessThan(10_000);
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

test('a file that comes from a disk with shared memory goes on where there is none', async () => {
  const root = newFolder();
  const first = opened(root);
  await first.put([job('1')]);
  await first.close();
  const second = opened(withoutSharedMemory(root));
  await second.put([job('2')]);
  expect(ids(await second.take(10, 0))).toEqual(['1', '2']);
});

describe('a queue that is closed', () => {
  test('ends the waiting takes with nothing, keeps what was being put, and refuses more', async () => {
    const root = newFolder();
    const queue = opened(root);
    const waiting = [queue.take(1, 60), queue.take(1, 60)];
    const putting = queue.put([job('1')]);
    await queue.close();
    await putting;
    expect(await Promise.all(waiting)).toEqual([[], []]);
    const calls = [queue.put([job('2')]), queue.take(1, 0), queue.list(), queue.done([]), queue.openTaker()];
    for (const answer of await Promise.allSettled(calls))
      expect((answer as PromiseRejectedResult).reason).toBeInstanceOf(Unavailable);
    expect(ids(await opened(root).list())).toEqual(['1']);
    expect(readdirSync(root)).not.toContain('taker.pid');
  });

  test('while it takes, leaves what it took to the next one', async () => {
    const root = newFolder();
    const queue = opened(root);
    await queue.put([job('1'), job('2', 'h')]);
    const taking = queue.take(1, 60);
    await queue.close();
    const taken = await taking;
    await expect(queue.done(taken)).rejects.toThrow(Unavailable);
    expect(await opened(root).take(10, 0)).toMatchObject([
      { id: '1', received: 2 },
      { id: '2', received: 1 },
    ]);
  });
});

test('puts that come together share one transaction, and keep their order', async () => {
  const root = newFolder();
  const queue = opened(root);
  const numbers = Array.from({ length: 200 }, (_, at) => String(at));
  await queue.list(); // Makes the tables.
  const before = statSync(join(root, 'queue.sqlite-wal')).size;
  await Promise.all(numbers.map((id) => queue.put([job(id)])));
  // A transaction of its own writes some five pages of 4 kB for each.
  expect(statSync(join(root, 'queue.sqlite-wal')).size - before).toBeLessThan(200 * 4096);
  expect(ids(await queue.list())).toEqual(numbers);
});

/** Changes the file behind the queue's back. */
const tamper = (root: string, sql: string): void => {
  const database = new DatabaseSync(join(root, 'queue.sqlite'));
  database.exec(sql);
  database.close();
};

describe('a row that does not hold what was put', () => {
  test('is set aside with all it holds, is reported, and holds up neither its group nor another', async () => {
    const root = newFolder();
    const reports: string[][] = [];
    const queue = opened(root, { onDamage: (...report) => void reports.push(report) });
    await queue.put([job('1'), job('2'), job('3', 'h')]);
    tamper(root, "UPDATE job SET body = 'body of X' WHERE id = '1'");
    expect(ids(await queue.take(10, 0))).toEqual(['2', '3']);
    const [{ name: path } = { name: '' }] = await queue.setAside.list();
    expect(reports).toEqual([[path, expect.stringContaining('checksum')]]);
    expect(path).toContain(join(root, 'broken'));
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ id: '1', group: 'g', body: 'body of X' });
    expect(ids(await queue.list())).toEqual(['2', '3']);
  });

  test('is passed over when it is all that was there', async () => {
    const root = newFolder();
    const queue = opened(root);
    await queue.put(Array.from({ length: 25 }, (_, at) => job(String(at))));
    tamper(root, "UPDATE job SET group_name = 'other'");
    expect(await queue.take(10, 0)).toEqual([]);
    expect(await queue.setAside.list()).toHaveLength(25);
    expect(queue.depth()).toEqual({ jobs: 0, groups: 0, oldestMs: 0 });
  });
});

describe('what jobs that are done leave behind', () => {
  const traces = ['U0MINSEO01', 'velog.io/@minseo', '나만의 제목'];
  const bytes = (root: string): string =>
    readdirSync(root)
      .filter((name) => name.startsWith('queue'))
      .map((name) => readFileSync(join(root, name), 'latin1'))
      .join('');
  const found = (root: string): string[] =>
    traces.filter((trace) => bytes(root).includes(Buffer.from(trace).toString('latin1')));

  test('is nowhere in the file or its log once it was erased', async () => {
    const root = newFolder();
    const queue = opened(root);
    for (let round = 0; round < 20; round += 1) {
      await queue.put(
        Array.from({ length: 20 }, (_, at) => ({
          id: `profile/U0MINSEO01/${round}/${at}`,
          group: `U0MINSEO01-${at}`,
          body: `${traces.join(' ')} `.repeat(1 + ((at * 37) % 300)),
        })),
      );
      for (let taken = await queue.take(10, 0); taken.length > 0; taken = await queue.take(10, 0))
        await queue.done(taken);
    }
    expect(found(root)).toEqual(traces);
    await queue.eraseTraces();
    expect(found(root)).toEqual([]);
    await queue.put([job('1')]);
    expect(ids(await queue.take(1, 0))).toEqual(['1']);
  });

  test('cannot be erased while another one takes', async () => {
    const root = newFolder();
    await opened(root).openTaker();
    await expect(opened(root).eraseTraces()).rejects.toThrow(Refused);
  });
});

describe('a private group', () => {
  const SECRET = 'https://hooks.slack.com/commands/T0TILTEAM1/742/a-secret-that-stays-nowhere';
  /** Where in the folder the secret stands. */
  const found = (root: string): string[] =>
    readdirSync(root).filter((name) => {
      const isFile = statSync(join(root, name), { throwIfNoEntry: false })?.isFile();
      return isFile && readFileSync(join(root, name), 'latin1').includes('a-secret');
    });
  const secret = (id: string, length = 1) => ({ id, group: 'person/U0MINSEO01', body: `${SECRET} `.repeat(length) });

  test.each([
    ['in shared memory', newFolder, 1],
    ['in shared memory, over many pages', newFolder, 400],
    ['without shared memory', withoutSharedMemory, 400],
  ])('leaves nothing on the disk when its jobs are done, %s', async (_what, folder, length) => {
    const root = folder();
    const queue = opened(root);
    await queue.put([job('before'), ...Array.from({ length: 20 }, (_, at) => secret(String(at), length))]);
    expect(found(root)).not.toEqual([]);
    const [before] = await queue.take(1, 0);
    await queue.retry((await queue.take(1, 0))[0] as Job, 0);
    for (let taken = await queue.take(7, 0); taken.length > 0; taken = await queue.take(7, 0)) await queue.done(taken);
    expect(found(root)).toEqual([]);
    await queue.done([before as Job]);
    expect(queue.depth().jobs).toBe(0);
  });

  test('that another process is reading is erased when that has ended', async () => {
    const root = newFolder();
    const queue = opened(root);
    await queue.put([secret('1'), job('2')]);
    const reader = new DatabaseSync(join(root, 'queue.sqlite'));
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM job').get();
    await queue.done(await queue.take(1, 0));
    expect(found(root)).not.toEqual([]);
    expect(ids(await queue.take(10, 0))).toEqual(['2']);
    reader.close();
    expect(await queue.take(10, 0)).toEqual([]);
    expect(found(root)).toEqual([]);
  });

  test('that a process did not come to erase before it died is erased by the next', async () => {
    const root = newFolder();
    const queue = openLocalQueue(root);
    await queue.put([secret('1')]);
    // As after a crash: the log lies beside the file, and the job in it is done.
    const reader = new DatabaseSync(join(root, 'queue.sqlite'));
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM job').get();
    await queue.done(await queue.take(1, 0));
    await queue.close();
    expect(found(root)).not.toEqual([]);
    reader.close();
    const next = opened(root);
    await next.take(1, 0);
    expect(found(root)).toEqual([]);
  });

  test('that is damaged is set aside without what it holds', async () => {
    const root = newFolder();
    const queue = opened(root);
    await queue.put([secret('1')]);
    const other = new DatabaseSync(join(root, 'queue.sqlite'));
    other.exec('UPDATE job SET checksum = 1');
    other.close();
    expect(await queue.take(1, 0)).toEqual([]);
    const [kept] = await queue.setAside.list();
    expect(kept?.text).toContain('checksum');
    expect(kept?.text).not.toContain('a-secret');
  });
});
