import { describe, expect, test } from 'vitest';
import { jobOf } from '../../src/queue/jobs.ts';
import { createBot } from '../support/bot.ts';
import { CHANNEL } from '../support/world.ts';

const ADMIN = 'U0ADMIN001';
const WEEK = '2024-W32';
const HOUR = 3_600_000;
const post = (name: string): string => `글 https://velog.io/@${name}/weekend`;

/** A bot whose token is no good from Friday evening to Monday's early morning, while people write and like. */
const afterWeekend = async (config: Record<string, unknown> = {}) => {
  const bot = createBot({ config });
  await bot.pass(1800);
  await bot.tick('week.open');
  const early = await bot.reply('U0SEOYEON1', post('seoyeon'));
  await bot.pass(60);
  await bot.clock.sleep(Date.parse('2024-08-09T20:00:00+09:00') - bot.clock.now());
  bot.workspace.faults.add({ kind: 'error', error: 'token_expired', when: 'before' });
  const minseo = await bot.reply('U0MINSEO01', post('minseo'));
  await bot.like('U0JIHO0001', early);
  await bot.clock.sleep(2 * HOUR);
  await bot.reply('U0JIHO0001', post('jiho'));
  await bot.like('U0MINSEO01', early);
  bot.workspace.reply({ user: ADMIN, channel: CHANNEL, thread: bot.thread(), text: post('admin') });
  const [held] = bot.workspace.take(); // Slack is late with this one,
  bot.workspace.faults.add({ kind: 'dropped', count: 1 }); // and its preview never comes.
  for (let hours = 0; hours < 54; hours += 3) {
    await bot.clock.sleep(3 * HOUR);
    await bot.settle();
  }
  bot.workspace.faults.clear();
  await bot.pass(1200);
  return { bot, minseo, held };
};

const caughtUp = (bot: ReturnType<typeof createBot>) => bot.said().filter((text) => text.includes('자리를 비운 사이'));

describe('participations that became too old while the bot could not speak', () => {
  test('are told in one message, with their links, once', async () => {
    const { bot, minseo } = await afterWeekend();
    expect(caughtUp(bot)).toEqual([
      expect.stringMatching(
        /^자리를 비운 사이 민서 님, 지호 님이 글을 올렸어요\n• 민서 님 · <https:\/\/velog\.io\/@minseo\/weekend\|.*>\n• 지호 님 · <https:\/\/velog\.io\/@jiho\/weekend\|.*>$/,
      ),
    ]);
    expect((await bot.ledger(WEEK))?.effects[`participation:${minseo}:0`]?.skipped?.reason).toBe('too old');
    for (let days = 0; days < 3; days++) {
      await bot.clock.sleep(24 * HOUR);
      await bot.restart();
      await bot.pass(300);
    }
    expect(caughtUp(bot)).toHaveLength(1);
    expect(bot.said().filter((text) => text.includes('참여하였습니다'))).toHaveLength(1);
  });

  test('are told of to the admins: how many, and why', async () => {
    const { bot } = await afterWeekend();
    expect(bot.told(ADMIN).filter((text) => text.includes('missed'))).toEqual([
      expect.stringMatching(
        /2024-08-12: too old to be told one by one \(more than 24 hours\): 2 participations, 1 like notice; told together/,
      ),
    ]);
  });

  test('that become known later on the same day are told the next day: at most one such message a day', async () => {
    const { bot, held } = await afterWeekend();
    await bot.queue.put([
      { id: 'held', group: CHANNEL, body: JSON.stringify({ kind: 'event', payload: held?.payload }) },
    ]);
    await bot.pass(600);
    await bot.restart();
    await bot.pass(600);
    expect(caughtUp(bot)).toHaveLength(1);
    await bot.clock.sleep(24 * HOUR);
    await bot.restart();
    await bot.pass(60);
    expect(caughtUp(bot)).toEqual([
      expect.stringContaining('민서 님, 지호 님이'),
      expect.stringMatching(/^자리를 비운 사이 매니저 님이 글을 올렸어요\n• 매니저 님 · /),
    ]);
    const ids = Object.keys((await bot.ledger('2024-W33'))?.effects ?? {}).filter((id) => id.startsWith('catch-up:'));
    expect(ids).toEqual(['catch-up:2024-08-12', 'catch-up:2024-08-13']);
  });

  test('are told of in English where the challenge is English', async () => {
    const { bot } = await afterWeekend({ locale: 'en' });
    expect(bot.said().at(-1)).toMatch(/^While I was away, 민서 님 and 지호 님 posted:/);
  });

  test('of a month that is closed are recorded, and told no more', async () => {
    const { bot } = await afterWeekend();
    const told = caughtUp(bot).length;
    const { ts } = bot.workspace.reply({ user: ADMIN, channel: CHANNEL, thread: bot.thread(), text: post('admin') });
    const [late] = bot.workspace.take();
    await bot.clock.sleep(28 * 24 * HOUR);
    await bot.tick('month.result');
    await bot.queue.put([
      { id: 'late', group: CHANNEL, body: JSON.stringify({ kind: 'event', payload: late?.payload }) },
    ]);
    await bot.pass(60);
    expect((await bot.ledger('2024-W33'))?.effects[`participation:${ts}:0`]?.skipped?.reason).toBe('too old');
    expect(caughtUp(bot)).toHaveLength(told);
  });
});

test('likes that could not be told in time come as one message with the total, and no names', async () => {
  const { bot } = await afterWeekend();
  expect(bot.told('U0SEOYEON1')).toEqual([expect.stringMatching(/의 좋아요가 이제 2개입니다\.$/)]);
});

test('nothing that is owed about an open month is forgotten, however long ago it was: it is recorded as too old', async () => {
  const bot = createBot({
    beforePut: () => {
      if (isBroken) throw new Error('the queue is out of reach');
    },
  });
  let isBroken = false;
  await bot.pass(1800);
  await bot.tick('week.open');
  isBroken = true;
  const ts = await bot.reply('U0MINSEO01', post('minseo'));
  isBroken = false;
  for (const job of await bot.queue.take(10, 0)) await bot.queue.done([job]); // It is lost.
  await bot.clock.sleep(10 * 24 * HOUR);
  await bot.restart();
  await bot.pass(120);
  expect((await bot.ledger(WEEK))?.effects[`participation:${ts}:0`]?.skipped?.reason).toBe('too old');
  expect(caughtUp(bot)).toEqual([expect.stringContaining('민서 님이')]);
});

test('a catch-up waits for what is too old and not recorded so yet: one message tells of all', async () => {
  const bot = createBot();
  await bot.pass(1800);
  await bot.tick('week.open');
  bot.workspace.faults.add({ kind: 'error', error: 'token_expired', when: 'before' });
  const minseo = await bot.reply('U0MINSEO01', post('minseo'));
  await bot.reply('U0JIHO0001', post('jiho'));
  for (const { id, group } of await bot.queue.list()) if (group.startsWith('effect/')) await lose(bot, id);
  bot.workspace.faults.clear();
  await bot.clock.sleep(3 * 24 * HOUR);
  const body = { kind: 'effect', channel: CHANNEL, week: WEEK, effect: `participation:${minseo}:0` } as const;
  await bot.queue.put([jobOf('one of them', `effect/${CHANNEL}/${minseo}`, body)]);
  await bot.pass(60);
  expect(caughtUp(bot)).toEqual([expect.stringContaining('민서 님, 지호 님이')]);
});

/** Removes a job as if it had never been put. */
const lose = async (bot: ReturnType<typeof createBot>, id: string): Promise<void> => {
  await bot.clock.sleep(HOUR);
  for (const job of await bot.queue.take(10, 0)) if (job.id === id) await bot.queue.done([job]);
};
