import { expect, test } from 'vitest';
import type { Choice } from '../../src/events/choices.ts';
import { tsAt } from '../../src/events/timestamp.ts';
import { verify } from '../../src/history/rebuild.ts';
import { createEngine } from '../../src/host/engine.ts';
import { alarmJobs } from '../../src/outbox/effect-jobs.ts';
import { tickJob } from '../../src/outbox/tick.ts';
import { choiceJob } from '../../src/queue/jobs.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { createBot } from '../support/bot.ts';
import { CHANNEL, challengeWith } from '../support/world.ts';

// What runs of the simulation, or thinking about them, have brought to light.

const POST = '이번 주 글 https://velog.io/@minseo/first';
const OTHER = '이번 주 글 https://velog.io/@seoyeon/first';

test('an effect that is owed, then not, then again within minutes has jobs that no queue takes for one', async () => {
  const bot = createBot();
  await bot.pass(1800);
  await bot.tick('week.open');
  const ts = await bot.reply('U0MINSEO01', POST);
  await bot.pass(60);
  bot.workspace.faults.add({ kind: 'error', error: 'invalid_auth', when: 'before', methods: ['chat.postMessage'] });
  await bot.reply('U0SEOYEON1', OTHER); // Meets the bad token; from now on all wait.
  await bot.like('U0JIHO0001', ts);
  await bot.unlike('U0JIHO0001', ts);
  await bot.like('U0JIHO0001', ts);
  const ids = (await bot.queue.list()).map(({ id }) => id).filter((id) => id.includes(`like:${ts}`));
  expect(ids.length).toBeGreaterThan(1);
  expect(new Set(ids).size).toBe(ids.length);
});

test('while Slack says to wait, other effects do not even try', async () => {
  const bot = createBot();
  await bot.pass(1800);
  await bot.tick('week.open');
  bot.workspace.faults.add({ kind: 'rate-limited', retryAfter: 60, methods: ['chat.postMessage'], count: 1 });
  await bot.reply('U0MINSEO01', POST);
  const calls = bot.workspace.callCount('chat.postMessage');
  await bot.reply('U0SEOYEON1', OTHER);
  await bot.pass(40);
  expect(bot.workspace.callCount('chat.postMessage')).toBe(calls);
  await bot.pass(60);
  expect(bot.said()).toHaveLength(2);
});

test('a name that was kept and not counted before a death is the one that is found again', async () => {
  const bot = createBot();
  await bot.pass(1800);
  bot.workspace.post({ user: 'U0MINSEO01', channel: CHANNEL, text: 'hello' });
  await bot.settle();
  await bot.pass(30);
  const { entries } = await bot.log.list(`events/${CHANNEL}/2024-W32/`);
  const names = entries.filter(({ key }) => key.includes('profile.seen'));
  // Monday 5 August 2024, 00:00 in Seoul: the key says the week, not when it was asked.
  expect(names.map(({ key }) => key)).toEqual([
    `events/${CHANNEL}/2024-W32/1722783600.000000-profile.seen-U0MINSEO01.json`,
  ]);
});

/** An engine at half past four on a Saturday in Seoul, and the months that it wants published. */
const engineAtNight = () => {
  const changed: string[] = [];
  const engine = createEngine({
    settings: { challenges: [challengeWith()] },
    log: memoryBucket(),
    documents: openDocuments(memoryBucket()),
    queue: { put: async () => {} },
    clock: { now: () => Date.parse('2024-09-13T19:40:00Z'), elapsed: () => 0, sleep: async () => {} },
    report: () => {},
    changed: (dirty) => changed.push(...dirty.map(({ month }) => month)),
  });
  return { engine, changed };
};

test('what was left unpublished, by jobs that were given up, is published the next night', async () => {
  const { engine, changed } = engineAtNight();
  await engine.sweep();
  expect(changed).toEqual(['2024-08', '2024-09']);
});

test('a comparison that comes again publishes what an earlier try may have changed, in last month too', async () => {
  const { engine, changed } = engineAtNight();
  const job = { ...tickJob(CHANNEL, 'reconcile', new Date('2024-09-13T19:30:00Z')), handle: 'x' };
  await engine.handle([{ ...job, received: 1 }]);
  expect(changed).toEqual([]);
  await engine.handle([{ ...job, received: 2 }]);
  expect(changed).toEqual(['2024-08', '2024-09']);
});

test('an alarm that comes again another week settles as long as any other', async () => {
  const bot = createBot();
  const raise = (id: string) =>
    bot.queue.put(
      alarmJobs(bot.challenge, 'damaged', 'a key', bot.clock.now()).map((job) => ({ ...job, id, group: `${id}+` })),
    );
  await raise('first');
  await bot.pass(30);
  await bot.pass(7 * 86_400);
  bot.workspace.faults.add(
    { kind: 'history-lag', milliseconds: 80_000 },
    { kind: 'timeout', when: 'after', methods: ['chat.postMessage'], count: 1 },
  );
  await raise('second');
  await bot.pass(20);
  await raise('second, given out to another');
  await bot.pass(600);
  expect(bot.told('U0ADMIN001')).toHaveLength(2);
});

test('a week of which nothing is known but what the bot has said is published as well', async () => {
  const bot = createBot();
  await bot.queue.put(alarmJobs(bot.challenge, 'damaged', 'a key', bot.clock.now()));
  await bot.pass(30);
  expect(bot.told('U0ADMIN001')).toHaveLength(1);
  expect((await verify(bot.challenge, { log: bot.log, state: bot.state })).differences).toEqual([]);
});

/** A bot in the first hours of September, with August's last week extended until that night. */
const botInExtension = async () => {
  const bot = createBot({ startsAt: '2024-08-26T09:30:00+09:00', config: { notify: { maxAgeHours: 1 } } });
  const choose = async (fields: object): Promise<void> => {
    const choice = { v: 1, channel: CHANNEL, at: tsAt(bot.clock.now()), ...fields } as Choice;
    await bot.queue.put([choiceJob(choice)]);
    await bot.settle();
  };
  await bot.tick('week.open');
  await bot.pass(6.96 * 86_400);
  await choose({ kind: 'week.extended', week: '2024-W35', until: tsAt(Date.parse('2024-09-02T22:00:00+09:00')) });
  await bot.tick('week.open');
  return { ...bot, choose };
};

test('what stands beside the threads, accepted for the week before that was extended, is announced as that week’s', async () => {
  const bot = await botInExtension();
  const before = bot.said().length;
  const { ts } = bot.workspace.post({ user: 'U0MINSEO01', channel: CHANNEL, text: OTHER });
  await bot.settle();
  await bot.choose({ kind: 'post.ruled', ts, verdict: 'accept', week: '2024-W35' });
  await bot.pass(60);
  expect(bot.said().slice(before)).toHaveLength(1);
  await bot.choose({ kind: 'post.ruled', ts, verdict: 'reject' });
  await bot.pass(60);
  expect(bot.said().slice(before)).toMatchObject([expect.stringContaining('(취소됨)')]);
});

test('what is too old to be announced by itself is caught up on, also as a post of the month before, which was extended', async () => {
  const bot = await botInExtension();
  const thread = bot.workspace.messages(CHANNEL).find(({ text }) => text.includes('[TIL '))?.ts as string;
  const before = bot.said().length;
  const { ts } = bot.workspace.reply({ user: 'U0MINSEO01', channel: CHANNEL, thread, text: '링크는 프로필에' });
  await bot.pass(2 * 3600);
  await bot.choose({ kind: 'post.ruled', ts, verdict: 'accept' });
  await bot.pass(600);
  expect(bot.said().slice(before)).toMatchObject([expect.stringContaining('민서')]);
});
