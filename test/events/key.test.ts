import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Event, faultOf, type Kind } from '../../src/events/catalog.ts';
import { canonical, decodeEvent, encodeEvent } from '../../src/events/codec.ts';
import { escapeName, keyOf } from '../../src/events/key.ts';
import { sha256 } from '../../src/events/sha256.ts';
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

test('of two choices about one thing in one second both have a key, whatever differs; the same one has the same', () => {
  const at = '1722865849.000000';
  const choices: Event[] = [
    { ...base, kind: 'week.rested', at, week: '2024-W33', rest: true },
    { ...base, kind: 'week.rested', at, week: '2024-W33', rest: false },
    { ...base, kind: 'week.rested', at, week: '2024-W33', rest: true, by: 'U0JIHO0001' },
    { ...base, kind: 'week.extended', at, week: '2024-W33' },
    { ...base, kind: 'week.planned', at, week: '2024-W33', user: 'U0JIHO0001', plan: 'write' },
    { ...base, kind: 'week.planned', at, week: '2024-W33', user: 'U0JIHO0001', plan: 'rest' },
    { ...base, kind: 'week.excused', at, week: '2024-W33', user: 'U0JIHO0001', excused: true },
    { ...base, kind: 'post.ruled', at, ts: '1723470649.000000', verdict: 'accept' },
    { ...base, kind: 'post.ruled', at, ts: '1723470649.000000', verdict: 'reject' },
    { ...base, kind: 'member.set', at, user: 'U0JIHO0001', key: 'notes', value: 'off' },
    { ...base, kind: 'member.set', at, user: 'U0JIHO0001', key: 'remind', value: 'off' },
  ];
  const keys = choices.map((event) => keyOf(event, calendar));
  expect(new Set(keys).size).toBe(choices.length);
  expect(keys.map((key) => key.split('/')[2])).toEqual([...Array(9).fill('2024-W33'), '2024-W32', '2024-W32']);
  expect(choices.map((event) => keyOf({ ...event }, calendar))).toEqual(keys);
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

describe('a name of any length and script', () => {
  const like = (name: string, more: Partial<Event> = {}): Event =>
    ({
      ...base,
      kind: 'reaction.added',
      at: '1795873003.000100',
      item: '1795873000.000100',
      user: 'U0MEMBER02',
      name,
      ...more,
    }) as Event;
  const skipped = (effect: string): Event =>
    ({ ...base, kind: 'effect.skipped', at: '1795873003.000100', week: '2026-W48', effect, reason: 'x' }) as Event;
  const lastOf = (event: Event): string => keyOf(event, calendar).split('/').at(-1) as string;

  test('keeps its key while that can be stored, and ends in a digest when it cannot', () => {
    // The parts before the name take 62 bytes, `.json` 5: 188 are left.
    const longest = 'a'.repeat(188);
    expect(keyOf(like(longest), calendar)).toBe(
      `events/C0TILCHAN1/2026-W48/1795873003.000100-reaction.added-1795873000.000100-U0MEMBER02-${longest}.json`,
    );
    expect(lastOf(like(longest))).toHaveLength(255);
    expect(lastOf(like(`${longest}a`))).toMatch(/^.{184}__[0-9a-f]{64}\.json$/);
    const name = '오늘도_수고하셨습니다_정말_고생_많으셨어요_최고최고';
    const whole = `1795873003.000100-reaction.added-1795873000.000100-U0MEMBER02-${escapeName(name)}`;
    const digest = createHash('sha256').update(whole).digest('hex');
    expect(lastOf(like(name))).toBe(`${whole.slice(0, lastOf(like(name)).length - 71)}__${digest}.json`);
    expect(lastOf(like(name)).length).toBeLessThanOrEqual(255);
  });

  /** Of effects there is one event a kind, effect and attempt, whatever it says. */
  const identityOf = (event: Event): string => {
    if (!event.kind.startsWith('effect')) return canonical(event);
    const { kind, effect, attempt } = event as { kind: string; effect: string; attempt?: number };
    return canonical([kind, effect, kind === 'effect.skipped' ? 0 : attempt]);
  };

  test('makes a key that can be stored for every event that the catalog allows', () => {
    const id = 'U'.repeat(32);
    const ts = fc.constantFrom('1795873003.000100', '99999999999.999999', '999999999.1');
    const name = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }).filter((text) => text.length <= 120),
      fc.integer({ min: 0, max: 120 }).map((end) => `${'가'.repeat(end)}${'a'.repeat(120 - end)}`),
    );
    const event = fc.oneof(
      fc
        .tuple(name, ts, ts, fc.constantFrom('reaction.added', 'reaction.removed'))
        .map(([text, at, item, kind]) => like(text, { at, item, kind, user: id } as Partial<Event>)),
      name.map(skipped),
      fc
        .tuple(name, fc.constantFrom('effect.attempted', 'effect.delivered', 'effect.refused'), fc.nat())
        .map(([effect, kind, attempt]) => {
          const fields = { attempt, to: id, reason: 'x', final: true };
          return { ...skipped(effect), ...fields, kind: kind as Kind } as Event;
        }),
    );
    fc.assert(
      fc.property(event, event, (left, right) => {
        expect([faultOf(left), faultOf(right)]).toEqual([undefined, undefined]);
        for (const each of [left, right]) expect(validKey(keyOf(each, calendar))).toBe(true);
        expect(keyOf(left, calendar) === keyOf(right, calendar)).toBe(identityOf(left) === identityOf(right));
      }),
      { numRuns: 1000 },
    );
  });

  test('differs from every other, also where only what was cut off differs, or where it imitates a digest', () => {
    const long = '가'.repeat(99);
    const keys = ['', 'a', 'b', '가', '__', `__${'0'.repeat(64)}`].map((end) => lastOf(like(`${long}${end}`)));
    expect(new Set(keys).size).toBe(keys.length);
    const digest = lastOf(like(long)).slice(-69, -5);
    expect(lastOf(like(`가__${digest}`))).not.toContain(`__${digest}`);
  });
});

test('the digest is SHA-256, for every length around the edges of its blocks', () => {
  const lengths = [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000];
  const random = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    ...lengths.map((size) => fc.uint8Array({ minLength: size, maxLength: size })),
  );
  fc.assert(
    fc.property(random, (bytes) => {
      expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
    }),
    { numRuns: 500 },
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
