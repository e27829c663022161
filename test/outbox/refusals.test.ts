import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/faults.ts';
import { createBot } from '../support/bot.ts';

const WEEK = '2024-W32';
const POST = '이번 주 글 https://velog.io/@minseo/first';

const opened = async () => {
  const bot = createBot();
  await bot.pass(1800);
  await bot.tick('week.open');
  return bot;
};
type Bot = Awaited<ReturnType<typeof opened>>;

const recordOf = async (bot: Bot, ts: string) => (await bot.ledger(WEEK))?.effects[`participation:${ts}:0`];
const alarms = (bot: Bot, code: string) => bot.happenings.filter((line) => line.startsWith(`alarm {"code":"${code}"`));

describe('a refusal that Slack does not document', () => {
  const fault: Fault = {
    kind: 'error',
    error: 'moon_in_the_wrong_phase',
    when: 'before',
    methods: ['chat.postMessage'],
  };

  test('is not final: the message is said once it is taken', async () => {
    const bot = await opened();
    bot.workspace.faults.add({ ...fault, count: 4 });
    const ts = await bot.reply('U0MINSEO01', POST);
    await bot.pass(3600);
    const record = await recordOf(bot, ts);
    expect(record?.delivered?.attempt).toBe(5);
    expect(Object.values(record?.refused ?? {}).map(({ final }) => final)).toEqual([false, false, false, false]);
  });

  test('is final and alarms when it has come five times, each after a longer wait', async () => {
    const bot = await opened();
    bot.workspace.faults.add(fault);
    const ts = await bot.reply('U0MINSEO01', POST);
    await bot.pass(2000);
    expect(Object.keys((await recordOf(bot, ts))?.refused ?? {})).toHaveLength(4);
    expect(alarms(bot, 'refused')).toEqual([]);
    await bot.pass(20_000);
    const record = await recordOf(bot, ts);
    expect(Object.values(record?.refused ?? {}).map(({ final }) => final)).toEqual([false, false, false, false, true]);
    expect(alarms(bot, 'refused')).toEqual([expect.stringContaining(`participation:${ts}:0: moon_in_the_wrong_phase`)]);
  });

  test('holds up nothing else', async () => {
    const bot = await opened();
    bot.workspace.faults.add({ ...fault, count: 1 });
    const first = await bot.reply('U0MINSEO01', POST);
    const second = await bot.reply('U0JIHO0001', 'https://velog.io/@jiho/first');
    expect((await recordOf(bot, first))?.delivered).toBeUndefined();
    expect((await recordOf(bot, second))?.delivered).toBeDefined();
  });
});

describe('a rate limit', () => {
  const limited = async () => {
    const bot = await opened();
    const ts = await bot.reply('U0MINSEO01', POST);
    bot.workspace.faults.add({ kind: 'rate-limited', retryAfter: 600, methods: ['chat.postMessage'], count: 1 });
    const refused = await bot.reply('U0JIHO0001', 'https://velog.io/@jiho/first');
    return { bot, ts, refused };
  };

  test('closes its method in its conversation for as long as Slack says', async () => {
    const { bot, refused } = await limited();
    const calls = bot.workspace.callCount('chat.postMessage');
    const third = await bot.reply('U0SEOYEON1', 'https://velog.io/@seoyeon/first');
    await bot.pass(580);
    expect(bot.workspace.callCount('chat.postMessage')).toBe(calls);
    await bot.pass(60);
    expect((await recordOf(bot, refused))?.delivered).toBeDefined();
    expect((await recordOf(bot, third))?.delivered?.attempt).toBe(1);
  });

  test('holds up no other conversation and no other method', async () => {
    const { bot, ts } = await limited();
    await bot.like('U0JIHO0001', ts);
    expect(bot.told('U0MINSEO01')).toHaveLength(1);
    await bot.reply('U0SEOYEON1', '링크는 곧');
    expect(bot.hinted('U0SEOYEON1')).toHaveLength(1);
  });
});
