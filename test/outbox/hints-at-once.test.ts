import { expect, test } from 'vitest';
import { jobOf } from '../../src/queue/jobs.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { createBot } from '../support/bot.ts';
import { CHANNEL, MINSEO } from '../support/events.ts';

const WEEK = '2024-W32';

// The first of two replies without a link becomes known when this worker has claimed the hint for the second, and has not folded that yet.
test('of two hints to one person that two workers decide at once, one is whispered', async () => {
  const log = { ...memoryBucket() };
  const { putNew } = log;
  const bot = createBot({ log });
  await bot.liveUntil('2024-08-05T09:40:00+09:00');
  const thread = bot.thread();
  const say = (text: string) => bot.workspace.reply({ user: MINSEO, channel: CHANNEL, thread, text }).ts;
  const first = say('오늘도');
  const late = bot.workspace.take();
  const second = say('내일도');
  let others = 0;
  log.putNew = async (key, bytes) => {
    const put = await putNew(key, bytes);
    if (others > 0 || !Buffer.from(bytes).includes(`"hint:${second}"`)) return put;
    others += 1;
    const other = (job: Parameters<typeof bot.another>[0]['job']) =>
      bot.another({ behindSeconds: 0, dies: false, job });
    for (const { payload } of late) await other({ kind: 'event', payload });
    await other({ kind: 'effect', channel: CHANNEL, week: WEEK, effect: `hint:${first}` });
    return put;
  };
  await bot.settle();
  await bot.pass(900);
  await bot.queue.put(late.map(({ payload }, number) => jobOf(`late${number}`, CHANNEL, { kind: 'event', payload })));
  await bot.pass(900);
  expect([others, bot.hinted(MINSEO).length]).toEqual([1, 1]);
});
