import { expect, test } from 'vitest';
import { createBot } from '../support/bot.ts';

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
