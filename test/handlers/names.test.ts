import { describe, expect, test } from 'vitest';
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

const DAY = 86_400;

describe('what stands without a name is corrected in place, once the name is known:', () => {
  test('a notice of likes', async () => {
    const bot = await opened({ notify: { likes: 'each' } });
    const ts = await bot.reply('U0MINSEO01', POST);
    bot.workspace.faults.add(unknown());
    for (const user of ['U0JIHO0001', 'U0SEOYEON1']) await bot.like(user, ts);
    expect(bot.told('U0MINSEO01')).toEqual([
      expect.stringMatching(/^한 멤버가 .*좋아요 1개!$/),
      expect.stringMatching(/^한 멤버가 .*좋아요 2개!$/),
    ]);
    bot.workspace.faults.clear();
    await bot.pass(200);
    expect(bot.told('U0MINSEO01')[1]).toMatch(/^서연 님이 .*좋아요 2개!$/);
    await bot.pass(2 * DAY);
    await bot.restart();
    await bot.pass(60);
    expect(Object.keys((await bot.ledger('2024-W32'))?.effects ?? {}).filter((id) => id.startsWith('like:'))).toEqual(
      [0, 1, 2].map((number) => `like:${ts}:${number}`),
    );
  });

  test('a notice of likes that shows no names is left alone', async () => {
    const bot = await opened({ notify: { likes: 'card' } });
    const ts = await bot.reply('U0MINSEO01', POST);
    bot.workspace.faults.add(unknown());
    await bot.like('U0JIHO0001', ts);
    bot.workspace.faults.clear();
    await bot.pass(200);
    expect((await bot.ledger('2024-W32'))?.effects[`like:${ts}:1`]).toBeUndefined();
  });

  test('a catch-up, from which what counts no more is gone', async () => {
    const bot = await opened();
    bot.workspace.faults.add({ kind: 'error', error: 'token_expired', when: 'before' });
    const ts = await bot.reply('U0MINSEO01', POST);
    for (const [user, name] of [
      ['U0JIHO0001', 'jiho'],
      ['U0SEOYEON1', 'seoyeon'],
    ] as const)
      await bot.reply(user, `글 https://velog.io/@${name}/first`);
    await bot.clock.sleep(2 * DAY * 1000);
    await bot.pass(3600);
    bot.workspace.faults.clear();
    bot.workspace.faults.add(unknown('user_not_found'));
    await bot.pass(2 * 3600);
    expect(bot.said()).toEqual([
      expect.stringMatching(/^자리를 비운 사이 한 멤버, 한 멤버, 한 멤버가 글을 올렸어요\n/),
    ]);
    bot.workspace.remove({ user: 'U0MINSEO01', channel: CHANNEL, ts });
    bot.workspace.faults.clear();
    await bot.restart();
    await bot.pass(600);
    expect(bot.said()).toEqual([
      expect.stringMatching(/^자리를 비운 사이 지호 님, 서연 님이 글을 올렸어요\n• 지호 님 · <.*\n• 서연 님 · <.*>$/),
    ]);
    expect(bot.told('U0ADMIN001').filter((text) => text.includes('missed'))).toHaveLength(1);
    const updates = bot.workspace.callCount('chat.update');
    await bot.restart();
    await bot.clock.sleep(DAY * 1000);
    await bot.pass(600);
    expect(bot.workspace.callCount('chat.update')).toBe(updates);
    expect(bot.said()).toHaveLength(1);
  });
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
