import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/events/errors.ts';
import { isFinal } from '../../src/handlers/effect-record.ts';
import { seeded } from '../../src/sandbox/seeded.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { createBot } from '../support/bot.ts';
import { Crash } from '../support/sandbox-slack.ts';
import { CHANNEL } from '../support/world.ts';

const WEEK = '2024-W32';
const POST = '이번 주 글 https://velog.io/@minseo/first';

/** A bot in whose week one reply has been written that nobody has answered yet. */
const opened = async () => {
  const bot = createBot();
  await bot.pass(1800);
  await bot.tick('week.open');
  return bot;
};

const announced = (bot: Awaited<ReturnType<typeof opened>>) =>
  bot.said().filter((text) => text.includes('참여하였습니다'));

describe('an answer that is lost', () => {
  test.each([
    ['the call times out after the deed', { kind: 'timeout', when: 'after' }, 1],
    ['the call times out before the deed', { kind: 'timeout', when: 'before' }, 2],
    ['the server fails after the deed', { kind: 'http-500', when: 'after' }, 1],
    ['the server fails before the deed', { kind: 'http-500', when: 'before' }, 2],
    ['Slack says internal_error after the deed', { kind: 'error', error: 'internal_error', when: 'after' }, 1],
    ['Slack says fatal_error before the deed', { kind: 'error', error: 'fatal_error', when: 'before' }, 2],
    ['the connection breaks after the deed', { kind: 'reset', when: 'after' }, 1],
  ] as const)('%s: the message is visible once', async (_, fault, attempts) => {
    const bot = await opened();
    bot.workspace.faults.add({ ...fault, methods: ['chat.postMessage'], count: 1 });
    const ts = await bot.reply('U0MINSEO01', POST);
    await bot.pass(400);
    expect(announced(bot)).toHaveLength(1);
    const record = (await bot.ledger(WEEK))?.effects[`participation:${ts}:0`];
    expect(Object.keys(record?.attempts ?? {})).toHaveLength(attempts);
    expect(record?.delivered).toBeDefined();
  });

  test('a history that lags does not make it post again', async () => {
    const bot = await opened();
    bot.workspace.faults.add(
      { kind: 'history-lag', milliseconds: 80_000 },
      { kind: 'timeout', when: 'after', methods: ['chat.postMessage'], count: 1 },
    );
    await bot.reply('U0MINSEO01', POST);
    await bot.pass(600);
    expect(announced(bot)).toHaveLength(1);
  });

  test('a look-up that fails proves nothing: it waits', async () => {
    const bot = await opened();
    bot.workspace.faults.add(
      { kind: 'timeout', when: 'after', methods: ['chat.postMessage'], count: 1 },
      { kind: 'http-500', when: 'before', methods: ['conversations.history'], count: 3 },
    );
    await bot.reply('U0MINSEO01', POST);
    await bot.pass(900);
    expect(announced(bot)).toHaveLength(1);
  });

  test('a hint whose answer is lost is rather not repeated', async () => {
    const bot = await opened();
    bot.workspace.faults.add({ kind: 'timeout', when: 'after', methods: ['chat.postEphemeral'], count: 1 });
    const ts = await bot.reply('U0JIHO0001', '링크는 곧');
    await bot.pass(400);
    expect(bot.hinted('U0JIHO0001')).toHaveLength(1);
    expect((await bot.ledger(WEEK))?.effects[`hint:${ts}`]?.skipped?.reason).toBe('unclear');
  });

  test('a notice of likes that are switched off while it is unclear comes to its end, and is not repeated', async () => {
    const bot = await opened();
    const ts = await bot.reply('U0MINSEO01', POST);
    bot.workspace.faults.add({ kind: 'timeout', when: 'after', methods: ['chat.postMessage'], count: 1 });
    await bot.like('U0JIHO0001', ts);
    bot.challenge.notify.likes = 'off';
    await bot.pass(400);
    expect(bot.told('U0MINSEO01')).toHaveLength(1);
    const record = (await bot.ledger(WEEK))?.effects[`like:${ts}:0`];
    expect(record).toMatchObject({ skipped: { reason: 'no longer due' }, attempts: { 1: {}, 2: {} } });
  });

  test('a reply that was deleted while its announcement was unclear leaves no announcement standing', async () => {
    const bot = await opened();
    bot.workspace.faults.add({ kind: 'timeout', when: 'after', methods: ['chat.postMessage'], count: 1 });
    const ts = await bot.reply('U0MINSEO01', POST);
    bot.workspace.remove({ user: 'U0MINSEO01', channel: CHANNEL, ts });
    await bot.pass(600);
    expect(announced(bot)).toEqual([]);
    expect(bot.said()).toEqual([expect.stringContaining('취소됨')]);
  });
});

describe('a refusal', () => {
  test.each([0, 1, 30, 3600, 'junk', null])(
    '429 with Retry-After %s is obeyed, and the message comes once',
    async (retryAfter) => {
      const bot = await opened();
      bot.workspace.faults.add({ kind: 'rate-limited', retryAfter, methods: ['chat.postMessage'], count: 1 });
      await bot.reply('U0MINSEO01', POST);
      const calls = bot.workspace.callCount('chat.postMessage');
      const wait = typeof retryAfter === 'number' ? retryAfter : 30;
      if (wait > 10) {
        await bot.pass(wait - 10);
        expect(bot.workspace.callCount('chat.postMessage')).toBe(calls);
      }
      await bot.pass(30);
      expect(announced(bot)).toHaveLength(1);
    },
  );

  test.each(['channel_not_found', 'is_archived', 'not_in_channel'])(
    '%s is recorded once, told to the admins once, and not tried again',
    async (error) => {
      const bot = await opened();
      bot.workspace.faults.add({ kind: 'error', error, when: 'before', methods: ['chat.postMessage'], count: 1 });
      const ts = await bot.reply('U0MINSEO01', POST);
      await bot.restart();
      await bot.pass(600);
      expect(announced(bot)).toEqual([]);
      expect((await bot.ledger(WEEK))?.effects[`participation:${ts}:0`]?.refused?.['1']).toMatchObject({
        reason: error,
        final: true,
      });
      expect(bot.told('U0ADMIN001')).toHaveLength(1);
      expect(bot.told('U0ADMIN001')[0]).not.toContain('velog');
    },
  );

  test('a bad token pauses sending, loses nothing, and goes on when it is good again', async () => {
    const bot = await opened();
    bot.workspace.faults.add({ kind: 'error', error: 'invalid_auth', when: 'before', methods: ['chat.postMessage'] });
    await bot.reply('U0MINSEO01', POST);
    await bot.reply('U0SEOYEON1', POST.replace('first', 'second'));
    const calls = bot.workspace.callCount('chat.postMessage');
    await bot.pass(600);
    expect(bot.workspace.callCount('chat.postMessage') - calls).toBeLessThanOrEqual(22); // Two a minute, not each effect again and again.
    bot.workspace.faults.clear();
    await bot.pass(300);
    expect(announced(bot)).toHaveLength(2);
  });
});

test('what one worker finds too old while another, whose clock is behind, is sending it, is not recorded as skipped', async () => {
  const slow = { ...memoryBucket() };
  const { putNew } = slow;
  const bot = createBot({ log: slow });
  await bot.pass(1800);
  await bot.tick('week.open');
  const ts = bot.workspace.reply({ user: 'U0MINSEO01', channel: CHANNEL, thread: bot.thread(), text: POST }).ts;
  const late = bot.workspace.take();
  bot.workspace.faults.add({ kind: 'dropped' }); // The preview never comes: it would be news.
  await bot.clock.sleep(24 * 3_600_000 + 60_000);
  const effect = `participation:${ts}:0`;
  // The other one begins when this one is about to write, and dies when it has sent.
  slow.putNew = async (key, bytes) => {
    if (key.includes('/effect.')) {
      slow.putNew = putNew;
      await bot.another({
        behindSeconds: 600,
        dies: true,
        job: { kind: 'effect', channel: CHANNEL, week: WEEK, effect },
      });
    }
    return putNew(key, bytes);
  };
  for (const { payload } of late)
    await bot.queue.put([{ id: 'late', group: CHANNEL, body: JSON.stringify({ kind: 'event', payload }) }]);
  await bot.pass(600);
  expect(announced(bot)).toHaveLength(1);
  const record = (await bot.ledger(WEEK))?.effects[effect];
  expect([record?.skipped, record?.delivered?.attempt]).toEqual([undefined, 1]);
});

/** A bucket that lets the process die before or after its n-th write. */
const mortal = (inner: Bucket, dies: () => boolean): Bucket => ({
  ...inner,
  putNew: async (key, bytes) => {
    if (dies()) throw new Crash();
    const put = await inner.putNew(key, bytes);
    if (dies()) throw new Crash();
    return put;
  },
  putIf: async (key, bytes, etag) => {
    if (dies()) throw new Crash();
    const put = await inner.putIf(key, bytes, etag);
    if (dies()) throw new Crash();
    return put;
  },
});

/** A small story with a crash at the n-th of all places where one can happen; gives how many places there were. */
const story = async (crashAt: number) => {
  let places = 0;
  const dies = () => ++places === crashAt;
  const bot = createBot({
    log: mortal(memoryBucket(), dies),
    state: mortal(memoryBucket(), dies),
    beforeCall: (method) => {
      if (method.startsWith('chat.') && dies()) throw new Crash();
    },
    afterCall: (method) => {
      if (method.startsWith('chat.') && dies()) throw new Crash();
    },
  });
  // What was in hand when it died comes back by its visibility time-out; a supervisor starts the process again.
  const alive = async (step: () => Promise<unknown>): Promise<void> => {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      await bot.restart();
    }
  };
  await alive(() => bot.pass(1800));
  await alive(() => bot.tick('week.open'));
  await alive(() => bot.pass(600));
  let ts = '';
  await alive(async () => {
    ts = bot.workspace.reply({
      user: 'U0MINSEO01',
      channel: CHANNEL,
      thread: bot.thread(),
      text: POST,
      title: '제목',
    }).ts;
    await bot.settle();
  });
  await alive(() => bot.pass(600));
  await alive(async () => {
    bot.workspace.react({ user: 'U0JIHO0001', channel: CHANNEL, ts, name: '+1' });
    await bot.settle();
  });
  await alive(() => bot.pass(900));
  return { bot, places };
};

test('a crash at any step loses nothing and says nothing twice', async () => {
  const { places } = await story(0);
  expect(places).toBeGreaterThan(60);
  for (let crashAt = 1; crashAt <= places; crashAt++) {
    const { bot } = await story(crashAt);
    expect([crashAt, bot.everything().filter((text) => text.includes('[TIL')).length]).toEqual([crashAt, 1]);
    expect([crashAt, bot.said()]).toEqual([
      crashAt,
      [
        '민서 님이 TIL 8월 1주차 챌린지에 참여하였습니다 🔥🔥\n🎉 민서 님의 첫 글이에요! 첫 독자가 되어 주세요.\n<https://velog.io/@minseo/first|제목>',
      ],
    ]);
    expect([crashAt, bot.told('U0MINSEO01')]).toEqual([
      crashAt,
      ['지호 님이 <https://velog.io/@minseo/first|“제목”>에 👍을 눌렀습니다. 지금까지 좋아요 1개!'],
    ]);
    expect([crashAt, bot.queue.depth().jobs]).toEqual([crashAt, 0]);
  }
}, 300_000);

/** A story whose n-th put on the queue fails; no sweep comes to help. Gives how many puts there were. */
const storyOfPuts = async (failAt: number) => {
  let puts = 0;
  const bot = createBot({
    startsAt: '2024-08-26T09:00:00+09:00',
    beforePut: () => {
      puts += 1;
      if (puts === failAt) throw new Unavailable('the queue cannot be reached');
    },
  });
  await bot.pass(1800);
  await bot.tick('week.open');
  await bot.pass(60);
  await bot.reply('U0JIHO0001', POST.replace('minseo', 'jiho'));
  await bot.pass(300);
  // Deleted while nobody knows whether it was announced: when that is known, the announcement has to be taken back.
  bot.workspace.faults.add({ kind: 'timeout', when: 'after', methods: ['chat.postMessage'], count: 1 });
  const ts = await bot.reply('U0MINSEO01', POST);
  bot.workspace.remove({ user: 'U0MINSEO01', channel: CHANNEL, ts });
  await bot.pass(600);
  await bot.clock.sleep(7 * 86_400_000);
  await bot.tick('month.result');
  await bot.pass(300);
  // If it was never announced, there is nothing to take back.
  return { puts, said: bot.said().filter((text) => !text.includes('취소됨')) };
};

test('a queue that cannot be reached for once delays what is owed, and loses none of it', async () => {
  const { puts, said } = await storyOfPuts(0);
  expect(puts).toBeGreaterThan(6);
  expect(said).toEqual([expect.stringContaining('지호 님이 TIL'), expect.stringContaining('8월 챌린저')]);
  const others = await Promise.all(Array.from({ length: puts }, async (_, last) => (await storyOfPuts(last + 1)).said));
  expect(others).toEqual(others.map(() => said));
});

test('over many seeds of faults, every announcement is visible once or recorded as not to be', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seeded(seed);
    const bot = createBot();
    await bot.pass(1800);
    await bot.tick('week.open');
    const often = (probability: number) => ({ probability });
    bot.workspace.faults.set([
      { kind: 'timeout', when: 'after', methods: ['chat.postMessage'], ...often(0.1) },
      { kind: 'timeout', when: 'before', methods: ['chat.postMessage'], ...often(0.1) },
      { kind: 'error', error: 'internal_error', when: 'after', methods: ['chat.postMessage'], ...often(0.1) },
      { kind: 'rate-limited', retryAfter: 5, methods: ['chat.postMessage', 'chat.update'], ...often(0.1) },
      { kind: 'history-lag', milliseconds: 60_000, ...often(0.5) },
      { kind: 'doubled', newEventId: true, afterMilliseconds: 40_000, ...often(0.3) },
      { kind: 'disordered', withinMilliseconds: 90_000, ...often(0.5) },
    ]);
    const posts: string[] = [];
    for (let step = 0; step < 12; step++) {
      const user = ['U0MINSEO01', 'U0JIHO0001', 'U0SEOYEON1'][Math.floor(random() * 3)] as string;
      const target = posts[Math.floor(random() * posts.length)];
      if (!target || random() < 0.5) posts.push(await bot.reply(user, `글 https://velog.io/@x/${step}`));
      else await bot.like(user, target).catch(() => {});
      if (random() < 0.15) await bot.restart();
      await bot.pass(Math.floor(random() * 60));
    }
    bot.workspace.faults.clear();
    await bot.pass(900);
    const effects = (await bot.ledger(WEEK))?.effects ?? {};
    for (const ts of posts) {
      const record = effects[`participation:${ts}:0`];
      expect([seed, ts, isFinal(record)]).toEqual([seed, ts, true]);
    }
    expect([seed, announced(bot).length]).toEqual([seed, posts.length]);
    expect([seed, bot.queue.depth().jobs]).toEqual([seed, 0]);
    const told = ['U0MINSEO01', 'U0JIHO0001', 'U0SEOYEON1'].flatMap((user) => bot.told(user));
    expect([seed, new Set(told).size === told.length]).toEqual([seed, true]);
  }
}, 300_000);
