import { describe, expect, test } from 'vitest';
import { createBot } from '../support/bot.ts';
import { CHANNEL } from '../support/world.ts';

const POST = '이번 주 글 https://velog.io/@minseo/first';
const HOUR = 3600;

const opened = async () => {
  const bot = createBot();
  await bot.pass(1800);
  await bot.tick('week.open');
  return bot;
};

const announced = (said: string[]) => said.filter((text) => text.includes('참여하였습니다'));

test('a clock that is set back while Slack says to wait makes nothing wait longer', async () => {
  const bot = await opened();
  bot.workspace.faults.add({ kind: 'rate-limited', retryAfter: 60, methods: ['chat.postMessage'], count: 1 });
  await bot.reply('U0MINSEO01', POST);
  bot.setClockAhead(-5 * HOUR);
  await bot.pass(90);
  expect(announced(bot.said())).toHaveLength(1);
});

test('a clock that is set ahead while Slack says to wait makes nothing wait shorter', async () => {
  const bot = await opened();
  bot.workspace.faults.add({ kind: 'rate-limited', retryAfter: 60, methods: ['chat.postMessage'], count: 1 });
  await bot.reply('U0MINSEO01', POST);
  const calls = bot.workspace.callCount('chat.postMessage');
  bot.setClockAhead(240);
  await bot.reply('U0SEOYEON1', POST);
  expect(bot.workspace.callCount('chat.postMessage')).toBe(calls);
});

test('a clock that is set back delays no look-up of an unclear message', async () => {
  const bot = await opened();
  bot.workspace.faults.add({ kind: 'timeout', when: 'before', methods: ['chat.postMessage'], count: 1 });
  await bot.reply('U0MINSEO01', POST);
  bot.setClockAhead(-5 * HOUR);
  await bot.pass(300);
  expect(announced(bot.said())).toHaveLength(1);
});

describe('a clock that differs by more than five minutes from Slack’s', () => {
  const DAY = 24 * HOUR;

  test.each([
    ['ahead', 12 * DAY],
    ['behind', -12 * DAY],
  ])('%s opens no week until it is right, holds up no event, and is told of once', async (_, seconds) => {
    const bot = createBot({ checksClock: true });
    await bot.pass(1800);
    bot.setClockAhead(seconds);
    await bot.tick('week.open');
    bot.workspace.post({ user: 'U0MINSEO01', channel: CHANNEL, text: 'hello' });
    await bot.pass(HOUR);
    expect(await bot.logged(/message\.posted/)).toHaveLength(1);
    expect(bot.everything()).toEqual([]);
    const words = `this machine's clock is 12 days ${seconds > 0 ? 'ahead of' : 'behind'} Slack's`;
    expect(bot.happenings.filter((line) => line.startsWith('alarm'))).toEqual([
      `alarm ${JSON.stringify({ code: 'clock-wrong', subject: words })}`,
    ]);
    expect(bot.told('U0ADMIN001')).toHaveLength(1);
    bot.setClockAhead(0);
    await bot.pass(700);
    expect(bot.everything()).toHaveLength(1);
  });

  test('freezes no month, neither while it is wrong nor when it is right again', async () => {
    const bot = createBot({ checksClock: true, startsAt: '2024-08-26T09:00:00+09:00' });
    await bot.pass(1800);
    await bot.tick('week.open');
    await bot.reply('U0MINSEO01', POST);
    bot.setClockAhead(12 * DAY);
    await bot.tick('month.result', new Date(bot.clock.now()), '2024-08');
    await bot.pass(HOUR);
    bot.setClockAhead(0);
    await bot.pass(HOUR);
    expect(await bot.logged(/month\.closed/)).toEqual([]);
    await bot.pass(7 * DAY);
    await bot.tick('month.result');
    expect(await bot.logged(/month\.closed/)).toHaveLength(1);
  });

  test('skips nothing as too old', async () => {
    const bot = createBot({ checksClock: true });
    await bot.pass(1800);
    await bot.tick('week.open');
    bot.setClockAhead(12 * DAY);
    await bot.reply('U0MINSEO01', POST);
    await bot.pass(600);
    expect(announced(bot.said())).toHaveLength(1);
    expect(await bot.logged(/effect\.skipped/)).toEqual([]);
  });

  test('keeps back a weekly post that was already to be said', async () => {
    const bot = createBot({ checksClock: true });
    await bot.pass(1800);
    bot.workspace.faults.add({ kind: 'rate-limited', retryAfter: 60, methods: ['chat.postMessage'], count: 1 });
    await bot.tick('week.open');
    bot.setClockAhead(6 * 60);
    await bot.pass(HOUR);
    expect(bot.everything()).toEqual([]);
    bot.setClockAhead(0);
    await bot.pass(700);
    expect(bot.everything()).toHaveLength(1);
  });

  test('keeps for later what is too old by Slack’s as well', async () => {
    const bot = createBot({ checksClock: true });
    await bot.pass(1800);
    await bot.tick('week.open');
    bot.workspace.faults.add({ kind: 'error', error: 'invalid_auth', when: 'before', methods: ['chat.postMessage'] });
    await bot.reply('U0MINSEO01', POST);
    bot.setClockAhead(6 * 60);
    await bot.pass(HOUR);
    await bot.clock.sleep(24 * HOUR * 1000);
    await bot.pass(600);
    bot.workspace.faults.clear();
    await bot.pass(HOUR);
    expect(await bot.logged(/effect\.skipped/)).toEqual([]);
    bot.setClockAhead(0);
    await bot.pass(700);
    expect(await bot.logged(/effect\.skipped-participation/)).toHaveLength(1);
  });

  test('dates no name by a week that has not begun', async () => {
    const bot = createBot({ checksClock: true });
    await bot.pass(1800);
    await bot.tick('week.open');
    bot.setClockAhead(12 * DAY);
    bot.workspace.leave({ user: 'U0MINSEO01', channel: CHANNEL });
    await bot.pass(60);
    expect(await bot.logged(/profile\.seen/)).toEqual([expect.stringContaining('/2024-W32/')]);
  });

  test('dates what it says by Slack’s, so that others find it', async () => {
    const bot = createBot({ checksClock: true });
    await bot.pass(1800);
    await bot.tick('week.open');
    bot.setClockAhead(-3 * HOUR);
    bot.workspace.faults.add({ kind: 'timeout', when: 'after', methods: ['chat.postMessage'], count: 1 });
    await bot.reply('U0MINSEO01', POST);
    bot.setClockAhead(0);
    await bot.restart();
    await bot.pass(600);
    expect(announced(bot.said())).toHaveLength(1);
    expect(await bot.logged(/effect\.delivered.*participation.*_3a0-1/)).toHaveLength(1);
  });
});
