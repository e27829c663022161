import { expect, test } from 'vitest';
import { Unavailable } from '../../src/events/errors.ts';
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

test('it is told the second way too, once, whatever starts come, also where there is no admin', async () => {
  for (const config of [{}, { admins: [] }]) {
    const said: string[] = [];
    const talk = { ...LACKS, tell: (text: string) => void said.push(text) };
    const bot = createBot({ talk, config });
    await bot.tick('week.open');
    for (let start = 0; start < 3; start++) {
      await bot.tellOfReinstall();
      await bot.pass(WEEK);
      await bot.restart();
    }
    expect(said).toEqual(['TIL challenge: reinstall: commands. See the heading of that name in RUNBOOK.md.']);
    expect((await verify(bot.challenge, bot)).differences).toEqual([]);
  }
});

test('where the second way cannot be noted it is told later, and then once', async () => {
  const said: string[] = [];
  const whole = memoryBucket();
  let isAway = true;
  const state: typeof whole = {
    ...whole,
    putNew: (key, bytes) =>
      isAway && key.startsWith('seen/') ? Promise.reject(new Unavailable('away')) : whole.putNew(key, bytes),
  };
  const bot = createBot({ talk: { ...LACKS, tell: (text) => void said.push(text) }, state });
  await bot.tellOfReinstall();
  expect(said).toEqual([]);
  isAway = false;
  for (let time = 0; time < 2; time++) await bot.tellOfReinstall();
  expect(said).toHaveLength(1);
});

test('one that was installed again, or of which nobody knows, hears nothing', async () => {
  for (const talk of [{ canTalk: () => true, needsReinstall: () => false }, {}]) {
    const said: string[] = [];
    const bot = createBot({ talk: { ...talk, tell: (text) => void said.push(text) } });
    await bot.tellOfReinstall();
    expect([...bot.told('U0ADMIN001').filter(isAlarm), ...said]).toEqual([]);
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
