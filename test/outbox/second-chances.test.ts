import { describe, expect, test } from 'vitest';
import { endedAttempt, sinceAsked } from '../../src/handlers/second-chance.ts';
import { verify } from '../../src/history/rebuild.ts';
import { weekOpenJob } from '../../src/outbox/effect-jobs.ts';
import type { EffectRecord } from '../../src/projections/ledger.ts';
import type { Asked } from '../../src/queue/jobs.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { createBot } from '../support/bot.ts';
import { CHANNEL } from '../support/world.ts';

const WEEK = '2024-W32';
const OPEN = `week.open:${WEEK}`;
const RESULT = 'month.result:2024-08';

const fault = (error: string, count?: number): Fault => ({
  kind: 'error',
  error,
  when: 'before',
  methods: ['chat.postMessage'],
  ...(count ? { count } : {}),
});

type Bot = ReturnType<typeof createBot>;
const recordOf = async (bot: Bot) => (await bot.ledger(WEEK))?.effects[OPEN];
const isSound = async ({ challenge, log, state }: Bot) =>
  (await verify(challenge, { log, state })).differences.length === 0;

/** What the command line puts on the queue. */
const askedNow = async (bot: Bot): Promise<Asked> => ({ by: 'person', after: endedAttempt(await recordOf(bot)) });
const ask = async (bot: Bot, asked?: Asked): Promise<void> => {
  // Nobody asks twice within a second; the queue would take it for a repetition.
  await bot.pass(1);
  await bot.tick('week.open', undefined, undefined, { asked: asked ?? (await askedNow(bot)) });
};

const refused = async () => {
  const bot = createBot();
  await bot.pass(1800);
  bot.workspace.faults.add(fault('not_in_channel'));
  await bot.tick('week.open');
  return bot;
};

describe('a weekly post that Slack refused for good', () => {
  test('is not tried again by the bot itself, and once by each person who asks', async () => {
    const bot = await refused();
    await bot.tick('week.open');
    await bot.restart();
    await bot.pass(3600);
    expect(Object.keys((await recordOf(bot))?.attempts ?? {})).toEqual(['1']);
    await ask(bot);
    expect(await recordOf(bot)).toMatchObject({ refused: { 1: { final: true }, 2: { final: true } } });
    bot.workspace.faults.clear();
    await ask(bot);
    await ask(bot);
    await bot.pass(3600);
    expect(bot.everything()).toHaveLength(1);
    expect((await recordOf(bot))?.delivered?.attempt).toBe(3);
    expect(await isSound(bot)).toBe(true);
  });

  test('is tried once when two ask at the same moment, or the job comes twice', async () => {
    const bot = await refused();
    const asked = await askedNow(bot);
    const job = () => weekOpenJob(bot.challenge, WEEK, { asked, at: new Date(bot.clock.now()).toISOString() });
    for (let times = 0; times < 3; times++) {
      await bot.pass(1);
      await bot.queue.put([job(), job()]);
      await bot.settle();
      if (times === 0) bot.workspace.faults.clear();
    }
    // The attempt that they asked for was refused, too: they know, and may ask again.
    expect(Object.keys((await recordOf(bot))?.attempts ?? {})).toEqual(['1', '2']);
    expect(bot.everything()).toEqual([]);
    const again = await askedNow(bot);
    for (let times = 0; times < 3; times++) await ask(bot, again);
    expect(Object.keys((await recordOf(bot))?.attempts ?? {})).toEqual(['1', '2', '3']);
    expect(bot.everything()).toHaveLength(1);
  });

  test.each(['after', 'before'] as const)(
    'whose new attempt gets no answer (%s the deed) is visible once',
    async (when) => {
      const bot = await refused();
      bot.workspace.faults.clear();
      bot.workspace.faults.add({ kind: 'timeout', when, methods: ['chat.postMessage'], count: 1 });
      await ask(bot);
      await bot.pass(600);
      expect(bot.everything()).toHaveLength(1);
      expect((await recordOf(bot))?.delivered?.attempt).toBe(when === 'after' ? 2 : 3);
      expect(await isSound(bot)).toBe(true);
    },
  );

  test('is not posted beside one that an organizer has written since', async () => {
    const bot = createBot({ config: { organizers: ['U0ADMIN001'] } });
    await bot.pass(1800);
    bot.workspace.faults.add(fault('is_archived', 1));
    await bot.tick('week.open');
    bot.workspace.post({ user: 'U0ADMIN001', channel: CHANNEL, text: '[TIL 8월 1주차]' });
    await bot.settle();
    await ask(bot);
    expect(bot.everything()).toEqual([]);
    expect(Object.keys((await recordOf(bot))?.attempts ?? {})).toEqual(['1']);
  });
});

describe('a weekly post that was deleted', () => {
  const deleted = async () => {
    const bot = createBot();
    await bot.pass(1800);
    await bot.tick('week.open');
    const ts = await bot.reply('U0MINSEO01', '글 https://velog.io/@minseo/first');
    bot.workspace.remove({ user: BOT_ADMIN, channel: CHANNEL, ts: bot.thread() });
    await bot.pass(60);
    return { bot, ts };
  };
  const BOT_ADMIN = 'U0ADMIN001';
  const posts = (bot: Bot) => bot.everything().filter((text) => text.includes('[TIL '));

  test('is not posted again by the bot itself, and once when somebody asks', async () => {
    const { bot } = await deleted();
    await bot.tick('week.open');
    await bot.restart();
    await bot.pass(600);
    expect(posts(bot)).toEqual([]);
    await ask(bot);
    await ask(bot);
    await bot.restart();
    await bot.pass(600);
    expect(posts(bot)).toHaveLength(1);
    expect(await recordOf(bot)).toMatchObject({ delivered: { attempt: 1 }, deliveredAgain: { 2: { attempt: 2 } } });
    expect(await isSound(bot)).toBe(true);
  });

  test('and posted again brings its replies and their announcements back', async () => {
    const { bot, ts } = await deleted();
    expect(bot.said()).toEqual([expect.stringContaining('취소됨')]);
    await bot.pass(2 * 86_400);
    await ask(bot);
    await bot.pass(60);
    expect(bot.said()).toEqual([expect.stringContaining('참여하였습니다')]);
    const week = await bot.read<{ posts: { ts: string }[] }>(`snapshots/${CHANNEL}/weeks/${WEEK}.json`);
    expect(week?.posts.map((post) => post.ts)).toEqual([ts]);
  });

  test('again after it was posted again is posted a third time when that is asked for, and not because a job comes twice', async () => {
    const { bot } = await deleted();
    const asked = await askedNow(bot);
    await ask(bot, asked);
    bot.workspace.remove({ user: BOT_ADMIN, channel: CHANNEL, ts: bot.thread() });
    await bot.pass(60);
    await ask(bot, asked);
    expect(posts(bot)).toEqual([]);
    await ask(bot);
    expect(posts(bot)).toHaveLength(1);
    expect(Object.keys((await recordOf(bot))?.attempts ?? {})).toEqual(['1', '2', '3']);
  });

  test.each(['after', 'before'] as const)(
    'whose new attempt gets no answer (%s the deed) is visible once',
    async (when) => {
      const { bot } = await deleted();
      bot.workspace.faults.add({ kind: 'timeout', when, methods: ['chat.postMessage'], count: 1 });
      await ask(bot);
      await bot.pass(900);
      expect(posts(bot)).toHaveLength(1);
    },
  );
});

describe("a month's result", () => {
  const over = async (days = 28) => {
    const bot = createBot();
    await bot.pass(1800);
    await bot.tick('week.open');
    await bot.reply('U0MINSEO01', '글 https://velog.io/@minseo/first');
    await bot.clock.sleep(days * 86_400_000);
    return bot;
  };
  const results = (bot: Bot) => bot.said().filter((text) => text.includes('8월 챌린저'));
  const resultOf = async (bot: Bot) => (await bot.ledger('2024-W35'))?.effects[RESULT];
  const close = async (bot: Bot, wanted: Parameters<Bot['tick']>[3]) => {
    await bot.pass(1);
    await bot.tick('month.result', undefined, '2024-08', wanted);
  };

  test('that is long over is frozen, recorded as skipped once, and said when that is wanted', async () => {
    const bot = await over(70);
    await close(bot, { unsaid: 'too old' });
    await close(bot, { unsaid: 'too old' });
    await bot.pass(600);
    expect(results(bot)).toEqual([]);
    expect(await resultOf(bot)).toMatchObject({ skipped: { reason: 'too old', attempt: 1 } });
    const asked = { by: 'person', after: 1, late: true } as const;
    await close(bot, { asked });
    await close(bot, { asked });
    expect(results(bot)).toHaveLength(1);
    expect(await resultOf(bot)).toMatchObject({ skipped: { attempt: 1 }, delivered: { attempt: 2 } });
    expect(await isSound(bot)).toBe(true);
  });

  test('that is long over and wanted is frozen and said at once, although the bot itself passes it over', async () => {
    const bot = await over(70);
    await close(bot, { asked: { by: 'person', after: 0, late: true } });
    expect(results(bot)).toHaveLength(1);
    expect(await isSound(bot)).toBe(true);
  });

  test('of which nobody knows whether it was said is looked for before it is said again', async () => {
    const bot = await over();
    bot.workspace.faults.add({ kind: 'http-500', when: 'before', methods: ['conversations.history'] });
    bot.workspace.faults.add({ kind: 'timeout', when: 'after', methods: ['chat.postMessage'], count: 1 });
    await bot.tick('month.result');
    await bot.pass(26 * 3600);
    expect((await resultOf(bot))?.skipped?.reason).toBe('unclear, not repeated');
    bot.workspace.faults.clear();
    await close(bot, { asked: { by: 'person', after: endedAttempt(await resultOf(bot)) } });
    expect(results(bot)).toHaveLength(1);
    expect((await resultOf(bot))?.delivered?.attempt).toBe(1);
  });

  test('whose process dies while it records that it stays unsaid is not said by the next', async () => {
    let puts = 0;
    const bot = await over(28);
    const { putNew } = bot.log;
    bot.log.putNew = async (key, bytes) => {
      if (key.includes('effect.skipped') && puts++ === 0) throw new Error('the process dies here');
      return putNew(key, bytes);
    };
    await close(bot, { unsaid: 'before the bot first listened' });
    await bot.restart();
    await bot.pass(900);
    expect(puts).toBeGreaterThan(1);
    expect(results(bot)).toEqual([]);
    expect(await resultOf(bot)).toMatchObject({ skipped: { reason: 'before the bot first listened' } });
  });
});

describe('the attempt after which a person asks', () => {
  const at = '1722820000.000000';
  test.each<[string, EffectRecord, number]>([
    ['none', {}, 0],
    ['that was refused for good', { attempts: { 1: { at } }, refused: { 1: { at, reason: 'x', final: true } } }, 1],
    [
      'that may be tried again does not count',
      { attempts: { 1: { at } }, refused: { 1: { at, reason: 'x', final: false } } },
      0,
    ],
    ['that nobody knows of does not count', { attempts: { 1: { at } } }, 0],
    [
      'that a skip has claimed',
      { attempts: { 1: { at }, 2: { at } }, skipped: { at, reason: 'too old', attempt: 2 } },
      2,
    ],
    [
      'of a skip that does not name it is the last before it',
      { attempts: { 1: { at }, 2: { at: '1722820001.000000' } }, skipped: { at, reason: 'too old' } },
      1,
    ],
    [
      'of an unclear skip does not count',
      { attempts: { 1: { at }, 2: { at } }, skipped: { at, reason: 'unclear, not repeated', attempt: 2 } },
      0,
    ],
    [
      'that was delivered',
      {
        attempts: { 1: { at }, 3: { at } },
        delivered: { attempt: 1, at, to: CHANNEL },
        deliveredAgain: { 3: { attempt: 3, at, to: CHANNEL } },
      },
      3,
    ],
  ])('%s', (_, record, expected) => {
    expect(endedAttempt(record)).toBe(expected);
    expect(sinceAsked(record, expected)?.delivered).toBeUndefined();
  });
});
