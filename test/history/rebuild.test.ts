import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/events/errors.ts';
import { rebuild, rebuildWeek, renew, verify } from '../../src/history/rebuild.ts';
import { publishMonth } from '../../src/pipeline/publish.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { withFlippedBit } from '../support/random.ts';
import { CHANNEL, contents, createWorld, payload } from '../support/world.ts';

/** A small history in two weeks. */
const small = async () => {
  const world = createWorld();
  for (const number of [1, 2, 3, 4, 5, 14, 20]) await world.deliver(payload(number));
  return world;
};

const replace = async (bucket: Bucket, key: string, bytes: Uint8Array): Promise<void> => {
  await bucket.putIf(key, bytes, (await bucket.get(key))?.etag as string);
};

test('each byte of everything stored, turned over, is found, its key is named, and nothing else is blamed', async () => {
  const { challenge, log, state } = await small();
  for (const [bucket, problem] of [
    [log, 'damaged'],
    [state, 'differs'],
  ] as const) {
    for (const key of Object.keys(await contents(bucket))) {
      const right = (await bucket.get(key))?.bytes as Uint8Array;
      // All bytes of the events, every seventh of the others; another bit each time.
      for (let at = 0; at < right.length; at += bucket === log ? 1 : 7) {
        await replace(bucket, key, withFlippedBit(right, at * 8 + (at % 8)));
        const { differences } = await verify(challenge, { log, state });
        expect(differences, `byte ${at}`).toMatchObject([{ key, problem }]);
      }
      await replace(bucket, key, right);
    }
  }
  expect((await verify(challenge, { log, state })).differences).toEqual([]);
});

test('verify writes nothing, whatever it finds', async () => {
  const { challenge, log, state } = await small();
  await replace(state, `ledgers/${CHANNEL}/2024-W32.json`, new Uint8Array());
  const before = [await contents(log), await contents(state)];
  await verify(challenge, { log, state });
  expect([await contents(log), await contents(state)]).toEqual(before);
});

test('a ledger that is damaged does not pass for one that is not there', async () => {
  const { challenge, state } = await small();
  await replace(state, `ledgers/${CHANNEL}/2024-W32.json`, new Uint8Array());
  await expect(publishMonth(openDocuments(state), challenge, '2024-08')).rejects.toThrow('damaged');
});

describe('a file that the disk does not give', () => {
  const unreadable = (bucket: Bucket, lost: string, code = 'EIO'): Bucket => {
    const fail = () => {
      const cause = Object.assign(new Error(code), { code, syscall: 'read' });
      throw new Unavailable(`cannot read ${lost}: the disk answered ${code}`, { cause });
    };
    return {
      ...bucket,
      get: async (key) => (key === lost ? fail() : bucket.get(key)),
      list: async (prefix, after) => {
        if (lost.endsWith('/') && prefix.startsWith(lost)) fail();
        return bucket.list(prefix, after);
      },
    };
  };

  test('is named, alone, by a rebuild and by verify, and changes nothing that is stored', async () => {
    const { challenge, log, state } = await small();
    const before = await contents(state);
    const isOurs = (key: string) => key !== 'snapshots/challenges.json';
    for (const [name, bucket] of Object.entries({ log, state })) {
      for (const key of Object.keys(await contents(bucket)).filter(isOurs)) {
        const ports = { log, state, [name]: unreadable(bucket, key) };
        for (const look of [rebuild, verify]) {
          const { differences } = await look(challenge, ports);
          const detail = expect.stringContaining('EIO');
          expect(differences).toEqual([{ key, problem: name === 'log' ? 'damaged' : 'differs', detail }]);
        }
      }
    }
    expect(await contents(state)).toEqual(before);
  });

  test('is named when it is the folder of a week, and the other weeks are folded', async () => {
    const { challenge, log, state } = await small();
    const before = await contents(state);
    const folder = `events/${CHANNEL}/2024-W32/`;
    const lost = unreadable(log, folder, 'EACCES');
    const report = await rebuild(challenge, { log: lost, state });
    expect(report.differences).toEqual([{ key: folder, problem: 'damaged', detail: expect.any(String) }]);
    expect(await contents(state)).toEqual(before);
  });

  test('of a disk that is not there at all is another matter', async () => {
    const { challenge, log, state } = await small();
    const away = unreadable(log, Object.keys(await contents(log))[0] as string, 'ENXIO');
    await expect(rebuild(challenge, { log: away, state })).rejects.toThrow(Unavailable);
  });
});

describe('rebuild', () => {
  test('mends whatever is damaged or missing, and writes nothing else', async () => {
    const { challenge, log, state } = await small();
    const before = await contents(state);
    const damaged = [
      `ledgers/${CHANNEL}/2024-W32.json`,
      `snapshots/${CHANNEL}/members.json`,
      `tables/${CHANNEL}/people.json`,
    ];
    for (const key of damaged) await replace(state, key, new TextEncoder().encode('{"x":1}'));
    expect((await rebuild(challenge, { log, state })).written.sort()).toEqual(damaged);
    expect(await contents(state)).toEqual(before);
    expect((await rebuild(challenge, { log, state })).written).toEqual([]);
    const anew = memoryBucket();
    expect((await rebuild(challenge, { log, state: anew })).written.sort()).toEqual(Object.keys(before));
    expect(await contents(anew)).toEqual(before);
  });

  test('of one week mends its ledger and its month', async () => {
    const { challenge, log, state } = await small();
    const before = await contents(state);
    for (const key of [`ledgers/${CHANNEL}/2024-W32.json`, `snapshots/${CHANNEL}/weeks/2024-W32.json`])
      await replace(state, key, new TextEncoder().encode('{}'));
    await rebuildWeek(challenge, '2024-W32', { log, state });
    expect(await contents(state)).toEqual(before);
  });

  test('never touches the log', async () => {
    const { challenge, log, state } = await small();
    const refuse = async (): Promise<never> => {
      throw new Error('written to');
    };
    const readOnly = { ...log, putNew: refuse, putIf: refuse };
    await rebuild(challenge, { log: readOnly, state: memoryBucket() });
    await rebuildWeek(challenge, '2024-W32', { log: readOnly, state });
    await verify(challenge, { log: readOnly, state });
  });

  test('that meets a damaged event names it, and goes on with the others', async () => {
    const { challenge, log } = await small();
    const key = Object.keys(await contents(log)).find((each) => each.includes('reaction')) as string;
    await replace(log, key, new Uint8Array());
    const state = memoryBucket();
    expect(await rebuild(challenge, { log, state })).toMatchObject({
      events: 6,
      differences: [{ key, problem: 'damaged' }],
    });
    expect(Object.keys(await contents(state, `snapshots/${CHANNEL}/weeks/`))).toHaveLength(2);
  });

  test('keeps what was made with an event that is damaged by now', async () => {
    const { challenge, log, state } = await small();
    const before = await contents(state);
    const key = Object.keys(await contents(log)).find((each) => each.includes('reaction')) as string;
    await replace(log, key, new Uint8Array());
    expect((await rebuild(challenge, { log, state })).written).toEqual([]);
    expect((await rebuildWeek(challenge, '2024-W32', { log, state })).written).toEqual([]);
    expect(await contents(state)).toEqual(before);
  });

  test('gives way to a worker that writes meanwhile, and is right in the end', async () => {
    for (let turn = 1; turn <= 40; turn++) {
      const world = await small();
      let calls = 0;
      // At one call of the rebuild, each time another, a delivery is handled in between.
      const state: Bucket = {
        ...world.state,
        get: async (key) => {
          if ((calls += 1) === turn) await world.deliver(payload(10), payload(17));
          return world.state.get(key);
        },
      };
      await replace(world.state, `snapshots/${CHANNEL}/index.json`, new Uint8Array());
      world.documents.forget();
      await rebuild(world.challenge, { log: world.log, state });
      if (calls < turn) await world.deliver(payload(10), payload(17));
      expect((await verify(world.challenge, world)).differences, `call ${turn}`).toEqual([]);
    }
  });
});

test('what nobody derived is unexpected; what nobody stored is missing', async () => {
  const { challenge, log, state } = await small();
  await state.putNew(`snapshots/${CHANNEL}/weeks/2024-W40.json`, new Uint8Array());
  await state.putNew(`ledgers/${CHANNEL}/x.json`, new Uint8Array());
  await state.putNew('snapshots/C0OTHER001/index.json', new Uint8Array()); // Another challenge's.
  expect((await verify(challenge, { log, state })).differences).toEqual([
    { key: `ledgers/${CHANNEL}/x.json`, problem: 'unexpected' },
    { key: `snapshots/${CHANNEL}/weeks/2024-W40.json`, problem: 'unexpected' },
  ]);
  const { differences } = await verify(challenge, { log, state: memoryBucket() });
  expect(differences.length).toBeGreaterThan(8);
  expect(new Set(differences.map(({ problem }) => problem))).toEqual(new Set(['missing']));
});

describe('what may be older than the log', () => {
  const LEDGER = `ledgers/${CHANNEL}/2024-W32.json`;

  test('is made anew, whatever it is', async () => {
    const { challenge, log, state } = await small();
    const right = await contents(state);
    for (const key of Object.keys(right).filter((each) => each !== 'snapshots/challenges.json'))
      for (const text of ['', '{}', 'null', right[key]?.slice(0, 40) ?? '', '\0'.repeat(40)]) {
        await replace(state, key, Buffer.from(text));
        await renew(challenge, { log, state });
        expect(await contents(state), `${key}: ${text}`).toEqual(right);
      }
  });

  test('beside an event that is damaged by now keeps what it knows of that, and gets all the others', async () => {
    const world = createWorld();
    for (const number of [1, 3]) await world.deliver(payload(number));
    const { challenge, log, state } = world;
    const older = await contents(state);
    for (const number of [4, 5, 14, 20]) await world.deliver(payload(number));
    const right = await contents(state);
    expect(right[LEDGER]).not.toBe(older[LEDGER]);
    for (const [key, text] of Object.entries(older)) await replace(state, key, Buffer.from(text));
    const reply = Object.keys(await contents(log)).find(
      (key) => key.includes('posted') && key.includes('W32'),
    ) as string;
    await replace(log, reply, withFlippedBit((await log.get(reply))?.bytes as Uint8Array, 300));
    await rebuild(challenge, { log, state });
    expect((await contents(state))[LEDGER]).toBe(older[LEDGER]); // Where nothing is in doubt, what is stored is believed.
    const { differences } = await renew(challenge, { log, state });
    expect(differences).toMatchObject([{ key: reply, problem: 'damaged' }]);
    expect(await contents(state)).toEqual(right);
  });
});
