import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Corrupt, Refused } from '../../src/events/errors.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { filesBucket } from '../../src/store/files.ts';
import { folderEraser } from '../../src/store/folder-eraser.ts';
import { openBody } from '../../src/store/log.ts';
import { putOther, traceIn } from '../../src/store/other.ts';
import { s3Bucket, s3Client } from '../../src/store/s3.ts';
import { s3TraceEraser } from '../../src/store/s3-trace-eraser.ts';
import { traceEraser } from '../../src/store/trace-eraser.ts';
import { sumUpTraces } from '../../src/store/trace-sums.ts';
import { erasableBucket } from '../support/erasable.ts';
import { ERASER, startS3Server } from '../support/s3-server.ts';
import { temporaryFolder } from '../support/serving.ts';
import { contents } from '../support/world.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const MONDAY = Date.parse('2024-08-05T00:00:00Z') / 1000;
const DAY = 86_400;

interface Trace {
  at: number;
  type: string;
  channel: string;
}

const put = (log: Bucket, { at, type, channel }: Trace): Promise<void> => {
  const dated = `${at}.000459`;
  return putOther(log, { type, channel, at: dated }, { type, channel, ts: dated });
};

/** What the log counts: each trace once that lies there or is in a sum, by day, type and channel. */
const countsOf = async (log: Bucket): Promise<Record<string, number>> => {
  const ids = new Map<string, Set<string>>();
  const note = (name: string, id: string) => ids.set(name, (ids.get(name) ?? new Set()).add(id));
  const counted = new Set<string>();
  for (const [key, text] of Object.entries(await contents(log, 'counts/'))) {
    const { day, count, of } = JSON.parse(openBody(Buffer.from(text), key));
    expect(of.reduce((sum: number, each: { count: number }) => sum + each.count, 0)).toBe(count);
    for (const { type, channel, count: each, traces } of of) {
      expect(traces).toHaveLength(each);
      for (const id of traces) counted.add(note(`${day} ${type} ${channel}`, id) && id);
    }
  }
  const { digestOf } = await import('../../src/store/digest.ts');
  for (const [key, text] of Object.entries(await contents(log, 'other/'))) {
    const { type, channel } = JSON.parse(text);
    note(`${traceIn(key)?.day} ${type} ${channel}`, digestOf(key, 16));
  }
  return Object.fromEntries([...ids].sort().map(([name, each]) => [name, each.size]));
};

const trace = fc.record({
  at: fc.integer({ min: MONDAY, max: MONDAY + 4 * DAY - 1 }),
  type: fc.constantFrom('message', 'reaction_added', 'team_join'),
  channel: fc.constantFrom('C0OTHER001', 'C0OTHER002'),
});

test('whatever crashes, however often and by how many it is done: nothing is lost, and nothing counted twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(trace, { minLength: 1, maxLength: 12, selector: ({ at }) => at }),
      fc.integer({ min: 0, max: 4 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }),
      async (traces, days, crashes) => {
        let calls = 0;
        let crash = Number.POSITIVE_INFINITY;
        const { bucket, eraser, erased } = erasableBucket(() => ++calls === crash);
        for (const each of traces) await put(bucket, each);
        const before = MONDAY + days * DAY;
        const expected = await countsOf(bucket);
        for (const after of [...crashes, Number.POSITIVE_INFINITY]) {
          crash = calls + after;
          const runs = [1, 2].map(() => sumUpTraces(bucket, traceEraser(eraser), before));
          await Promise.allSettled(runs);
          crash = Number.POSITIVE_INFINITY;
          expect(await countsOf(bucket)).toEqual(expected);
        }
        await sumUpTraces(bucket, traceEraser(eraser), before);
        const left = Object.keys(await contents(bucket, 'other/'));
        expect(left).toHaveLength(traces.filter(({ at }) => at >= before).length);
        expect(new Set(erased.map((key) => key.split('/')[0]))).toEqual(new Set(erased.length > 0 ? ['other'] : []));
      },
    ),
    { numRuns: 150 },
  );
});

test('what comes after its day was summed up is counted the next time, and once', async () => {
  const { bucket, eraser } = erasableBucket();
  const late = { at: MONDAY + 60, type: 'message', channel: 'C0OTHER001' };
  await put(bucket, { ...late, at: MONDAY });
  await sumUpTraces(bucket, traceEraser(eraser), MONDAY + DAY);
  await put(bucket, late);
  await put(bucket, { ...late, at: MONDAY }); // Slack, after all this time, once more.
  expect(await sumUpTraces(bucket, traceEraser(eraser), MONDAY + DAY)).toEqual({ counted: 1, erased: 2 });
  expect(await countsOf(bucket)).toEqual({ '2024-08-05 message C0OTHER001': 2 });
});

test('a copy that still has the traces counts them no second time', async () => {
  const { bucket, eraser } = erasableBucket();
  for (let at = MONDAY; at < MONDAY + 5; at++) await put(bucket, { at, type: 'message', channel: 'C0OTHER001' });
  const copy = erasableBucket();
  const copyAll = async (): Promise<void> => {
    for (const [key, text] of Object.entries(await contents(bucket))) await copy.bucket.putNew(key, Buffer.from(text));
  };
  await copyAll();
  await sumUpTraces(bucket, traceEraser(eraser), MONDAY + DAY);
  await copyAll();
  expect(await sumUpTraces(copy.bucket, traceEraser(copy.eraser), MONDAY + DAY)).toEqual({ counted: 0, erased: 5 });
  expect(await countsOf(copy.bucket)).toEqual({ '2024-08-05 message C0OTHER001': 5 });
});

test('many traces of a day go into several sums, and time that is up leaves the rest for the next night', async () => {
  const { bucket, eraser } = erasableBucket();
  const eraseTogether = async (keys: readonly string[]) => void (await eraser.erase(keys[0] as string));
  for (let at = MONDAY; at < MONDAY + 1001; at++) await put(bucket, { at, type: 'message', channel: 'C0OTHER001' });
  let asked = 0;
  expect(await sumUpTraces(bucket, eraseTogether, MONDAY + DAY, () => ++asked === 1)).toMatchObject({ counted: 1000 });
  expect(await sumUpTraces(bucket, eraseTogether, MONDAY + DAY)).toMatchObject({ counted: 1 });
});

describe('what stays', () => {
  test('is the day that is not over, and what has no date', async () => {
    const { bucket, eraser } = erasableBucket();
    await putOther(bucket, { type: 'socket.new' }, { envelope_id: 'x' });
    await put(bucket, { at: MONDAY + 10, type: 'message', channel: 'C0OTHER001' });
    await put(bucket, { at: MONDAY + DAY, type: 'message', channel: 'C0OTHER001' });
    expect(await sumUpTraces(bucket, traceEraser(eraser), MONDAY + DAY - 1)).toEqual({ counted: 0, erased: 0 });
    expect(await sumUpTraces(bucket, traceEraser(eraser), MONDAY + DAY)).toEqual({ counted: 1, erased: 1 });
    expect(Object.keys(await contents(bucket, 'other/'))).toHaveLength(2);
  });

  test('is the day of a sum that is damaged, since nobody knows what it counted', async () => {
    const { bucket, eraser, erased } = erasableBucket();
    await bucket.putNew('counts/2024-08-05/0123456789abcdef.json', Buffer.from('{}'));
    await put(bucket, { at: MONDAY, type: 'message', channel: 'C0OTHER001' });
    await expect(sumUpTraces(bucket, traceEraser(eraser), MONDAY + DAY)).rejects.toThrow(Corrupt);
    expect(erased).toEqual([]);
  });

  test.each([
    'events/C0TILCHAN1/2024-W32/1722816000.000459-message.posted-1722816000.000459.json',
    'counts/2024-08-05/0123456789abcdef.json',
    'other/2024-W32/1722816000.000459-0123456789abcdef.json/x',
    'other/2024-W33/1722816000.000459-0123456789abcdef.json',
    'other/1970-W01/0000000000.000000-0123456789abcdef.json',
    'other/2024-W32/1722902400.000459-0123456789abcdef.json',
  ])('whatever asks: %s', async (key) => {
    const { bucket, eraser, erased } = erasableBucket();
    await put(bucket, { at: MONDAY, type: 'message', channel: 'C0OTHER001' });
    const sound = Object.keys(await contents(bucket, 'other/'));
    await expect(traceEraser(eraser)([...sound, key], MONDAY + DAY)).rejects.toThrow(Refused);
    expect(erased).toEqual([]);
  });
});

test('a trace that is damaged counts too', async () => {
  const { bucket, eraser } = erasableBucket();
  await bucket.putNew(`other/2024-W32/${MONDAY}.000459-0123456789abcdef.json`, Buffer.from('{'));
  expect(await sumUpTraces(bucket, traceEraser(eraser), MONDAY + DAY)).toEqual({ counted: 1, erased: 1 });
  expect(await countsOf(bucket)).toEqual({ '2024-08-05 unreadable undefined': 1 });
});

test('in a folder, and on S3 with all versions', async () => {
  const server = await startS3Server({ buckets: ['log'], versioned: true, policies: { log: 'create-only' } });
  const client = s3Client({ ...server.environment, AWS_ACCESS_KEY_ID: ERASER });
  const places = [
    { log: filesBucket(folder), erase: traceEraser(folderEraser(folder)) },
    { log: s3Bucket({ client, bucket: 'log' }), erase: s3TraceEraser({ client, bucket: 'log' }) },
  ];
  for (const { log, erase } of places) {
    for (let at = MONDAY; at < MONDAY + 20; at++) await put(log, { at, type: 'message', channel: 'C0OTHER001' });
    await put(log, { at: MONDAY + DAY, type: 'message', channel: 'C0OTHER001' });
    expect(await sumUpTraces(log, erase, MONDAY + DAY)).toEqual({ counted: 20, erased: 20 });
    expect(Object.keys(await contents(log)).map((key) => key.split('/')[0])).toEqual(['counts', 'other']);
  }
  expect(server.objects('log').versions('other/')).toHaveLength(1);
  client.destroy();
  await server.close();
});
