import { expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/faults.ts';
import { createBot } from '../support/bot.ts';
import { CHANNEL } from '../support/world.ts';

const POST = '글 https://velog.io/@minseo/first';

const opened = async (config: Record<string, unknown> = {}) => {
  const bot = createBot({ config });
  await bot.pass(1800);
  await bot.tick('week.open');
  return bot;
};

const unknown = (error = 'ratelimited'): Fault => ({ kind: 'error', error, when: 'before', methods: ['users.info'] });

test('a name that Slack does not tell at once is asked for again, and the announcement is corrected in place', async () => {
  const bot = await opened();
  bot.workspace.faults.add(unknown());
  const ts = await bot.reply('U0MINSEO01', POST);
  expect(bot.said()).toEqual([expect.stringMatching(/^한 멤버가 TIL 8월 1주차 챌린지에 참여하였습니다 🔥🔥\n/)]);
  bot.workspace.faults.clear();
  await bot.pass(200);
  expect(bot.said()).toEqual([expect.stringMatching(/^민서 님이 TIL 8월 1주차 챌린지에 참여하였습니다 🔥🔥\n/)]);
  const effects = (await bot.ledger('2024-W32'))?.effects ?? {};
  expect(effects[`participation:${ts}:0`]?.attempts?.['1']?.says?.unnamed).toBe(true);
  expect(effects[`participation:${ts}:1`]?.attempts?.['1']?.says?.unnamed).toBeUndefined();
});

test('somebody whom Slack does not know is asked for a few times, holds nobody up, and is asked for again after a restart', async () => {
  const bot = await opened();
  bot.workspace.faults.add(unknown('user_not_found'));
  await bot.reply('U0MINSEO01', POST);
  await bot.pass(3600);
  const asked = bot.workspace.callCount('users.info');
  expect(asked).toBeLessThan(12);
  expect(await bot.queue.list()).toEqual([]);
  await bot.pass(3600);
  expect(bot.workspace.callCount('users.info')).toBe(asked);
  bot.workspace.faults.clear();
  await bot.pass(5 * 86_400);
  await bot.restart();
  await bot.pass(60);
  expect(bot.said()).toEqual([expect.stringMatching(/^민서 님이 TIL/)]);
});

test('nobody is called by an id, nor pinged, in any message', async () => {
  for (const locale of ['ko', 'en']) {
    const bot = await opened({ locale });
    bot.workspace.faults.add(unknown());
    const ts = await bot.reply('U0MINSEO01', POST);
    await bot.like('U0JIHO0001', ts);
    bot.workspace.remove({ user: 'U0SEOYEON1', channel: CHANNEL, ts: await bot.reply('U0SEOYEON1', POST) });
    await bot.clock.sleep(28 * 86_400_000);
    await bot.tick('month.result');
    const all = [...bot.everything(), ...bot.told('U0MINSEO01'), ...bot.told('U0SEOYEON1')];
    expect(all.length).toBeGreaterThan(3);
    for (const text of all) expect(text).not.toMatch(/U0[A-Z0-9]{8}|<@/);
    expect(bot.told('U0MINSEO01')[0]).toMatch(locale === 'ko' ? /^한 멤버가 .*눌렀습니다/ : /^A member liked/);
  }
});
