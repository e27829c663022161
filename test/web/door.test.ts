import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newPageKey } from '../../src/setup/page-access.ts';
import { enter } from '../../src/web/door.ts';

const KEY = 'k3y_of-144-bits-or-more';
const path = fc.array(fc.stringMatching(/^[\w.-]{0,12}$/), { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);

describe('the door of the page', () => {
  test('open, it changes nothing; off, nobody comes in', () => {
    fc.assert(
      fc.property(path, (any) => {
        expect([enter('open', any), enter('off', any)]).toEqual([any, undefined]);
      }),
    );
  });

  test('with the key everything is where it is without a door', () => {
    fc.assert(
      fc.property(path, (any) => {
        expect(enter({ key: KEY }, `/${KEY}${any}`)).toBe(any);
      }),
    );
    expect(enter({ key: KEY }, `/${KEY}`)).toBe('slash');
  });

  test('whatever does not begin with the whole key stays out', () => {
    const near = fc.oneof(
      path,
      fc.nat(KEY.length - 1).map((length) => `/${KEY.slice(0, length)}/snapshots/x.json`),
    );
    fc.assert(
      fc.property(near, (any) => {
        expect(enter({ key: KEY }, any)).toBeUndefined();
      }),
    );
    for (const any of ['', '/', '//', `//${KEY}/`, `/${KEY}x/`, `/${KEY.toUpperCase()}/`, `/x/${KEY}/`])
      expect(enter({ key: KEY }, any), any).toBeUndefined();
  });

  test('a key is made of 144 bits, and never of the same', () => {
    const made = Array.from({ length: 100 }, newPageKey);
    expect(new Set(made).size).toBe(100);
    for (const key of made) expect(key).toMatch(/^[\w-]{24}$/);
  });
});
