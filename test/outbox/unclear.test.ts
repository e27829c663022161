import { describe, expect, test } from 'vitest';
import { secondsOf, type Ts } from '../../src/events/timestamp.ts';
import { createUnclear, SETTLE_SECONDS } from '../../src/outbox/unclear.ts';
import type { Within } from '../../src/slack/slack.ts';
import { createBot } from '../support/bot.ts';
import { challengeWith } from '../support/world.ts';

const WEEK = '2024-W32';
const HOUR = 3600;

test('a look-up reaches from before the first attempt to after the last, by more than clocks are off', async () => {
  const asked: Within[] = [];
  const unclear = createUnclear({
    slack: {
      find: async (_effect, _to, within) => {
        asked.push(within);
        return { outcome: 'unknown' };
      },
    },
    clock: { now: () => 1_722_830_000_000, elapsed: () => 0, sleep: async () => {} },
    recorder: undefined as never,
    outcomes: undefined as never,
    settleSeconds: SETTLE_SECONDS,
  });
  // The second was made by a machine whose clock is behind.
  const attempts = { 1: { at: '1722820000.000000' as Ts }, 2: { at: '1722819500.000000' as Ts } };
  const ref = { week: WEEK, id: 'participation:1722819000.000001:0' } as const;
  await unclear.clearUp(challengeWith(), ref, { attempts }, undefined);
  expect(asked).toHaveLength(1);
  const { oldest, latest } = asked[0] as Within;
  expect(1_722_819_500 - secondsOf(oldest)).toBe(660);
  expect(secondsOf(latest) - 1_722_820_000).toBe(600 + SETTLE_SECONDS);
});

describe('a message whose history cannot be read', () => {
  const lost = async () => {
    const bot = createBot();
    await bot.pass(1800);
    await bot.tick('week.open');
    bot.workspace.faults.add({ kind: 'http-500', when: 'before', methods: ['conversations.history'] });
    bot.workspace.faults.add({ kind: 'timeout', when: 'after', methods: ['chat.postMessage'], count: 1 });
    const id = `participation:${await bot.reply('U0MINSEO01', 'https://velog.io/@minseo/first')}:0`;
    return { bot, id, record: async () => (await bot.ledger(WEEK))?.effects[id] };
  };
  const told = (happenings: string[]) => happenings.filter((line) => line.startsWith('alarm {"code":"refused"'));

  test('is looked up for a day, then recorded as not repeated, and alarms once', async () => {
    const { bot, id, record } = await lost();
    await bot.pass(23 * HOUR);
    expect(isOpen(await record())).toBe(true);
    expect(told(bot.happenings)).toEqual([]);
    await bot.pass(2 * HOUR);
    expect((await record())?.skipped?.reason).toBe('unclear, not repeated');
    expect(told(bot.happenings)).toEqual([
      `alarm ${JSON.stringify({ code: 'refused', subject: `${id}: unclear, not repeated` })}`,
    ]);
    const calls = bot.workspace.callCount('conversations.history');
    await bot.pass(2 * HOUR);
    expect(bot.said().filter((text) => text.includes('참여하였습니다'))).toHaveLength(1);
    // The alarm to the admin went through, so nothing is looked up any more.
    expect(bot.workspace.callCount('conversations.history')).toBe(calls);
  });

  test('is found as soon as the history can be read', async () => {
    const { bot, record } = await lost();
    await bot.pass(20 * HOUR);
    bot.workspace.faults.clear();
    await bot.pass(120);
    expect((await record())?.delivered?.attempt).toBe(1);
  });
});

const isOpen = (record: { delivered?: unknown; skipped?: unknown } | undefined): boolean =>
  record !== undefined && !record.delivered && !record.skipped;
