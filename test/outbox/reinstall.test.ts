import { expect, test } from 'vitest';
import { verify } from '../../src/history/rebuild.ts';
import { createHost } from '../../src/host/host.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { createBot } from '../support/bot.ts';
import { sandboxSlack } from '../support/sandbox-slack.ts';
import { challengeWith } from '../support/world.ts';

const LACKS = { canTalk: () => false, needsReinstall: () => true };
const isAlarm = (text: string): boolean => text.includes('*reinstall*');
const WEEK = 7 * 86_400;

test('the admins of an app that was not installed again are told once, whatever starts and weeks come', async () => {
  const bot = createBot({ talk: LACKS });
  await bot.tick('week.open');
  await bot.reply('U0MINSEO01', '글 https://velog.io/@minseo/1');
  await bot.tellOfReinstall();
  expect(bot.told('U0ADMIN001').filter(isAlarm)).toEqual([expect.stringContaining('commands')]);
  for (let week = 0; week < 6; week++) {
    await bot.pass(WEEK);
    await bot.restart();
    await bot.tellOfReinstall();
  }
  expect(bot.told('U0ADMIN001').filter(isAlarm)).toHaveLength(1);
  expect(bot.said().some((text) => text.includes('참여하였습니다'))).toBe(true);
  expect((await verify(bot.challenge, bot)).differences).toEqual([]);
});

test('one that was installed again, or of which nobody knows, hears nothing', async () => {
  for (const talk of [{ canTalk: () => true, needsReinstall: () => false }, {}]) {
    const bot = createBot({ talk });
    await bot.tellOfReinstall();
    expect(bot.told('U0ADMIN001').filter(isAlarm)).toEqual([]);
  }
});

test('every host looks after each batch, and asks once in its life', async () => {
  const { workspace, clock } = createBot();
  const queue = memoryQueue({ clock });
  const state = memoryBucket();
  let lacks = false;
  const host = createHost({
    settings: { challenges: [challengeWith({ admins: ['U0ADMIN001'] })] },
    log: memoryBucket(),
    state,
    documents: openDocuments(state),
    queue,
    clock,
    report: () => {},
    changed: () => {},
    writer: sandboxSlack(workspace, 'xoxb-test'),
    needsReinstall: () => lacks,
  });
  await host.handle([], () => 60_000);
  expect(await queue.take(10, 0)).toEqual([]);
  lacks = true;
  await host.handle([], () => 60_000);
  const jobs = await queue.take(10, 0);
  expect(jobs.map(({ body }) => JSON.parse(body).alarm)).toEqual([
    expect.objectContaining({ code: 'reinstall', admin: 'U0ADMIN001' }),
  ]);
  await queue.done(jobs);
  await host.handle([], () => 60_000);
  expect(await queue.take(10, 0)).toEqual([]);
});
