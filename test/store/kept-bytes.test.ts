import fc from 'fast-check';
import { produce } from 'immer';
import { expect, test } from 'vitest';
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
