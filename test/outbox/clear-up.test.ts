import { beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { tsAt } from '../../src/events/timestamp.ts';
import type { Effect, EffectRef } from '../../src/handlers/effect.ts';
import { createUnclear, SETTLE_SECONDS } from '../../src/outbox/unclear.ts';
import type { EffectRecord } from '../../src/projections/ledger.ts';
import type { Found } from '../../src/slack/slack.ts';
import { CHANNEL, MINSEO, REPLY, WEEK } from '../support/events.ts';
import { challengeOf } from '../support/given.ts';

const challenge = challengeOf();
const START = 1_722_945_000;
/** Two clocks may be off by ten minutes each. */
const CLOCKS = 1200;

const post = { ts: REPLY, author: MINSEO, week: WEEK };
const common = { week: WEEK, due: REPLY };
const announcement: Effect = { ...common, kind: 'participation', id: `participation:${REPLY}:0`, post };
const counts = { added: [], removed: 0, total: 0 };
const notice: Effect = { ...common, kind: 'like', id: `like:${REPLY}:0`, post, ...counts };
const change: Effect = { ...announcement, change: { channel: CHANNEL, ts: '1722942120.000000' } };
const found: Found = { outcome: 'found', channel: CHANNEL, ts: '1722942120.000000', attempt: 1, message: {} };

const refTo = (id: string): EffectRef => ({ week: WEEK, id });

/** Attempts that began so many seconds before or after the start; the last of them is unclear. */
const attemptsAt = (...seconds: number[]): EffectRecord => ({
  attempts: Object.fromEntries(seconds.map((second, index) => [index + 1, { at: tsAt((START + second) * 1000) }])),
});

const setUp = () => {
  let now = START * 1000;
  const world = {
    answer: { outcome: 'absent' } as Found,
    looked: [] as unknown[][],
    ended: [] as unknown[][],
    /** The attempts of which the log holds a delivery. */
    delivered: new Set<number>(),
    pass: (seconds: number) => void (now += seconds * 1000),
  };
  const unclear = createUnclear({
    slack: {
      find: async (...asked) => {
        world.looked.push(asked);
        return world.answer;
      },
    },
    clock: { now: () => now, elapsed: () => now } as never,
    recorder: {
      recall: async (like: Event) =>
        like.kind === 'effect.delivered' && world.delivered.has(like.attempt) ? like : undefined,
    } as never,
    outcomes: {
      delivered: async (_: unknown, ...rest: unknown[]) => void world.ended.push(['delivered', ...rest]),
      skipped: async (_: unknown, ...rest: unknown[]) => void world.ended.push(['skipped', ...rest]),
    } as never,
    settleSeconds: SETTLE_SECONDS,
  });
  return Object.assign(world, {
    made: (effect: Effect, number = 1) => unclear.made(challenge, effect, number),
    clearUp: (record: EffectRecord, effect: Effect = announcement) =>
      unclear.clearUp(challenge, refTo(effect.id), record, effect),
    /** Of an effect that is owed no more. */
    clearUpOld: (record: EffectRecord, id: string) => unclear.clearUp(challenge, refTo(id), record, undefined),
  });
};

let world: ReturnType<typeof setUp>;
beforeEach(() => {
  world = setUp();
});

describe('an attempt is past', () => {
  test('when this process has known of it for two minutes, whatever its date says', async () => {
    const fromAhead = attemptsAt(500);
    expect(await world.clearUp(fromAhead)).toEqual({ retryAfterSeconds: 120 });
    world.pass(119.5);
    expect(await world.clearUp(fromAhead)).toEqual({ retryAfterSeconds: 1 });
    expect(world.looked).toEqual([]);
    world.pass(0.5);
    expect(await world.clearUp(fromAhead)).toBe('absent');
  });

  test('when this process has made it two minutes ago', async () => {
    world.made(announcement);
    world.pass(120);
    expect(await world.clearUp(attemptsAt(0))).toBe('absent');
  });

  test('at first sight only when its date is older by twice what a clock may be off', async () => {
    expect(await world.clearUp(attemptsAt(-CLOCKS - 119))).toEqual({ retryAfterSeconds: 1 });
    expect(world.looked).toEqual([]);
    world = setUp();
    expect(await world.clearUp(attemptsAt(-CLOCKS - 120))).toBe('absent');
  });

  test('by its own age, not by that of the attempt before it, nor by another effect’s', async () => {
    world.made(announcement, 1);
    world.made(notice, 2);
    world.pass(200);
    expect(await world.clearUp(attemptsAt(0, 190))).toEqual({ retryAfterSeconds: 120 });
  });

  test('by when it was first known of, not last', async () => {
    world.made(announcement);
    world.pass(60);
    world.made(announcement);
    world.pass(60);
    expect(await world.clearUp(attemptsAt(0))).toBe('absent');
  });

  test.each([
    [9_999, 'absent'],
    [10_000, { retryAfterSeconds: 120 }],
  ])('as long as it is remembered: after %i others it is %j', async (others, expected) => {
    world.made(announcement);
    for (let other = 1; other <= others; other++) world.made(notice, other);
    world.pass(120);
    expect(await world.clearUp(attemptsAt(0))).toEqual(expected);
  });
});

describe('a look-up', () => {
  const old = attemptsAt(-5000, -4000);

  test('asks where the effect goes, from before the first attempt to after the last by what clocks may be off', async () => {
    await world.clearUp(old, notice);
    const within = { oldest: tsAt((START - 5000 - 660) * 1000), latest: tsAt((START - 4000 + 600 + 120) * 1000) };
    expect(world.looked).toEqual([[notice.id, MINSEO, within]]);
  });

  test('asks from before the attempt that is known where the first is not', async () => {
    await world.clearUp({ attempts: { 2: { at: tsAt((START - 4000) * 1000) } } });
    const oldest = tsAt((START - 4000 - 660) * 1000);
    expect(world.looked).toMatchObject([[announcement.id, CHANNEL, { oldest }]]);
  });

  test('of an alarm that is owed no more asks the admin to whom it went; of another, the channel', async () => {
    await world.clearUpOld(old, 'alarm:x:U0ADMIN001');
    await world.clearUpOld(old, announcement.id);
    await world.clearUp(old, announcement);
    expect(world.looked.map(([, to]) => to)).toEqual(['U0ADMIN001', CHANNEL, CHANNEL]);
  });

  test('is not made for a personal message that is owed no more where its id names nobody', async () => {
    expect(await world.clearUpOld(old, notice.id)).toBe('absent');
    expect(world.looked).toEqual([]);
  });

  test('that finds the message keeps the delivery of the attempt which the message names', async () => {
    world.answer = found;
    expect(await world.clearUp(old)).toBeUndefined();
    expect(world.ended).toEqual([['delivered', refTo(announcement.id), 1, found]]);
  });

  test('that could not read all of the history proves nothing: it waits', async () => {
    world.answer = { outcome: 'unknown' };
    expect(await world.clearUp(old)).toEqual({ retryAfterSeconds: 60 });
    expect(world.ended).toEqual([]);
  });

  test('that could not be made for a day is given up', async () => {
    world.answer = { outcome: 'unknown' };
    expect(await world.clearUp(attemptsAt(-CLOCKS - 86_399))).toEqual({ retryAfterSeconds: 60 });
    world = setUp();
    world.answer = { outcome: 'unknown' };
    expect(await world.clearUp(attemptsAt(-CLOCKS - 86_400))).toBe('unreadable');
  });

  test('that finds nothing proves that it was not done', async () => {
    expect(await world.clearUp(old)).toBe('absent');
    expect(world.ended).toEqual([]);
  });

  test.each([1, 2])(
    'that finds nothing is overruled by a delivery that the log knows, by attempt %i',
    async (attempt) => {
      world.delivered.add(attempt);
      expect(await world.clearUp(old)).toBeUndefined();
    },
  );

  test('is not overruled by a delivery of an attempt that was never made', async () => {
    world.delivered.add(3);
    expect(await world.clearUp(old)).toBe('absent');
  });
});

describe('without a look-up', () => {
  test('a change is made again after a quarter of a minute', async () => {
    const record = attemptsAt(0);
    expect(await world.clearUp(record, change)).toEqual({ retryAfterSeconds: 15 });
    world.pass(14);
    expect(await world.clearUp(record, change)).toEqual({ retryAfterSeconds: 15 });
    world.pass(1);
    expect(await world.clearUp(record, change)).toBe('absent');
    expect(world.looked).toEqual([]);
  });

  test('a hint, which nobody but its reader sees, is skipped when it is past: rather not at all than twice', async () => {
    const hint: Effect = {
      kind: 'hint',
      id: `hint:${REPLY}`,
      week: WEEK,
      due: REPLY,
      post,
      reason: { why: 'no-link' },
    };
    expect(await world.clearUp(attemptsAt(0), hint)).toEqual({ retryAfterSeconds: 120 });
    expect(world.ended).toEqual([]);
    expect(await world.clearUp(attemptsAt(-5000), hint)).toBeUndefined();
    expect(world.ended).toEqual([['skipped', refTo(hint.id), 'unclear', hint]]);
    expect(world.looked).toEqual([]);
  });
});
