import fc from 'fast-check';
import { produce } from 'immer';
import { afterEach, expect, test, vi } from 'vitest';
import { canonical } from '../../src/events/codec.ts';
import { createCanonical } from '../../src/store/kept-bytes.ts';

// Keys that objects order by themselves, keys that look like such, and one that is none in a plain object.
const key = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.constantFrom('1', '10', '2', '01', '-1', '4294967296', 'messages', '1722865849.468459'),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom(null, true, 0, -0, 1.5, 'x', '"\u2028\ud800'),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(key, fc.option(tie('any'), { nil: undefined }), { maxKeys: 5 }),
  ),
})).any;

afterEach(() => vi.restoreAllMocks());

/** How many characters are encoded anew. */
const encodedBy = (work: () => void): number => {
  const encode = vi.spyOn(TextEncoder.prototype, 'encode');
  work();
  const characters = encode.mock.calls.reduce((sum, [piece = '']) => sum + piece.length, 0);
  encode.mockRestore();
  return characters;
};

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('bytes that are kept are those that are written anew', () => {
  fc.assert(
    fc.property(value, (any) => {
      const keeping = createCanonical();
      expect(text(keeping(any))).toBe(canonical(any));
      expect(text(keeping(any))).toBe(canonical(any));
    }),
    { numRuns: 1000 },
  );
});

test('a value that shares parts with an earlier one is written as it is', () => {
  const keeping = createCanonical();
  const first = { week: 'W', messages: { b: { at: 1, links: ['x'] }, a: { at: 2, links: [] as string[] } } };
  keeping(first);
  const second = produce(first, (draft) => {
    draft.messages.a.links.push('y');
  });
  expect(text(keeping(second))).toBe('{"messages":{"a":{"at":2,"links":["y"]},"b":{"at":1,"links":["x"]}},"week":"W"}');
  expect(text(keeping(first))).toBe(canonical(first));
});

test('a value that lies under another name than before is written under its own', () => {
  const keeping = createCanonical();
  const part = { at: 1 };
  keeping({ messages: { a: part } });
  expect(text(keeping({ messages: { b: part }, part }))).toBe('{"messages":{"b":{"at":1}},"part":{"at":1}}');
});

test('steps that share parts give the bytes that are written anew, whatever takes the place of what', () => {
  const part = fc.record({ at: fc.nat({ max: 3 }), links: fc.array(fc.constantFrom('x', '글'), { maxLength: 2 }) });
  const step = fc.record({
    messages: fc.dictionary(fc.constantFrom('a', 'b', 'c', '1'), fc.nat({ max: 4 }), { maxKeys: 4 }),
    posts: fc.array(fc.nat({ max: 4 }), { maxLength: 4 }),
    from: fc.nat(),
    isLast: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(part, { minLength: 5, maxLength: 5 }), fc.array(step, { maxLength: 8 }), (parts, all) => {
      const keeping = createCanonical();
      const given: { value: unknown; bytes: Uint8Array }[] = [];
      for (const { messages, posts, from, isLast } of all) {
        const of = (position: number) => parts[position];
        const value = {
          messages: Object.fromEntries(Object.entries(messages).map(([key, position]) => [key, of(position)])),
          posts: posts.map(of),
        };
        const last = isLast ? given.at(-1)?.bytes : given[from % (given.length || 1)]?.bytes;
        const bytes = keeping(value, last);
        expect(text(bytes)).toBe(canonical(value));
        given.push({ value, bytes });
      }
      for (const { value, bytes } of given) {
        expect(text(bytes)).toBe(canonical(value));
        expect(text(keeping(value))).toBe(canonical(value));
      }
    }),
    { numRuns: 500 },
  );
});

test('what has the bytes that it takes the place of is given back as these', () => {
  const keeping = createCanonical();
  const last = keeping({ messages: { a: { at: 1 } } });
  expect(keeping({ messages: { a: { at: 1 } } }, last)).toBe(last);
  expect(keeping({ messages: { a: { at: 2 } } }, last)).not.toBe(last);
});

const many = (count: number) =>
  Array.from({ length: count }, (_, number) => ({ ts: `${number}`, links: ['https://x'] }));

test('of a large table or list only the part that changed is encoded', () => {
  const keeping = createCanonical();
  const posts = many(1000);
  const table = { messages: Object.fromEntries(many(1000).map((post) => [`m${post.ts}`, post])), people: { a: {} } };
  let [list, ledger] = [keeping({ posts }), keeping(table)];
  const changed = { ts: '500', links: [] };
  const next = { ...table, messages: { ...table.messages, m500: { ...changed } } };
  expect(
    encodedBy(() => {
      list = keeping({ posts: posts.with(500, changed) }, list);
      ledger = keeping(next, ledger);
    }),
  ).toBeLessThan(150);
  expect(text(list)).toBe(canonical({ posts: posts.with(500, changed) }));
  expect(text(ledger)).toBe(canonical(next));
});

test('what was replaced is kept by nobody who still has the old value', () => {
  const keeping = createCanonical();
  const first = { posts: many(10) };
  const bytes = keeping(first);
  expect(encodedBy(() => keeping(first))).toBe(0);
  const old = { posts: first.posts.with(3, { ts: 'new', links: [] }) };
  keeping(old, bytes);
  const lost = canonical(first.posts[3]).length;
  expect(encodedBy(() => keeping(first))).toBeGreaterThanOrEqual(lost);
});
