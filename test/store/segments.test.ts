import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { type Corrupt, Unavailable } from '../../src/events/errors.ts';
import { weekOfEvent } from '../../src/events/key.ts';
import { calendarOf } from '../../src/events/week.ts';
import { rebuild, verify } from '../../src/history/rebuild.ts';
import { sealQuietWeeks } from '../../src/history/seal.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { openLog } from '../../src/store/log.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { openSegment } from '../../src/store/segments.ts';
import { faultyBucket } from '../support/faulty.ts';
import { CHANNEL, challengeWith, contents } from '../support/world.ts';

const challenge = challengeWith();
const calendar = calendarOf('Asia/Seoul');
const WEEK = '2024-W32';
const PREFIX = `events/${CHANNEL}/${WEEK}/`;
const SEGMENTS = `segments/${CHANNEL}/${WEEK}/`;
const LATER = Date.parse('2024-08-20T00:00:00+09:00');

const base = { v: 1, channel: CHANNEL } as const;
const reply = (number: number): Event => {
  const ts = `17228658${10 + number}.000001`;
  const author = { user: 'U0MINSEO01' };
  return {
    ...base,
    kind: 'message.posted',
    at: ts,
    ts,
    author,
    text: `글 ${number}`,
    links: [`https://velog.io/@m/${number}`],
  };
};

const written = async (count = 5): Promise<Bucket> => {
  const bucket = memoryBucket({ pageSize: 3 });
  for (let number = 0; number < count; number++) await openLog(bucket, challenge).append(reply(number));
  return bucket;
};

const sealed = async (): Promise<Bucket> => {
  const bucket = await written();
  await sealQuietWeeks(challenge, bucket, LATER);
  return bucket;
};

/** A bucket whose objects can be damaged, as only a disk can. */
const damageable = async (
  bucket: Bucket,
): Promise<{ bucket: Bucket; put(key: string, text: string | undefined): void }> => {
  const changed = new Map<string, Uint8Array | undefined>();
  const seen: Bucket = {
    ...bucket,
    get: async (key) => {
      if (!changed.has(key)) return bucket.get(key);
      const bytes = changed.get(key);
      return bytes && { bytes, etag: 'damaged' };
    },
    list: async (prefix, after) => {
      const page = await bucket.list(prefix, after);
      return { ...page, entries: page.entries.filter(({ key }) => !changed.has(key) || changed.get(key)) };
    },
  };
  return {
    bucket: seen,
    put: (key, text) => void changed.set(key, text === undefined ? undefined : new TextEncoder().encode(text)),
  };
};

const readAll = (bucket: Bucket): Promise<Event[]> => openLog(bucket, challenge).readWeek(WEEK);
const problems = async (bucket: Bucket): Promise<string[]> => {
  const found: Corrupt[] = [];
  await openLog(bucket, challenge).readOriginals(WEEK, (error) => found.push(error));
  return found.map(({ message }) => message);
};
const keysIn = async (bucket: Bucket, prefix: string): Promise<string[]> => Object.keys(await contents(bucket, prefix));

describe('a sealed week', () => {
  test('reads as it did before, from one segment', async () => {
    const before = await readAll(await written());
    const bucket = faultyBucket(await sealed(), () => undefined);
    expect(await readAll(bucket)).toEqual(before);
    expect(bucket.calls.filter(({ method }) => method === 'get').map(({ key }) => key.slice(0, 9))).toEqual([
      'segments/',
      'segments/',
    ]);
    expect(await problems(bucket)).toEqual([]);
    expect(await keysIn(bucket, PREFIX)).toHaveLength(5);
  });

  test('is not sealed again, until something has come and it is quiet once more', async () => {
    const bucket = await sealed();
    const before = await contents(bucket);
    expect((await sealQuietWeeks(challenge, bucket, LATER)).weeks).toEqual([{ week: WEEK, outcome: 'as it was' }]);
    expect(await contents(bucket)).toEqual(before);
    await openLog(bucket, challenge).append(reply(6));
    await openLog(bucket, challenge).append({
      ...base,
      kind: 'reaction.added',
      at: '1724000000.000001',
      item: '1722865810.000001',
      user: 'U0JIHO0001',
      name: '+1',
    });
    expect(await readAll(bucket)).toHaveLength(7);
    expect((await sealQuietWeeks(challenge, bucket, Date.parse('2024-08-20T00:00:00+09:00'))).weeks[0]?.outcome).toBe(
      'not quiet',
    );
    expect((await sealQuietWeeks(challenge, bucket, Date.parse('2024-08-25T00:00:00+09:00'))).weeks[0]).toMatchObject({
      outcome: 'sealed',
      events: 7,
    });
    expect(await readAll(bucket)).toHaveLength(7);
    expect((await keysIn(bucket, SEGMENTS)).filter((key) => key.includes('manifest'))).toHaveLength(2);
    expect(await problems(bucket)).toEqual([]);
  });

  test('a week that is not over for two days stays open', async () => {
    const bucket = await written();
    for (const [now, outcome] of [
      ['2024-08-13T23:59:00+09:00', 'not quiet'],
      ['2024-08-14T00:00:00+09:00', 'sealed'],
    ] as const)
      expect((await sealQuietWeeks(challenge, bucket, Date.parse(now))).weeks[0]?.outcome).toBe(outcome);
  });
});

describe('sealing that is cut short', () => {
  test('at any call, before or after the deed, is harmless, and done again it is whole', async () => {
    const expected = await readAll(await written());
    for (const side of ['before', 'after'] as const) {
      for (let step = 1; ; step++) {
        const bucket = await written();
        let calls = 0;
        const faulty = faultyBucket(bucket, (number) => ((calls = number) === step ? side : undefined));
        await sealQuietWeeks(challenge, faulty, LATER).catch(() => undefined);
        expect(await readAll(bucket)).toEqual(expected);
        expect(await problems(bucket)).toEqual([]);
        await sealQuietWeeks(challenge, bucket, LATER);
        expect(await readAll(bucket)).toEqual(expected);
        expect((await keysIn(bucket, SEGMENTS)).filter((key) => key.includes('manifest'))).toHaveLength(1);
        if (calls < step) break;
      }
    }
  });

  test('in a week of very many events goes on where it stopped', async () => {
    const bucket = await written(20);
    const expected = await readAll(bucket);
    let reads: string[] = [];
    const noting: Bucket = {
      ...bucket,
      get: async (key) => {
        if (key.startsWith(PREFIX)) reads.push(key);
        return bucket.get(key);
      },
    };
    // The function's time is up when half of the objects are read: three portions of four are sealed by then.
    const stopping: Bucket = {
      ...noting,
      get: (key) =>
        reads.length >= 12 && key.startsWith(PREFIX) ? Promise.reject(new Unavailable('over')) : noting.get(key),
    };
    await expect(sealQuietWeeks(challenge, stopping, LATER, { portion: 4 })).rejects.toThrow('over');
    expect([await readAll(bucket), await problems(bucket)]).toEqual([expected, []]);
    const before = reads;
    reads = [];
    expect((await sealQuietWeeks(challenge, noting, LATER, { portion: 4 })).weeks).toEqual([
      { week: WEEK, outcome: 'sealed', events: 20, bytes: expect.any(Number) },
    ]);
    expect(reads).toHaveLength(8);
    expect(reads.filter((key) => before.includes(key))).toEqual([]);
    expect([await readAll(bucket), await problems(bucket)]).toEqual([expected, []]);
    expect((await sealQuietWeeks(challenge, bucket, LATER, { portion: 4 })).weeks[0]?.outcome).toBe('as it was');
  });

  test('in parts is the same as at once, and names what is damaged', async () => {
    const [parts, whole] = [await written(20), await written(20)];
    await sealQuietWeeks(challenge, parts, LATER, { portion: 7 });
    await sealQuietWeeks(challenge, whole, LATER);
    const held = async (bucket: Bucket) => [...((await openSegment(bucket, CHANNEL, WEEK))?.bodies() ?? [])];
    expect(await held(parts)).toHaveLength(20);
    expect(await held(parts)).toEqual(await held(whole));
    const { bucket, put } = await damageable(await written(20));
    const [key = ''] = await keysIn(bucket, PREFIX);
    put(key, 'rotten');
    const { weeks } = await sealQuietWeeks(challenge, bucket, LATER, { portion: 7 });
    expect(weeks).toEqual([{ week: WEEK, outcome: 'damaged', details: [expect.stringContaining(key)] }]);
  });

  test('a segment that reads back otherwise gets no manifest', async () => {
    const bucket = await written();
    const lying: Bucket = {
      ...bucket,
      get: async (key) => (key.endsWith('.zst') ? { bytes: new Uint8Array([1, 2, 3]), etag: 'x' } : bucket.get(key)),
    };
    expect((await sealQuietWeeks(challenge, lying, LATER)).weeks).toEqual([
      { week: WEEK, outcome: 'damaged', details: [expect.stringMatching(/^segments\/.*damaged/)] },
    ]);
    expect((await keysIn(bucket, SEGMENTS)).filter((key) => key.includes('manifest'))).toEqual([]);
    expect(await readAll(bucket)).toHaveLength(5);
  });
});

describe('damage', () => {
  test('to a segment or a manifest is named, and the objects are read instead', async () => {
    for (const part of ['.zst', 'manifest-']) {
      const { bucket, put } = await damageable(await sealed());
      const key = (await keysIn(bucket, SEGMENTS)).find((each) => each.includes(part)) as string;
      put(key, 'rotten');
      expect(await readAll(bucket)).toHaveLength(5);
      expect(await problems(bucket)).toEqual([expect.stringContaining(key)]);
    }
  });

  test('to an object is named, and its copy holds', async () => {
    const { bucket, put } = await damageable(await sealed());
    const state = memoryBucket();
    await rebuild(challenge, { log: bucket, state });
    const key = (await keysIn(bucket, PREFIX))[2] as string;
    for (const body of ['rotten', undefined]) {
      put(key, body);
      expect(await readAll(bucket)).toHaveLength(5);
      const { differences } = await verify(challenge, { log: bucket, state });
      expect(differences).toEqual([{ key, problem: 'damaged', detail: expect.any(String) }]);
    }
  });

  test('an object that says something else than its copy is named', async () => {
    const { bucket, put } = await damageable(await sealed());
    const other = memoryBucket();
    await openLog(other, challenge).append({ ...reply(2), text: 'forged' } as Event);
    const [[key, body] = ['', '']] = Object.entries(await contents(other));
    put(key, body);
    expect(await problems(bucket)).toEqual([expect.stringMatching(new RegExp(`^${key}: holds something else`))]);
  });

  test('that keeps one week from being sealed keeps no other', async () => {
    const bucket = await written();
    const before: Event = {
      v: 1,
      kind: 'member.joined',
      channel: challenge.channel,
      at: '1721700000.000000',
      user: 'U0MINSEO01',
    };
    const week = weekOfEvent(before, calendar);
    await openLog(bucket, challenge).append(before);
    const unreadable: Bucket = {
      ...bucket,
      list: async (prefix, after) => {
        if (!prefix.startsWith(`events/${challenge.channel}/${week}`)) return bucket.list(prefix, after);
        throw new Unavailable('cannot list', { cause: Object.assign(new Error('EIO'), { code: 'EIO' }) });
      },
    };
    const { weeks } = await sealQuietWeeks(challenge, unreadable, LATER);
    expect(weeks.map((each) => [each.week, each.outcome])).toEqual([
      [week, 'damaged'],
      [WEEK, 'sealed'],
    ]);
    const away: Bucket = { ...bucket, list: () => Promise.reject(new Unavailable('the storage is away')) };
    await expect(sealQuietWeeks(challenge, away, LATER)).rejects.toThrow('away');
  });

  test('keeps a week from being sealed, and is named', async () => {
    const { bucket, put } = await damageable(await written());
    const key = (await keysIn(bucket, PREFIX))[1] as string;
    put(key, 'rotten');
    expect((await sealQuietWeeks(challenge, bucket, LATER)).weeks).toEqual([
      { week: WEEK, outcome: 'damaged', details: [expect.stringContaining(key)] },
    ]);
    expect(await keysIn(bucket, SEGMENTS)).toEqual([]);
  });
});
