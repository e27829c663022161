import { describe, expect, test } from 'vitest';
import { ENDED_BEFORE } from '../../src/handlers/month-result.ts';
import { dueJobs } from '../../src/outbox/due-jobs.ts';
import { keys } from '../../src/pipeline/keys.ts';
import type { IndexSnapshot } from '../../src/projections/contract.ts';
import type { People } from '../../src/projections/people.ts';
import { reconcile } from '../../src/reconcile/reconcile.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { createBot } from '../support/bot.ts';
import { sandboxReader } from '../support/sandbox-reader.ts';
import { CHANNEL } from '../support/world.ts';

const MANAGER = 'U0ADMIN001';
const WRITERS = ['U0MINSEO01', 'U0JIHO0001', 'U0SEOYEON1'];
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Mondays, and what the manager calls their weeks. */
const WEEKS = ['7월 2주차', '7월 3주차', '7월 4주차', '7월 5주차', '8월 1주차', '8월 2주차'];

/** A channel that a manager has run by hand since Monday 8 July 2024, on Tuesday 13 August: nobody has listened, and the past is read from Slack. */
const onTuesday = async () => {
  const bot = createBot({ startsAt: '2024-07-08T09:00:00+09:00', config: { organizers: [MANAGER] } });
  const { workspace, clock } = bot;
  const posts: Record<string, string> = {};
  for (const week of WEEKS) {
    const { ts: thread } = workspace.post({ user: MANAGER, channel: CHANNEL, text: `[TIL ${week}] 이번 주도 화이팅` });
    for (const user of WRITERS) {
      await clock.sleep(HOUR);
      const text = `글 https://velog.io/@${user}/${Date.parse('2024-01-01') + clock.now()}`;
      posts[`${user} ${week}`] = workspace.reply({ user, channel: CHANNEL, thread, text }).ts;
    }
    await clock.sleep(HOUR);
    const liked = posts[`U0MINSEO01 ${week}`] as string;
    for (const user of ['U0SEOYEON1', MANAGER]) workspace.react({ user, channel: CHANNEL, ts: liked, name: '+1' });
    await clock.sleep(DAY - 4 * HOUR);
    if (week !== WEEKS.at(-1)) await clock.sleep(6 * DAY);
  }
  workspace.take(); // Nobody is there.
  const since = Date.parse('2024-07-01T00:00:00+09:00') / 1000;
  const ports = { log: bot.log, state: bot.state, reader: sandboxReader(workspace), clock };
  await reconcile(bot.challenge, ports, { since });
  const ask = async (): Promise<void> => {
    await bot.queue.put(await dueJobs(bot.challenge, openDocuments(bot.state), clock.now() / 1000));
    await bot.settle();
  };
  const post = (user: string, week: string): string => posts[`${user} ${week}`] as string;
  return { bot, ask, post };
};

const started = async () => {
  const world = await onTuesday();
  await world.bot.restart();
  await world.ask();
  await world.bot.pass(300);
  return world;
};

const index = (bot: ReturnType<typeof createBot>) => bot.read<IndexSnapshot>(keys.index(CHANNEL));

describe('a channel that was run by hand for six weeks', () => {
  test('has its past in the log, and nothing of it is closed, before the bot is started', async () => {
    const { bot } = await onTuesday();
    expect((await index(bot))?.months.map(({ month, closed, weeks }) => [month, closed, weeks.length])).toEqual([
      ['2024-07', false, 4],
      ['2024-08', false, 2],
    ]);
    expect((await bot.read<People>(keys.people(CHANNEL)))?.firstHeard).toBeUndefined();
  });

  test('hears nothing from the bot when it starts: no old post, no old like, no old result, no second weekly post', async () => {
    const { bot } = await started();
    await bot.restart();
    await bot.pass(DAY / 1000 / 4);
    expect(bot.everything()).toEqual([]);
    for (const user of [...WRITERS, MANAGER]) expect(bot.told(user)).toEqual([]);
  });

  test('has the month that ended before the bot listened frozen, and recorded as passed over', async () => {
    const { bot } = await started();
    expect((await index(bot))?.months.map(({ month, closed }) => [month, closed])).toEqual([
      ['2024-07', true],
      ['2024-08', false],
    ]);
    const ledger = await bot.ledger('2024-W31');
    expect(ledger?.closed['2024-07']?.challengers).toHaveLength(3);
    expect(ledger?.effects['month.result:2024-07']?.skipped?.reason).toBe(ENDED_BEFORE);
  });

  test('names in the notice of a new like on an old post its liker alone, with the whole total', async () => {
    const { bot, post } = await started();
    await bot.like('U0JIHO0001', post('U0MINSEO01', '7월 3주차'));
    await bot.like('U0JIHO0001', post('U0MINSEO01', '8월 2주차'));
    expect(bot.told('U0MINSEO01')).toEqual([
      expect.stringMatching(/^지호 님이 .*지금까지 좋아요 3개!$/),
      expect.stringMatching(/^지호 님이 .*지금까지 좋아요 3개!$/),
    ]);
  });

  test('hears nothing of an old post whose typo is mended, or which is deleted', async () => {
    const { bot, post } = await started();
    for (const week of ['7월 3주차', '8월 2주차'])
      bot.workspace.edit({
        user: 'U0SEOYEON1',
        channel: CHANNEL,
        ts: post('U0SEOYEON1', week),
        text: '고쳐 쓴 글 https://velog.io/@x/mended',
      });
    bot.workspace.remove({ user: 'U0JIHO0001', channel: CHANNEL, ts: post('U0JIHO0001', '8월 1주차') });
    await bot.pass(120);
    await bot.restart();
    await bot.pass(120);
    expect(bot.everything()).toEqual([]);
  });

  test('hears of what is new: a reply, the next weekly post, and on the first Monday a result that counts the weeks by hand', async () => {
    const { bot, ask } = await started();
    const write = async (user: string, what: string) => bot.reply(user, `글 https://velog.io/@${user}/${what}`);
    await write('U0MINSEO01', 'new');
    expect(bot.everything()).toEqual([expect.stringMatching(/^민서 님이 TIL 8월 2주차 챌린지에 참여하였습니다/)]);
    await bot.clock.sleep(Date.parse('2024-08-19T09:31:00+09:00') - bot.clock.now());
    await ask();
    expect(bot.everything().at(-1)).toContain('[TIL 8월 3주차]');
    await write('U0MINSEO01', 'third');
    await bot.clock.sleep(Date.parse('2024-08-26T09:31:00+09:00') - bot.clock.now());
    await ask();
    await write('U0MINSEO01', 'fourth');
    await bot.clock.sleep(Date.parse('2024-09-02T09:31:00+09:00') - bot.clock.now());
    await ask();
    await bot.pass(60);
    expect(bot.everything().slice(-2)).toEqual([
      '*&lt; 8월 스페셜 챌린저 &gt;*\n민서 님 👍 4\n\n*&lt; 8월 챌린저 &gt;*\n민서 님 👍 4\n\n함께 9편\n\n다들 고생하셨습니다 👏',
      expect.stringContaining('[TIL 9월 1주차]'),
    ]);
    expect(bot.everything().filter((text) => text.includes('7월'))).toEqual([]);
  });
});
