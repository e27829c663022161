import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { Corrupt, Unavailable } from '../../src/events/errors.ts';
import { type LocalQueue, openLocalQueue } from '../../src/queue/local.ts';
import { guardOf } from '../../src/queue/local-file.ts';
import type { Job } from '../../src/queue/queue.ts';
import { takeOverSpool } from '../../src/queue/spool-takeover.ts';
import { openTable } from '../../src/queue/table.ts';
import { seeded } from '../../src/sandbox/seeded.ts';
import { newFolder, startWithFileLimit, tidyUp } from '../support/storage-processes.ts';

const queues: LocalQueue[] = [];
const reports: string[][] = [];

/** A queue that is closed after the test, and whose reports are kept. */
const opened = (root: string): LocalQueue => {
  const queue = openLocalQueue(root, { onDamage: (...report) => void reports.push(report) });
  queues.push(queue);
  return queue;
};

afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.close()));
  reports.splice(0);
  await tidyUp();
});

const PAGE = 4096;
const job = (id: string, group = 'g') => ({ id, group, body: `body of ${id} `.repeat(40) });
const ids = (jobs: { id: string }[]): string[] => jobs.map(({ id }) => id);
const fileOf = (root: string): string => join(root, 'queue.sqlite');

/** Takes until nothing comes, and gives what came. */
const drain = async (queue: LocalQueue): Promise<Job[]> => {
  const all: Job[] = [];
  for (let taken = await queue.take(10, 0); taken.length > 0; taken = await queue.take(10, 0)) {
    all.push(...taken);
    await queue.done(taken);
  }
  return all;
};

/** A folder with a closed queue in which so many jobs wait, in seven groups. */
const filled = async (count: number): Promise<{ root: string; put: string[] }> => {
  const root = newFolder();
  const queue = openLocalQueue(root);
  const put = Array.from({ length: count }, (_, at) => `job-${at}`);
  await queue.put(put.map((id, at) => job(id, `g${at % 7}`)));
  await queue.close();
  return { root, put };
};

const overwrite = (path: string, at: number, bytes: Uint8Array): void => {
  const all = readFileSync(path);
  all.set(bytes.subarray(0, all.length - at), at);
  writeFileSync(path, all);
};

/** The first page on which the bytes of a job lie. */
const pageOf = (path: string, id: string): number => Math.floor(readFileSync(path).indexOf(`body of ${id} `) / PAGE);

describe('a damaged file', () => {
  test('is kept; what can be read goes on in a new one, and the rest is reported', async () => {
    const { root, put } = await filled(300);
    overwrite(fileOf(root), pageOf(fileOf(root), 'job-150') * PAGE, Buffer.alloc(PAGE, 0x5a));
    const before = readFileSync(fileOf(root));
    const queue = opened(root);
    const came = ids(await drain(queue)).sort();
    expect(came.length).toBeGreaterThan(280);
    expect(came.length).toBeLessThan(300);
    expect(reports).toEqual([
      [
        fileOf(root),
        expect.stringContaining(`${came.length} jobs could be read and go on, ${300 - came.length} could not`),
      ],
    ]);
    expect(put).toEqual(expect.arrayContaining(came));
    expect((await queue.setAside.list()).map(({ name }) => name)).toEqual([fileOf(root)]);
    expect(readFileSync(fileOf(root)).equals(before)).toBe(true);
    await queue.put([job('after')]);
    await queue.close();
    const again = opened(root);
    expect(ids(await again.take(10, 0))).toEqual(['after']);
    expect(reports).toHaveLength(1);
  });

  test('of which the index is damaged too is read from both ends', async () => {
    const { root } = await filled(300);
    overwrite(fileOf(root), pageOf(fileOf(root), 'job-150') * PAGE, Buffer.alloc(PAGE, 0x5a));
    spoilGroups(root);
    const queue = opened(root);
    expect(await drain(queue)).not.toHaveLength(0);
    await queue.close();
    expect(reports).toEqual([[fileOf(root), expect.stringMatching(/is damaged: 2[89]\d jobs could be read/)]]);
  });

  test('of which nothing can be read is reported, and the queue goes on', async () => {
    const { root } = await filled(10);
    overwrite(fileOf(root), 0, Buffer.alloc(PAGE, 0x5a));
    const queue = opened(root);
    expect(await queue.take(10, 0)).toEqual([]);
    expect(reports).toHaveLength(1);
    await queue.put([job('after')]);
    expect(ids(await queue.take(10, 0))).toEqual(['after']);
  });

  test('is no reason to mistake a new job for one that was taken before', async () => {
    const { root } = await filled(1);
    const before = opened(root);
    const taken = await before.take(1, 0);
    await before.close();
    overwrite(fileOf(root), 0, Buffer.alloc(PAGE, 0x5a));
    const queue = opened(root);
    await queue.openTaker();
    await queue.put([job('new')]);
    expect(ids(await queue.take(1, 0))).toEqual(['new']);
    await queue.done(taken);
    expect(ids(await queue.list())).toEqual(['new']);
  });

  test('keeps what was counted and put off, its order, and the ids of the last minutes', async () => {
    const root = newFolder();
    const first = openLocalQueue(root);
    await first.put([job('done'), ...['1', '2', '3'].map((id) => job(id)), job('later', 'h')]);
    const taken = await first.take(10, 0);
    await first.done(taken.filter(({ id }) => id === 'done'));
    await first.retry(taken.find(({ id }) => id === 'later') as Job, 600);
    await first.close();
    spoilGroups(root);
    const second = opened(root);
    await second.openTaker();
    await second.put([job('done'), job('2')]);
    expect((await second.take(10, 0)).map(({ id, received }) => [id, received])).toEqual([
      ['1', 2],
      ['2', 2],
      ['3', 2],
    ]);
    expect(ids(await second.list())).toEqual(['1', '2', '3', 'later']);
    expect(reports).toHaveLength(1);
  });

  test('that becomes so while it is taken from is mended then, and no taken job is given twice', async () => {
    const { root } = await filled(300);
    const [queue, other] = [opened(root), opened(root)];
    const taken = await queue.take(7, 0);
    expect(taken).toHaveLength(7);
    checkpoint(root);
    overwrite(fileOf(root), pageOf(fileOf(root), 'job-150') * PAGE, Buffer.alloc(PAGE, 0x5a));
    await other.put([job('fresh', 'fresh')]); // Another's commit is what makes a process read pages again.
    await queue.done(taken.slice(0, 3));
    const came = ids(await drain(queue));
    expect(reports).toHaveLength(1);
    expect(came).toContain('fresh');
    expect(came.filter((id) => ids(taken).includes(id))).toEqual([]);
    await queue.done(taken.slice(3));
    expect(ids(await drain(queue)).length + came.length).toBeGreaterThan(270);
  });

  test('gets no more puts of a process that had it open, which go into the new one', async () => {
    const { root } = await filled(300);
    const other = opened(root);
    await other.put([job('before')]);
    checkpoint(root);
    overwrite(fileOf(root), pageOf(fileOf(root), 'job-150') * PAGE, Buffer.alloc(PAGE, 0x5a));
    const taker = opened(root);
    await taker.openTaker();
    await other.put([job('after')]);
    expect(ids(await taker.list())).toEqual(expect.arrayContaining(['before', 'after']));
    expect(ids(await other.list())).toEqual(ids(await taker.list()));
  });

  test('is named to those who only put or look', async () => {
    const { root } = await filled(10);
    overwrite(fileOf(root), 0, Buffer.alloc(PAGE, 0x5a));
    const failure = opened(root).put([job('x')]);
    await expect(failure).rejects.toThrow(Corrupt);
    await expect(failure).rejects.toThrow(root);
    expect(readdirSync(root)).toEqual(['queue.sqlite']);
  });

  test('wherever it is, never gives a job that was not put so, and loses none without a word', async () => {
    const { root: good, put } = await filled(120);
    const size = readFileSync(fileOf(good)).length;
    const random = seeded(20_261_129);
    const below = (limit: number): number => Math.floor(random() * limit);
    for (let round = 0; round < 60; round += 1) {
      const root = newFolder();
      copyFileSync(fileOf(good), fileOf(root));
      const length = [1, 1, 16, PAGE, 3 * PAGE][below(5)] as number;
      overwrite(
        fileOf(root),
        below(size),
        Uint8Array.from({ length }, () => below(256)),
      );
      const before = reports.length;
      const queue = openLocalQueue(root, { onDamage: (...report) => void reports.push(report) });
      const came = await drain(queue);
      await queue.close();
      for (const { id, group, body } of came) expect({ id, group, body }).toEqual(job(id, group));
      if (new Set(ids(came)).size < put.length) expect(reports.length, `round ${round}`).toBeGreaterThan(before);
    }
  }, 120_000);
});

/** The index of the groups is not needed to read the jobs. */
const spoilGroups = (root: string): void => {
  const database = new DatabaseSync(fileOf(root));
  const { rootpage } = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'job_by_group'").get() as {
    rootpage: number;
  };
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  overwrite(fileOf(root), (rootpage - 1) * PAGE, Buffer.alloc(PAGE, 0x5a));
};

const checkpoint = (root: string): void => {
  const database = new DatabaseSync(fileOf(root));
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
};

describe('a full disk', () => {
  test('loses nothing that was acknowledged, and acknowledges nothing that it could not keep', async () => {
    const root = newFolder();
    const child = startWithFileLimit(4000, 'queue-child.ts', 'fill', root, 'job');
    expect(await child.line('refused')).toMatch(/^refused unavailable/);
    const acknowledged = child.lines().flatMap((line) => (line.startsWith('put ') ? [line.slice('put '.length)] : []));
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(await child.end).toBe(0);
    const queue = opened(root);
    expect(ids(await queue.list())).toEqual(acknowledged);
    await queue.put([job('after')]);
    expect(ids(await drain(queue))).toEqual([...acknowledged, 'after']);
    expect(reports).toEqual([]);
  });

  test('goes on when there is room again', () => {
    const database = new DatabaseSync(':memory:');
    const table = openTable(database, () => undefined);
    database.exec('PRAGMA max_page_count = 30');
    const acknowledged: string[] = [];
    const fill = (): void => {
      for (let at = 0; ; at += 1) {
        table.put([job(`job-${at}`), job(`half-${at}`)], 0);
        acknowledged.push(`job-${at}`, `half-${at}`);
      }
    };
    expect(fill).toThrow('full');
    expect(ids(table.list())).toEqual(acknowledged);
    database.exec('PRAGMA max_page_count = 1000');
    table.put([job('after')], 0);
    expect(ids(table.list())).toEqual([...acknowledged, 'after']);
  });
});

test('after bytes could not be forced down nothing is believed any more, though the disk would take them', () => {
  const guarded = guardOf('data/queue');
  const failing = (errcode: number) => () => {
    throw Object.assign(new Error('disk I/O error'), { errcode });
  };
  expect(() => guarded(failing(778))).toThrow(Unavailable); // A write that failed may be tried again.
  expect(guarded(() => 1)).toBe(1);
  expect(() => guarded(failing(1034))).toThrow(Unavailable);
  expect(() => guarded(() => 1)).toThrow('until the program is started again');
});

describe('power loss', () => {
  // What this assumes: bytes that were forced down (fsync) are on the disk afterwards; of those written later each may be there or not.
  // Once `put` has returned, all of the log that was written until then has been forced; the file itself is forced before a log
  // begins anew. That SQLite forces where it says so is not shown here: https://www.sqlite.org/atomiccommit.html and its own tests do.
  test('what is put is forced down; what is taken and done is not', () => {
    const database = new DatabaseSync(':memory:');
    const table = openTable(database, () => undefined);
    const synchronous = () => database.prepare('PRAGMA synchronous').get()?.['synchronous'];
    table.put([job('1')], 0);
    expect(synchronous()).toBe(2);
    const taken = table.take(1, 0, 1);
    expect(synchronous()).toBe(1);
    table.put([job('2')], 0);
    expect(synchronous()).toBe(2);
    table.done(taken);
    expect(synchronous()).toBe(1);
  });

  const copyOf = (root: string): string => {
    const copy = newFolder();
    for (const name of readdirSync(root).filter((each) => /^queue.*\.sqlite(-wal)?$/.test(each)))
      cpSync(join(root, name), join(copy, name));
    return copy; // Without the shared memory: that is gone with the power.
  };

  /** All that was acknowledged is there, whole, or was taken and done; nothing is reported. */
  const expectAll = async (root: string, acknowledged: readonly string[]): Promise<void> => {
    const queue = openLocalQueue(root, { onDamage: (...report) => void reports.push(report) });
    const came = await drain(queue);
    await queue.close();
    expect(reports).toEqual([]);
    expect(ids(came)).toEqual(expect.arrayContaining([...acknowledged]));
    for (const { id, group, body } of came) expect({ id, group, body }).toEqual(job(id, group));
  };

  test('at any byte behind the last acknowledged put costs nothing of it, however the rest is torn', async () => {
    const root = newFolder();
    const queue = opened(root);
    const acknowledged = Array.from({ length: 30 }, (_, at) => `job-${at}`);
    await queue.put([job('first', 'other')]);
    const taken = await queue.take(1, 0); // Not forced, but written before what is forced next.
    for (const id of acknowledged) await queue.put([job(id)]);
    const forced = readFileSync(`${fileOf(root)}-wal`).length;
    await queue.done(taken);
    await queue.put([job('half', 'half')]); // Power goes before this one is forced down.
    const whole = copyOf(root);
    const log = readFileSync(`${fileOf(whole)}-wal`);
    expect(log.length).toBeGreaterThan(forced);
    const random = seeded(7);
    for (let round = 0; round < 40; round += 1) {
      const copy = copyOf(whole);
      const cut = forced + Math.floor(random() * (log.length - forced));
      const torn = Buffer.from(log);
      if (round % 3 === 0) torn.fill(0, cut);
      if (round % 3 === 1) torn.fill(0x5a, cut, cut + 512);
      writeFileSync(`${fileOf(copy)}-wal`, round % 3 === 2 ? torn.subarray(0, cut) : torn);
      await expectAll(copy, acknowledged);
    }
  }, 120_000);

  test('while the log is written into the file leaves any mixture of old and new pages, and costs nothing', async () => {
    const root = newFolder();
    const queue = opened(root);
    const acknowledged = Array.from({ length: 60 }, (_, at) => `job-${at}`);
    for (const id of acknowledged.slice(0, 20)) await queue.put([job(id)]);
    checkpoint(root);
    for (const id of acknowledged.slice(20)) await queue.put([job(id)]);
    const before = copyOf(root);
    checkpoint(root);
    const [old, next] = [readFileSync(fileOf(before)), readFileSync(fileOf(root))];
    expect(next.length).toBeGreaterThan(old.length);
    const random = seeded(11);
    for (let round = 0; round < 20; round += 1) {
      const copy = copyOf(before);
      const pages = Array.from({ length: next.length / PAGE }, (_, page) =>
        (random() < 0.5 ? next : old).subarray(page * PAGE, (page + 1) * PAGE),
      );
      writeFileSync(fileOf(copy), Buffer.concat(pages.map((page) => Buffer.concat([page], PAGE))));
      await expectAll(copy, acknowledged);
    }
  }, 120_000);
});

describe('a spool of the time before the table', () => {
  const spool = (): string => {
    const root = newFolder();
    cpSync(join(import.meta.dirname, '../fixtures/spool'), root, { recursive: true });
    mkdirSync(join(root, '.tmp'));
    return root;
  };
  const NOW = 1_722_816_005_000;
  const openedAt = (root: string, now: number): LocalQueue => {
    const queue = openLocalQueue(root, {
      clock: { now: () => now },
      onDamage: (...report) => void reports.push(report),
    });
    queues.push(queue);
    return queue;
  };
  // a1 and e1 were done, a2 taken twice, b1 put back for ten minutes; one file is torn.
  const WAITING = ['a2', 'b1', 'a3', 'c1', 'c2', 'b2', 'd1'];

  test('is taken over once, in its order, with what was counted and put off, before what is there already', async () => {
    const root = spool();
    await openedAt(root, NOW).put([{ id: 'new', group: 'a', body: 'x' }]);
    const queue = openedAt(root, NOW);
    const came = await queue.take(10, 0);
    expect(came.map(({ id, received }) => `${id} ${received}`)).toEqual([
      'a2 3',
      'a3 2',
      'c1 2',
      'c2 2',
      'd1 2',
      'new 1',
    ]);
    expect(came[0]?.body).toBe('{"kind":"event","payload":{"text":"오늘 배운 것 a2"}}');
    expect(ids(await queue.list())).toEqual([...WAITING, 'new']);
    expect(reports).toEqual([[join(root, 'broken/1722816009000000-0000000a.json'), expect.any(String)]]);
    expect((await queue.setAside.list()).map(({ name }) => name)).toEqual([reports[0]?.[0]]);
    expect(readdirSync(root).filter((name) => ['jobs', 'taken', '.tmp'].includes(name))).toEqual([]);
    await queue.close();
    expect(ids(await openedAt(root, NOW + 601_000).take(10, 0))).toEqual([...WAITING, 'new']);
  });

  /** Takes over, and dies before the call of that number to the database. Gives whether it came to its end. */
  const takeOverUntil = (root: string, calls: number): boolean => {
    const database = new DatabaseSync(fileOf(root));
    openTable(database, () => undefined);
    let left = calls;
    const counted =
      <Result>(call: (sql: string) => Result) =>
      (sql: string): Result => {
        if (left-- <= 0) throw new Error('killed');
        return call(sql);
      };
    const exec = counted((sql) => database.exec(sql));
    const prepare = counted((sql) => database.prepare(sql));
    try {
      takeOverSpool(root, { exec, prepare, isTransaction: false } as unknown as DatabaseSync, () => undefined);
      return true;
    } catch (error) {
      expect(String(error)).toContain('killed');
      return false;
    } finally {
      database.close(); // What was not committed is gone.
    }
  };

  test('is taken over wholly and once, also when that was cut short before any step', async () => {
    let cuts = 0;
    for (let isEnded = false; !isEnded; cuts += 1) {
      const root = spool();
      isEnded = takeOverUntil(root, cuts);
      expect(ids(await openedAt(root, NOW).take(10, 0))).toHaveLength(5);
      expect(ids(await openedAt(root, NOW).list())).toEqual(WAITING);
    }
    expect(cuts).toBeGreaterThan(20);
  });

  test('is not taken over again when its files could be removed only in part', async () => {
    const root = spool();
    let steps = 0;
    while (!takeOverUntil(spool(), steps)) steps += 1;
    expect(takeOverUntil(root, steps - 1)).toBe(false); // All but the last: the note of what was taken over is still there.
    expect(existsSync(join(root, 'jobs'))).toBe(false);
    cpSync(join(import.meta.dirname, '../fixtures/spool'), root, { recursive: true });
    rmSync(join(root, 'jobs', '1722816001000000-64efbfc6.json'));
    const queue = openedAt(root, NOW);
    await queue.openTaker();
    expect(ids(await queue.list())).toEqual(WAITING);
  });
});
