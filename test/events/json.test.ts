import { expect, test } from 'vitest';
import { isObject, parseJson } from '../../src/events/json.ts';

test('JSON is read from text and from UTF-8', () => {
  expect(parseJson('{"a":[1]}')).toEqual({ a: [1] });
  expect(parseJson(new TextEncoder().encode('"한글"'))).toBe('한글');
  expect(parseJson('null')).toBeNull();
});

test.each([
  ['nothing', ''],
  ['half of it', '{"a":'],
  ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
])('%s is no JSON', (_what, json) => {
  expect(parseJson(json)).toBeUndefined();
});

test('an object is neither null, nor a list, nor a text', () => {
  expect([{}, { a: 1 }].map(isObject)).toEqual([true, true]);
  expect([null, undefined, [], 'a', 1].map(isObject)).toEqual([false, false, false, false, false]);
});
