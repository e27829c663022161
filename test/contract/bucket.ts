import { afterEach, describe, expect, test } from 'vitest';
import { Conflict, Refused } from '../../src/events/errors.ts';
import { type Bucket, listAll } from '../../src/store/bucket.ts';

/** An empty bucket for one test, and how to be rid of it. */
export interface OpenBucket {
  bucket: Bucket;
  /** The same bucket, where that has a quicker way to put thousands of objects. */
  quick?: Bucket;
  close?(): Promise<void>;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const utf8 = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);

const created = async (bucket: Bucket, key: string, value: string): Promise<string> => {
  const answer = await bucket.putNew(key, text(value));
  if (!answer.created) throw new Error(`${key} is there already`);
  return answer.etag;
};

const keysOf = async (bucket: Bucket, prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of listAll(bucket, prefix)) keys.push(key);
  return keys;
};

const byBytes = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));

/** Neighbours whose order differs between directories, locales, and bytes. */
const NEIGHBOURS = [
  'n/A',
  'n/Z/a',
  'n/_',
  'n/a-b',
  'n/a-b-',
  'n/a.b',
  'n/a.json',
  'n/a/b',
  'n/a/b-c',
  'n/a/b.json',
  'n/a/b0',
  'n/a0',
  'n/a00/x',
  'n/aa/a',
  'n/b',
  'n/10',
  'n/2',
  'n/.hidden',
  'n/...',
];

const fill = async (bucket: Bucket, prefix: string, count: number): Promise<string[]> => {
  const keys = Array.from({ length: count }, (_, at) => `${prefix}${at % 7}/${String(at).padStart(5, '0')}.json`);
  for (let at = 0; at < keys.length; at += 50) {
    await Promise.all(keys.slice(at, at + 50).map((key) => created(bucket, key, key)));
  }
  return keys.sort(byBytes);
};

const lists = (count: number) => async (bucket: Bucket, quick: Bucket) => {
  const keys = await fill(quick, 'many/', count);
  await created(bucket, 'man', 'before');
  await created(bucket, 'many-more', 'beside');
  await created(bucket, 'n', 'behind');
  expect(await keysOf(bucket, 'many/')).toEqual(keys);
};

/** What every bucket promises: a true sentence and its proof on an empty bucket. */
const promises = {
  'an object that is not there is undefined': async (bucket) => {
    expect(await bucket.get('a')).toBeUndefined();
    expect(await bucket.get('a/b/c.json')).toBeUndefined();
  },
  'what lies above an object is no object': async (bucket) => {
    await created(bucket, 'a/b/c.json', 'x');
    expect(await bucket.get('a')).toBeUndefined();
    expect(await bucket.get('a/b')).toBeUndefined();
    expect(await bucket.get('a/b/c.json/d')).toBeUndefined();
  },
  'folders are told by the keys beneath them, ascending, each once': async (bucket) => {
    for (const key of ['a/b/1', 'a/b/2', 'a/b/c/3', 'a/b-c/4', 'a/b0/5', 'a/file', 'a/Z/6', 'z', 'ab/7'])
      await created(bucket, key, key);
    expect(await bucket.folders('a/')).toEqual(['Z', 'b', 'b-c', 'b0']);
    expect(await bucket.folders('')).toEqual(['a', 'ab']);
    expect(await bucket.folders('a/b/')).toEqual(['c']);
    expect(await bucket.folders('none/')).toEqual([]);
    expect(await bucket.folders('z/')).toEqual([]);
    await expect(bucket.folders('a')).rejects.toThrow(Refused);
    await expect(bucket.folders('../')).rejects.toThrow(Refused);
  },
  'folders are all found, however many lie between files': async (bucket, quick) => {
    const keys = Array.from(
      { length: 1_203 },
      (_, at) => `m/${String(at).padStart(5, '0')}${at % 3 === 0 ? '' : '/x'}`,
    );
    for (let at = 0; at < keys.length; at += 50)
      await Promise.all(keys.slice(at, at + 50).map((key) => created(quick, key, key)));
    expect(await bucket.folders('m/')).toEqual(keys.flatMap((key, at) => (at % 3 === 0 ? [] : [key.slice(2, 7)])));
  },
  'a created object is read back with the same ETag': async (bucket) => {
    const etag = await created(bucket, 'a/b.json', 'first');
    const object = await bucket.get('a/b.json');
    expect(utf8(object?.bytes)).toBe('first');
    expect(object?.etag).toBe(etag);
  },
  'an object that is known is as known, until it is replaced': async (bucket) => {
    const etag = await created(bucket, 'a', 'first');
    const known = await bucket.get('a');
    expect(utf8((await bucket.get('a', known))?.bytes)).toBe('first');
    expect(await bucket.get('b', known)).toBeUndefined();
    const replaced = await bucket.putIf('a', text('second'), etag);
    const now = await bucket.get('a', known);
    expect(utf8(now?.bytes)).toBe('second');
    expect(now?.etag).toBe(replaced);
  },
  'a second create changes nothing': async (bucket) => {
    const etag = await created(bucket, 'a', 'first');
    expect(await bucket.putNew('a', text('second'))).toEqual({ created: false });
    expect(utf8((await bucket.get('a'))?.bytes)).toBe('first');
    expect((await bucket.get('a'))?.etag).toBe(etag);
  },
  'of 50 concurrent creates of one key exactly one creates': async (bucket) => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) => bucket.putNew('race', text(`writer ${at}`))),
    );
    const winners = answers.flatMap((answer, at) => (answer.created ? [at] : []));
    expect(winners).toHaveLength(1);
    expect(utf8((await bucket.get('race'))?.bytes)).toBe(`writer ${winners[0]}`);
  },
  'of 50 concurrent creates of many keys all create': async (bucket) => {
    const keys = Array.from({ length: 50 }, (_, at) => `deep/${at % 3}/${at % 5}/${String(at).padStart(2, '0')}`);
    const answers = await Promise.all(keys.map((key) => bucket.putNew(key, text(key))));
    expect(answers.filter((answer) => answer.created)).toHaveLength(50);
    expect(await keysOf(bucket, 'deep/')).toEqual(keys.sort(byBytes));
  },
  'a replacement needs the ETag that is there and gives the new one': async (bucket) => {
    const first = await created(bucket, 'a', 'first');
    const second = await bucket.putIf('a', text('second'), first);
    expect(second).not.toBe(first);
    const object = await bucket.get('a');
    expect(utf8(object?.bytes)).toBe('second');
    expect(object?.etag).toBe(second);
    expect(await bucket.putIf('a', text('third'), second)).not.toBe(second);
  },
  'a replacement with a stale ETag is a conflict and changes nothing': async (bucket) => {
    const first = await created(bucket, 'a', 'first');
    await bucket.putIf('a', text('second'), first);
    await expect(bucket.putIf('a', text('third'), first)).rejects.toThrow(Conflict);
    expect(utf8((await bucket.get('a'))?.bytes)).toBe('second');
  },
  'a replacement of nothing is a conflict and creates nothing': async (bucket) => {
    const etag = await created(bucket, 'other', 'x');
    await expect(bucket.putIf('a', text('x'), etag)).rejects.toThrow(Conflict);
    await expect(bucket.putIf('b/c', text('x'), etag)).rejects.toThrow(Conflict);
    expect(await keysOf(bucket, '')).toEqual(['other']);
  },
  'of 50 concurrent replacements with one ETag exactly one wins': async (bucket) => {
    const etag = await created(bucket, 'race', 'start');
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, (_, at) => bucket.putIf('race', text(`writer ${at}`), etag)),
    );
    const winners = answers.flatMap((answer, at) => (answer.status === 'fulfilled' ? [at] : []));
    expect(winners).toHaveLength(1);
    expect(utf8((await bucket.get('race'))?.bytes)).toBe(`writer ${winners[0]}`);
    for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(Conflict);
  },
  'a counter that 10 callers raise at once by read and replace loses nothing': async (bucket) => {
    await created(bucket, 'count', '0');
    const raise = async (): Promise<void> => {
      const object = await bucket.get('count');
      if (!object) throw new Error('the counter is gone');
      const next = text(String(Number(utf8(object.bytes)) + 1));
      await bucket.putIf('count', next, object.etag).catch((error: unknown) => {
        if (error instanceof Conflict) return raise();
        throw error;
      });
    };
    await Promise.all(Array.from({ length: 10 }, raise));
    expect(utf8((await bucket.get('count'))?.bytes)).toBe('10');
  },
  'an empty object is an object': async (bucket) => {
    await bucket.putNew('empty', new Uint8Array());
    expect((await bucket.get('empty'))?.bytes).toHaveLength(0);
    expect((await bucket.list('empty')).entries).toMatchObject([{ key: 'empty', size: 0 }]);
    expect(await bucket.putNew('empty', text('x'))).toEqual({ created: false });
  },
  'bytes come back as they were, whatever they are': async (bucket) => {
    const bytes = Uint8Array.from({ length: 512 }, (_, at) => (at * 7) % 256);
    await bucket.putNew('binary', bytes);
    expect(Uint8Array.from((await bucket.get('binary'))?.bytes ?? [])).toEqual(bytes);
  },
  'an object of 1 MiB comes back whole': async (bucket) => {
    const bytes = new Uint8Array(1024 * 1024).map((_, at) => (at * 31 + (at >> 8)) % 251);
    await bucket.putNew('large', bytes);
    const object = await bucket.get('large');
    expect(Buffer.compare(object?.bytes ?? new Uint8Array(), bytes)).toBe(0);
    expect((await bucket.list('large')).entries[0]?.size).toBe(bytes.length);
  },
  'bytes that the caller changes after a put stay as they were': async (bucket) => {
    const bytes = text('before');
    await bucket.putNew('a', bytes);
    bytes.fill(0);
    expect(utf8((await bucket.get('a'))?.bytes)).toBe('before');
    (await bucket.get('a'))?.bytes.fill(0);
    expect(utf8((await bucket.get('a'))?.bytes)).toBe('before');
  },
  'an empty bucket lists nothing': async (bucket) => {
    expect(await bucket.list('')).toEqual({ entries: [] });
    expect(await bucket.list('a/b/')).toEqual({ entries: [] });
  },
  'a listing gives key, size and the ETag that a replacement needs': async (bucket) => {
    await created(bucket, 'a/b', 'four');
    const [entry] = (await bucket.list('a/')).entries;
    expect(entry).toMatchObject({ key: 'a/b', size: 4 });
    expect(entry?.etag).toBe((await bucket.get('a/b'))?.etag);
    expect(await bucket.putIf('a/b', text('five!'), entry?.etag ?? '')).toBeTypeOf('string');
    expect((await bucket.list('a/')).entries).toMatchObject([{ key: 'a/b', size: 5 }]);
  },
  'a listing of 1 key is that key': lists(1),
  'a listing of 1,000 keys is whole': lists(1000),
  'a listing of 1,001 keys is whole': lists(1001),
  'a listing of 2,500 keys is whole': lists(2500),
  'a listing is in the order of the keys’ bytes': async (bucket) => {
    await Promise.all(NEIGHBOURS.map((key) => created(bucket, key, key)));
    expect(await keysOf(bucket, 'n/')).toEqual([...NEIGHBOURS].sort(byBytes));
    expect(await keysOf(bucket, '')).toEqual([...NEIGHBOURS].sort(byBytes));
  },
  'a prefix may end anywhere in a key': async (bucket) => {
    await Promise.all(NEIGHBOURS.map((key) => created(bucket, key, key)));
    const prefixes = new Set(NEIGHBOURS.flatMap((key) => Array.from(key, (_, at) => key.slice(0, at + 1))));
    for (const prefix of [...prefixes, 'n/a/', 'n/zz', 'm', 'n/a/b/']) {
      const expected = NEIGHBOURS.filter((key) => key.startsWith(prefix)).sort(byBytes);
      expect(await keysOf(bucket, prefix), `prefix ${prefix}`).toEqual(expected);
    }
  },
  'a listing goes on after any key, there or not': async (bucket) => {
    await Promise.all(NEIGHBOURS.map((key) => created(bucket, key, key)));
    for (const after of [...NEIGHBOURS, 'n/a/', 'n/a', 'n/a/b/zz', 'n/zz', 'a', 'z']) {
      const expected = NEIGHBOURS.filter((key) => byBytes(key, after) > 0).sort(byBytes);
      const { entries } = await bucket.list('n/', after);
      expect(
        entries.map(({ key }) => key),
        `after ${after}`,
      ).toEqual(expected);
    }
  },
  'a key that was put is in every later listing': async (bucket) => {
    for (const key of ['b', 'a/x', 'c/d/e', 'a/w']) {
      await created(bucket, key, key);
      expect(await keysOf(bucket, '')).toContain(key);
    }
  },
  'a key that cannot be stored everywhere is refused': async (bucket) => {
    const invalid = [
      '',
      '/',
      'a/',
      '/a',
      'a//b',
      '.',
      '..',
      'a/../b',
      'a/./b',
      'a b',
      'a\\b',
      'ä',
      'a\0b',
      'a?b',
      '%41',
    ];
    for (const key of [...invalid, 'x'.repeat(256), `${'x'.repeat(200)}/`.repeat(6)]) {
      await expect(bucket.get(key), `get ${key}`).rejects.toThrow(Refused);
      await expect(bucket.putNew(key, text('x')), `putNew ${key}`).rejects.toThrow(Refused);
      await expect(bucket.putIf(key, text('x'), 'etag'), `putIf ${key}`).rejects.toThrow(Refused);
    }
    expect(await keysOf(bucket, '')).toEqual([]);
  },
  'the longest component and the longest key are stored': async (bucket) => {
    const component = 'c'.repeat(255);
    const longest = `${component}/${component}/${component}/${'d'.repeat(254)}.`;
    expect(longest).toHaveLength(1023);
    await created(bucket, longest, 'x');
    expect(await keysOf(bucket, component)).toEqual([longest]);
    expect(utf8((await bucket.get(longest))?.bytes)).toBe('x');
  },
} satisfies Record<string, (bucket: Bucket, quick: Bucket) => Promise<void>>;

/** A promise that a bucket may be excused from, with a reason. */
export type BucketPromise = keyof typeof promises;

/** Registers a test per promise of the port. `open` gives an empty bucket each time; `skips` names what cannot hold and why. */
export const bucketContract = (
  name: string,
  open: () => Promise<OpenBucket>,
  skips: Partial<Record<BucketPromise, string>> = {},
): void => {
  describe(`${name} as a bucket`, () => {
    let opened: OpenBucket | undefined;
    afterEach(async () => {
      await opened?.close?.();
      opened = undefined;
    });

    for (const [promise, prove] of Object.entries(promises)) {
      test(promise, async (context) => {
        const reason = skips[promise as BucketPromise];
        if (reason !== undefined) return context.skip(reason);
        opened = await open();
        await prove(opened.bucket, opened.quick ?? opened.bucket);
      });
    }
  });
};
