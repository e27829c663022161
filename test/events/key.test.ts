import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { canonical, decodeEvent, encodeEvent } from '../../src/events/codec.ts';
import { escapeName, keyOf } from '../../src/events/key.ts';
import { compareTs } from '../../src/events/timestamp.ts';
import { calendarOf } from '../../src/events/week.ts';
import { validKey } from '../../src/store/bucket.ts';
import { season } from '../support/arbitrary.ts';

const calendar = calendarOf('Asia/Seoul');
const base = { v: 1, channel: 'C0TILCHAN1' } as const;

test('a key names the week of the message, the instant, the kind and what tells it from others', () => {
  const like: Event = {
    ...base,
    kind: 'reaction.added',
    at: '1722867180.000800',
    item: '1722865849.468459',
    user: 'U0JIHO0001',
    name: '+1::skin-tone-3',
  };
  expect(keyOf(like, calendar)).toBe(
    'events/C0TILCHAN1/2024-W32/1722867180.000800-reaction.added-1722865849.468459-U0JIHO0001-_2b1_3a_3askin-tone-3.json',
  );
});

test('a reaction of a later week lies with its message', () => {
  const like: Event = {
    ...base,
    kind: 'reaction.added',
    at: '1725867180.000800',
    item: '1722865849.468459',
    user: 'U0JIHO0001',
    name: '+1',
  };
  expect(keyOf(like, calendar)).toContain('/2024-W32/');
});

test('what there may be only one of has no clock in its key', () => {
  const at = (seconds: number) => `${seconds}.000000`;
  const closed = (seconds: number): Event => ({
    ...base,
    kind: 'month.closed',
    at: at(seconds),
    month: '2024-08',
    weeks: [],
    rules: {},
    members: [],
    challengers: [],
    special: [],
  });
  expect(keyOf(closed(1725000000), calendar)).toBe('events/C0TILCHAN1/2024-W35/month.closed-2024-08.json');
  expect(keyOf(closed(1726000000), calendar)).toBe(keyOf(closed(1725000000), calendar));
  const attempted = (seconds: number): Event => ({
    ...base,
    kind: 'effect.attempted',
    at: at(seconds),
    week: '2024-W32',
    effect: 'like:1.2:3',
    attempt: 1,
  });
  expect(keyOf(attempted(1), calendar)).toBe(keyOf(attempted(2), calendar));
});

test('different names have different escapes, all of them safe', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
      (left, right) => {
        fc.pre(left.isWellFormed() && right.isWellFormed());
        expect(escapeName(left) === escapeName(right)).toBe(left === right);
        expect(escapeName(left)).toMatch(/^[A-Za-z0-9._-]*$/);
      },
    ),
    { numRuns: 2000 },
  );
  expect(escapeName('_2b')).not.toBe(escapeName('+'));
});

test('different events have different keys, and every key can be stored', () => {
  fc.assert(
    fc.property(season, (events) => {
      const byKey = new Map<string, string>();
      for (const event of events) {
        const key = keyOf(event, calendar);
        expect(validKey(key)).toBe(true);
        const identity = canonical({
          ...event,
          text: undefined,
          links: undefined,
          author: undefined,
          thread: undefined,
        });
        expect(byKey.get(key) ?? identity).toBe(identity);
        byKey.set(key, identity);
      }
      expect(byKey.size).toBe(new Set(byKey.values()).size);
    }),
  );
});

test('an event survives its encoding, whatever its text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const event: Event = {
        ...base,
        kind: 'message.posted',
        at: '1722865849.468459',
        ts: '1722865849.468459',
        text,
        links: [],
      };
      expect(decodeEvent(encodeEvent(event), 'here')).toEqual(event);
    }),
  );
});

test('canonical JSON sorts keys, leaves out what is undefined, and keeps __proto__ a key', () => {
  expect(canonical({ b: 1, a: [{ d: undefined, c: null }] })).toBe('{"a":[{"c":null}],"b":1}');
  expect(canonical(JSON.parse('{"__proto__":{"x":1}}'))).toBe('{"__proto__":{"x":1}}');
});

test('timestamps are compared as numbers of unlimited precision', () => {
  expect(compareTs('1700000000.000100', '1700000000.0001')).toBe(0);
  expect(compareTs('1700000000.000101', '1700000000.0001')).toBeGreaterThan(0);
  expect(compareTs('999999999.999999', '1000000000.000000')).toBeLessThan(0);
});
