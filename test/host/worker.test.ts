import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { Conflict, Refused, Unavailable } from '../../src/events/errors.ts';
import { verify } from '../../src/history/rebuild.ts';
import { createWorker, MAX_JOB_TRIES } from '../../src/host/worker.ts';
import { type Bookkeeping, type BookkeepingPorts, createBookkeeping } from '../../src/pipeline/bookkeeping.ts';
import { keys } from '../../src/pipeline/keys.ts';
import { publishMonth } from '../../src/pipeline/publish.ts';
import { jobOf } from '../../src/queue/jobs.ts';
import type { Job } from '../../src/queue/queue.ts';
import { seeded } from '../../src/sandbox/seeded.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { faultyBucket } from '../support/faulty.ts';
import { below } from '../support/random.ts';
import { CHANNEL, challengeWith, contents, createCounter, createWorld, payload } from '../support/world.ts';

const challenge = challengeWith();
const MONTH = '2024-08';
const LEDGER = keys.ledger(CHANNEL, '2024-W32');

const jobOfPayload = (body: unknown, id: string, received = 1): Job => ({
  ...jobOf(id, CHANNEL, { kind: 'event', payload: body }),
  received,
  handle: id,
});

/** The batch that most tests send: a weekly post, replies, an edit, a deletion, likes. */
const BATCH = [1, 3, 5, 6, 14, 15, 10, 8, 20, 17].map((number) => jobOfPayload(payload(number), String(number)));

const workerOn = (log: Bucket, state: Bucket, alarm?: BookkeepingPorts['alarm']) => {
  const documents = openDocuments(state);
  return { documents, ...createCounter({ log, documents, challenges: [challenge], alarm }) };
};

/** What a batch leaves behind when nothing goes wrong. */
const reference = async (jobs: readonly Job[]) => {
  const [log, state] = [memoryBucket(), memoryBucket()];
  const { documents, worker } = workerOn(log, state);
  expect(await worker.handle([...jobs])).toMatchObject({ failed: [] });
  await publishMonth(documents, challenge, MONTH);
  return { log: await contents(log), state: await contents(state) };
};

/** A reply whose preview has an address that no translation lets through, and that the fold cannot take. */
const poison = (at: string): Event => ({
  v: 1,
  kind: 'message.posted',
  channel: CHANNEL,
  at,
  ts: at,
  author: { user: 'U0POISON01' },
  text: '',
  links: [],
  previews: [{ url: 'constructor', title: 'x' }],
});

const reply = (week: number, position: number): Event => ({
  v: 1,
  kind: 'message.posted',
  channel: CHANNEL,
  at: `${1_722_820_000 + week * 604_800 + position}.000100`,
  ts: `${1_722_820_000 + week * 604_800 + position}.000100`,
  author: { user: `U0MEMBER${String(position).padStart(2, '0')}` },
  thread: `${1_722_817_810 + week * 604_800}.000100`,
  text: '',
  links: ['https://velog.io/@x/y'],
});

const append = async ({ bookkeeping }: { bookkeeping: Bookkeeping }, events: Event[]): Promise<void> => {
  for (const event of events) await bookkeeping.appendEvent(event);
  await bookkeeping.foldEvents(events);
};

describe('an event that the fold cannot take', () => {
  const places = [1, 2, 3, 4].flatMap((weeks) => Array.from({ length: 10 }, (_, index) => [index, weeks] as const));

  test.each(places)('at place %i, in %i weeks: it goes aside, and its neighbours count', async (index, weeks) => {
    const clean = Array.from({ length: 10 }, (_, position) => reply(position % weeks, position));
    const bad = poison(`${1_722_830_000 + (index % weeks) * 604_800}.000100`);
    const [log, state, expected] = [memoryBucket(), memoryBucket(), memoryBucket()];
    await append(workerOn(log, state), [...clean.slice(0, index), bad, ...clean.slice(index)]);
    await append(workerOn(memoryBucket(), expected), clean);
    expect(await contents(state)).toEqual(await contents(expected));
    const aside = Object.values(await contents(log, 'quarantine/'));
    expect(aside.map((text) => JSON.parse(text).content)).toEqual([bad]);
    expect(JSON.parse(aside[0] as string).reason).toMatch(/^message.posted cannot be folded: /);
  });

  test('is told of once, however often its week is folded', async () => {
    const alarms: string[] = [];
    const [log, state] = [memoryBucket(), memoryBucket()];
    const alarm = async (code: string) => void alarms.push(code);
    const worker = workerOn(log, state, alarm);
    for (let times = 0; times < 3; times++) await append(worker, [poison('1722830000.000100'), reply(0, times)]);
    expect(alarms).toEqual(['quarantine']);
  });

  test('is named by verify', async () => {
    const [log, state] = [memoryBucket(), memoryBucket()];
    const counter = workerOn(log, state);
    const { documents } = counter;
    await append(counter, [poison('1722830000.000100'), reply(0, 1)]);
    await publishMonth(documents, challenge, MONTH);
    expect((await verify(challenge, { log, state })).differences).toEqual([
      {
        key: `events/${CHANNEL}/2024-W32/1722830000.000100-message.posted-1722830000.000100.json`,
        problem: 'damaged',
        detail: expect.stringMatching(/^message.posted cannot be folded: /),
      },
    ]);
  });
});

describe('a job that is no event', () => {
  const broken = [
    [
      'a payload with a hostile id',
      jobOfPayload({ ...payload(14), event: { ...payload(14).event, user: '../../x' } }, 'b'),
    ],
    ['a body of no known kind', { id: 'b', group: CHANNEL, body: '{"kind":"tomorrow"}', received: 1, handle: 'b' }],
    ['a body that is no JSON', { id: 'b', group: CHANNEL, body: 'x', received: 1, handle: 'b' }],
    [
      'a malformed request',
      { ...jobOf('b', CHANNEL, { kind: 'malformed', reason: 'no JSON', raw: 'eA==' }), received: 1, handle: 'b' },
    ],
  ] as const;

  test.each(broken)('%s goes aside at any place of a batch, and its neighbours count', async (_name, job) => {
    const clean = BATCH.slice(0, 9);
    const expected = await reference(clean);
    for (let index = 0; index < 10; index++) {
      const [log, state] = [memoryBucket(), memoryBucket()];
      const { documents, worker } = workerOn(log, state);
      const { done, failed } = await worker.handle([...clean.slice(0, index), job, ...clean.slice(index)]);
      await publishMonth(documents, challenge, MONTH);
      expect([done.length, failed.length]).toEqual([10, 0]);
      expect(await contents(state)).toEqual(expected.state);
      expect(Object.keys(await contents(log, 'quarantine/'))).toHaveLength(1);
      expect(await contents(log, 'events/')).toEqual(expected.log);
    }
  });
});

describe('another event has the key already', () => {
  test('the first holds in log and ledger, the second goes aside, and verify agrees', async () => {
    for (const text of ['a', 'z']) {
      const world = createWorld();
      const second = payload(3);
      Object.assign(second.event, { text, blocks: [] });
      await world.deliver(payload(1), payload(3));
      const before = [await contents(world.log, 'events/'), await contents(world.state)];
      await world.deliver(second);
      expect([await contents(world.log, 'events/'), await contents(world.state)]).toEqual(before);
      expect(Object.keys(await contents(world.log, 'quarantine/'))).toHaveLength(1);
      expect(world.alarms).toHaveLength(1);
      expect((await verify(challenge, world)).differences).toEqual([]);
    }
  });

  test('and is damaged: what comes again is kept aside, and the batch goes on', async () => {
    const world = createWorld();
    await world.deliver(payload(1), payload(3));
    const key = `events/${CHANNEL}/2024-W32/1722865849.468459-message.posted-1722865849.468459.json`;
    const stored = await world.log.get(key);
    await world.log.putIf(key, new TextEncoder().encode('{}'), stored?.etag as string);
    await world.deliver(payload(3), payload(14));
    expect(Object.keys(await contents(world.log, 'quarantine/'))).toHaveLength(1);
    expect((await world.week('2024-W32'))?.posts[0]?.likes).toBe(1);
  });
});

describe('storage that fails', () => {
  /** Has the batch handled, and all that failed again, as a queue does, until all is done and published. */
  const drive = async (jobs: readonly Job[], open: () => ReturnType<typeof workerOn>): Promise<number> => {
    let { documents, worker } = open();
    let waiting = [...jobs];
    for (let rounds = 1; rounds < 50; rounds++) {
      const { failed } = await worker.handle(waiting);
      waiting = failed.map(({ job }) => ({ ...job, received: job.received + 1 }));
      try {
        if (waiting.length === 0) await publishMonth(documents, challenge, MONTH);
        if (waiting.length === 0) return rounds;
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
      }
      if (rounds % 2 === 1) ({ documents, worker } = open()); // As after a restart, with nothing remembered.
    }
    throw new Error('it never ended');
  };

  const countCalls = async (): Promise<number> => {
    let calls = 0;
    const count = () => void (calls += 1);
    await drive(BATCH, () => workerOn(faultyBucket(memoryBucket(), count), faultyBucket(memoryBucket(), count)));
    return calls;
  };

  test.each(['before', 'after'] as const)(
    'at any one call, %s its deed: the same bytes in the end, and nothing aside',
    async (when) => {
      const expected = await reference(BATCH);
      const calls = await countCalls();
      expect(calls).toBeGreaterThan(40);
      for (let failing = 1; failing <= calls; failing++) {
        const [log, state] = [memoryBucket(), memoryBucket()];
        let number = 0;
        const fault = () => ((number += 1) === failing ? when : undefined);
        const open = () => workerOn(faultyBucket(log, fault), faultyBucket(state, fault));
        const rounds = await drive(BATCH, open);
        expect(rounds, `call ${failing}`).toBe(2);
        expect(await contents(log), `call ${failing}`).toEqual(expected.log);
        expect(await contents(state), `call ${failing}`).toEqual(expected.state);
      }
    },
  );

  test('at any two calls of one try or of two: the same bytes in the end', async () => {
    const expected = await reference(BATCH);
    const calls = await countCalls();
    // The second may fall into the next try, which needs no more calls than the first.
    for (let first = 1; first <= calls; first++) {
      for (let second = first + 1; second <= calls + first; second++) {
        const [log, state] = [memoryBucket(), memoryBucket()];
        let number = 0;
        const fault = () => ((number += 1) === first ? 'after' : number === second ? 'before' : undefined);
        await drive(BATCH, () => workerOn(faultyBucket(log, fault), faultyBucket(state, fault)));
        expect(await contents(log), `calls ${first} and ${second}`).toEqual(expected.log);
        expect(await contents(state), `calls ${first} and ${second}`).toEqual(expected.state);
      }
    }
  });

  test('a process that dies at any call, with the whole batch delivered again: the same bytes in the end', async () => {
    const expected = await reference(BATCH);
    const calls = await countCalls();
    for (let last = 0; last <= calls; last++) {
      const [log, state] = [memoryBucket(), memoryBucket()];
      let number = 0;
      const dead = () => ((number += 1) > last ? 'before' : undefined);
      const first = workerOn(faultyBucket(log, dead), faultyBucket(state, dead));
      const { changed } = await first.worker.handle([...BATCH]);
      if (changed.length > 0) await publishMonth(first.documents, challenge, MONTH).catch(() => {});
      await drive(BATCH, () => workerOn(log, state));
      expect(await contents(log), `call ${last}`).toEqual(expected.log);
      expect(await contents(state), `call ${last}`).toEqual(expected.state);
    }
  });

  test('again and again, by chance: the same bytes in the end', async () => {
    const expected = await reference(BATCH);
    for (let seed = 0; seed < 200; seed++) {
      const random = seeded(seed);
      const [log, state] = [memoryBucket(), memoryBucket()];
      const fault = () => (random() < 0.05 ? (random() < 0.5 ? 'before' : 'after') : undefined);
      await drive(BATCH, () => workerOn(faultyBucket(log, fault), faultyBucket(state, fault)));
      expect(await contents(log), `seed ${seed}`).toEqual(expected.log);
      expect(await contents(state), `seed ${seed}`).toEqual(expected.state);
    }
  });

  test('when the fifth append fails, the four before it are done and the rest comes back in order', async () => {
    const log = faultyBucket(memoryBucket(), (_, { method, key }) =>
      method === 'putNew' && key.includes('14-') ? 'before' : undefined,
    );
    const failing = faultyBucket(log, (_, { key }) =>
      key.includes('-reaction.added-') && key.endsWith('_2b1.json') ? 'before' : undefined,
    );
    const { done, failed, changed } = await workerOn(failing, memoryBucket()).worker.handle([...BATCH]);
    expect(done.map(({ id }) => id)).toEqual(['1', '3', '5', '6']);
    expect(failed.map(({ job }) => job.id)).toEqual(['14', '15', '10', '8', '20', '17']);
    expect(changed.map(({ month }) => month)).toEqual([MONTH]);
    for (const { error } of failed) expect(error).toBeInstanceOf(Unavailable);
  });

  test.each([
    ['an outage, however long, puts nothing aside', new Unavailable('away'), undefined],
    ['a job that fails by itself goes aside at its fifth try', new Error('oh'), MAX_JOB_TRIES],
    ['a job that can never be done goes aside at once', new Refused('no such name'), 1],
  ])('%s', async (_, error, last) => {
    const inner = memoryBucket();
    const log: Bucket = {
      ...inner,
      putNew: async (key, bytes) => (key.startsWith('events/') ? Promise.reject(error) : inner.putNew(key, bytes)),
    };
    const { worker } = workerOn(log, memoryBucket());
    for (let received = 1; received <= (last ?? 20); received++) {
      const { done } = await worker.handle([jobOfPayload(payload(3), 'x', received)]);
      expect(done.length).toBe(received === last ? 1 : 0);
    }
    expect(Object.keys(await contents(inner, 'quarantine/'))).toHaveLength(last ? 1 : 0);
  });

  test('a job that kills the process each time is put aside before one more try, and then let go', async () => {
    const log = memoryBucket();
    const { worker } = workerOn(log, memoryBucket());
    expect((await worker.handle([jobOfPayload(payload(3), 'x', 21)])).done).toHaveLength(1);
    expect(Object.keys(await contents(log))).toEqual([
      expect.stringMatching(/^events\//),
      expect.stringMatching(/^quarantine\//),
    ]);
    // Had that try killed the process, the next one would find the copy, and leave it at that.
    const dead = faultyBucket(memoryBucket(), (_, { key }) => (key.startsWith('events/') ? 'before' : undefined));
    const again = workerOn(dead, memoryBucket()).worker;
    expect((await again.handle([jobOfPayload(payload(3), 'x', 21)])).done).toHaveLength(0);
    expect((await again.handle([jobOfPayload(payload(3), 'x', 22)])).done).toHaveLength(1);
  });
});

test('of a job that was put back again and again for hours nothing is suspected, of one that came back every three minutes it is', async () => {
  for (const [minutes, aside] of [
    [10, 0],
    [3, 1],
  ] as const) {
    const log = memoryBucket();
    const bookkeeping = createBookkeeping({
      log,
      documents: openDocuments(memoryBucket()),
      challenges: [challenge],
    });
    const clock = { now: () => 1_722_826_000_000 };
    const { handle } = createWorker({ log, challenges: [challenge], bookkeeping, clock });
    const job = jobOfPayload(payload(3), 'x', 40);
    await handle([{ ...job, firstTaken: clock.now() - 40 * minutes * 60_000 }]);
    expect(Object.keys(await contents(log, 'quarantine/'))).toHaveLength(aside);
    expect(Object.keys(await contents(log, 'events/'))).toHaveLength(1);
  }
});

describe('a ledger that is not what it was', () => {
  const damages = [
    '',
    '{',
    'null',
    '5',
    '"x"',
    '[]',
    '{}',
    '{"messages":null}',
    '{"version":0,"messages":{}}',
    '{"version":1,"week":"2024-W31","messages":{}}',
    '{"version":1,"week":"2024-W32","messages":null}',
    '\ufeff',
    '\0',
  ];

  const damage = async (state: Bucket, body: string): Promise<void> => {
    const etag = (await state.get(LEDGER))?.etag as string;
    await state.putIf(LEDGER, new TextEncoder().encode(body), etag);
  };

  test.each(damages)('%j is folded anew from the log, after a restart and without one', async (body) => {
    const expected = await reference(BATCH);
    for (const restarts of [true, false]) {
      const [log, state] = [memoryBucket(), memoryBucket()];
      const first = workerOn(log, state);
      await first.worker.handle(BATCH.slice(0, 6));
      await damage(state, body);
      const { worker, documents } = restarts ? workerOn(log, state) : first;
      expect((await worker.handle(BATCH.slice(6))).failed).toEqual([]);
      await publishMonth(documents, challenge, MONTH);
      expect(await contents(state)).toEqual(expected.state);
      expect(await contents(log)).toEqual(expected.log);
    }
  });

  test('one that is missing is folded anew although an event of its week is damaged, which is told of', async () => {
    const [log, state] = [memoryBucket(), memoryBucket()];
    await workerOn(log, memoryBucket()).worker.handle(BATCH.slice(0, 6));
    const key = `events/${CHANNEL}/2024-W32/1722866000.111119-message.posted-1722866000.111119.json`;
    await log.putIf(key, new Uint8Array(), (await log.get(key))?.etag as string);
    const alarms: string[] = [];
    const alarm = async (code: string, subject: string) => void alarms.push(`${code} ${subject}`);
    const { worker } = workerOn(log, state, alarm);
    expect(await worker.handle(BATCH.slice(6))).toMatchObject({ failed: [], done: { length: 4 } });
    expect(alarms).toEqual([`damaged ${key}`]);
    expect(await contents(state)).toHaveProperty([LEDGER]);
  });

  test('one that is missing is folded anew from the log', async () => {
    const expected = await reference(BATCH);
    const log = memoryBucket();
    await workerOn(log, memoryBucket()).worker.handle(BATCH.slice(0, 6));
    const state = memoryBucket();
    const { worker, documents } = workerOn(log, state);
    await worker.handle(BATCH.slice(6));
    await publishMonth(documents, challenge, MONTH);
    expect(await contents(state)).toEqual(expected.state);
  });
});

describe('two workers on one store', () => {
  /** A bucket whose calls take their time, by chance. */
  const slow = (bucket: Bucket, random: () => number): Bucket => {
    const pause = async (): Promise<void> => {
      for (let moments = below(random, 12); moments > 0; moments--) await Promise.resolve();
    };
    const around = async <Result>(deed: () => Promise<Result>): Promise<Result> => {
      await pause();
      const result = await deed();
      await pause();
      return result;
    };
    return {
      get: (key) => around(() => bucket.get(key)),
      list: (prefix, after) => around(() => bucket.list(prefix, after)),
      folders: (prefix) => around(() => bucket.folders(prefix)),
      putNew: (key, bytes) => around(() => bucket.putNew(key, bytes)),
      putIf: (key, bytes, etag) => around(() => bucket.putIf(key, bytes, etag)),
    };
  };

  test('which take turns in any way, some jobs both: one of everything, and the same bytes in the end', async () => {
    const expected = await reference(BATCH);
    let conflicts = 0;
    for (let seed = 0; seed < 150; seed++) {
      const random = seeded(seed);
      const [log, inner] = [memoryBucket(), memoryBucket()];
      const state: Bucket = {
        ...inner,
        putIf: (key, bytes, etag) =>
          inner.putIf(key, bytes, etag).catch((error) => {
            if (error instanceof Conflict) conflicts += 1;
            throw error;
          }),
      };
      const work = async (jobs: Job[]): Promise<void> => {
        const { documents, worker } = workerOn(slow(log, random), slow(state, random));
        while (jobs.length > 0) {
          expect((await worker.handle(jobs.splice(0, 1 + below(random, 4)))).failed).toEqual([]);
          await publishMonth(documents, challenge, MONTH);
        }
      };
      const shared = BATCH.slice(3, 6);
      await Promise.all([work([...BATCH.slice(0, 3), ...shared]), work([...shared, ...BATCH.slice(6)])]);
      expect(await contents(log), `seed ${seed}`).toEqual(expected.log);
      expect(await contents(state), `seed ${seed}`).toEqual(expected.state);
    }
    expect(conflicts).toBeGreaterThan(20);
  });
});
