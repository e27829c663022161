import { describe, expect, test } from 'vitest';
import { tsAt } from '../../src/events/timestamp.ts';
import { acceptVerified } from '../../src/host/ingest.ts';
import { rulesOf } from '../../src/projections/challenge.ts';
import type { WeekSnapshot } from '../../src/projections/contract.ts';
import { weeklyPostsOf } from '../../src/projections/participation.ts';
import { describeMessage } from '../../src/slack/translate.ts';
import { BOT, type BotOptions, createBot } from '../support/bot.ts';
import { rested } from '../support/events.ts';
import { CHANNEL } from '../support/world.ts';

const MINSEO = 'U0MINSEO01';
const WEEK = '2024-W32';

interface Posted {
  ts: string;
  text: string;
  blocks: { type: string; block_id: string; elements?: { action_id: string; value: string }[] }[];
}

/** A bot whose workspace delivers presses, and shows its answers. */
const createScene = (options: BotOptions = {}) => {
  const bot = createBot({
    canTalk: true,
    sendAnswer: async ({ address, text }) => {
      const { status } = bot.workspace.respond(address, { response_type: 'ephemeral', replace_original: false, text });
      return status === 200 ? { is: 'taken' } : { is: 'over' };
    },
    ...options,
  });
  const weekly = (): Posted[] =>
    bot.workspace.messages(CHANNEL).filter(({ text }) => /\[TIL /.test(text ?? '')) as unknown as Posted[];
  const only = (): Posted => {
    expect(weekly()).toHaveLength(1);
    return weekly()[0] as Posted;
  };
  return {
    bot,
    only,
    actions: () => only().blocks.flatMap(({ elements = [] }) => elements.map((element) => element.action_id)),
    press: async (actionId: string, user = MINSEO): Promise<void> => {
      const { ts, blocks } = only();
      const blockId = blocks.find(({ type }) => type === 'actions')?.block_id ?? '';
      await bot.clock.sleep(1000);
      bot.workspace.press({ user, channel: CHANNEL, ts, blockId, actionId });
      for (const { id, payload } of bot.workspace.takeInteractions()) {
        const body = Buffer.from(JSON.stringify(payload));
        await acceptVerified({ body, at: tsAt(bot.clock.now()) }, { queue: bot.queue });
        bot.workspace.settle(id, { is: 'taken' });
      }
      await bot.settle();
    },
    rest: async (fields: { rest?: boolean }): Promise<void> => {
      await bot.clock.sleep(1000);
      await bot.record({ ...rested(WEEK, { at: tsAt(bot.clock.now()) }), ...fields });
      await bot.pass(60);
    },
  };
};

const ALL = ['week.plan', 'week.rest', 'me.show'];

describe('the buttons under the weekly post', () => {
  test('are pressed: a plan, a rest, and how one is doing, seen by that person alone', async () => {
    const { bot, press, actions } = createScene();
    await bot.tick('week.open');
    expect(actions()).toEqual(ALL);
    await press('week.plan');
    expect((await bot.ledger(WEEK))?.plans?.[MINSEO]?.plan).toBe('write');
    await press('week.rest');
    expect((await bot.ledger(WEEK))?.plans?.[MINSEO]?.plan).toBe('rest');
    await press('me.show');
    expect(bot.hinted(MINSEO)).toEqual([
      expect.stringContaining('이번 주에 쓰시는 걸로'),
      expect.stringContaining('이번 주는 쉬시는 걸로'),
      expect.stringMatching(/^\*TIL 8월 1주차\*.*\n이번 주는 쉬기로 했어요/),
    ]);
    expect(bot.hinted('U0JIHO0001')).toEqual([]);
    expect(bot.everything()).toHaveLength(1);
  });

  test('under the post of a week that is over say so, and nothing is written', async () => {
    const { bot, press } = createScene();
    await bot.tick('week.open');
    await bot.clock.sleep(7 * 86_400_000);
    await press('week.rest');
    expect(bot.hinted(MINSEO)).toEqual([expect.stringContaining('TIL 8월 1주차는 지나갔어요')]);
    for (const week of [WEEK, '2024-W33']) expect((await bot.ledger(week))?.plans).toBeUndefined();
  });

  test('stay when the post is changed in place, all but the one to rest by in a week of rest', async () => {
    const { bot, actions, press, rest, only } = createScene();
    await bot.tick('week.open');
    const before = only();
    await rest({ rest: true });
    expect(only().text).toContain('쉬어 가는 주예요');
    expect(actions()).toEqual(['week.plan', 'me.show']);
    await bot.restart();
    await press('me.show');
    expect(bot.hinted(MINSEO)).toEqual([expect.stringContaining('다 같이 쉬어 가는 주')]);
    await rest({});
    expect(actions()).toEqual(ALL);
    expect(only().text).toBe(before.text);
  });

  test('come with a change where the app was installed again meanwhile, and are not there before', async () => {
    let canTalk = false;
    const { bot, actions, rest, only } = createScene({ talk: { canTalk: () => canTalk } });
    await bot.tick('week.open');
    expect(only().blocks.map(({ type }) => type)).toEqual(['section']);
    canTalk = true;
    await rest({ rest: true });
    expect(actions()).toEqual(['week.plan', 'me.show']);
  });

  test('keep nobody from knowing the post again: replies count, there is no second one, by hand neither', async () => {
    const { bot, only } = createScene();
    await bot.tick('week.open');
    await bot.restart();
    await bot.tick('week.open');
    await bot.reply(MINSEO, 'https://velog.io/@minseo/1');
    expect((await bot.read<WeekSnapshot>(`snapshots/${CHANNEL}/weeks/${WEEK}.json`))?.posts).toHaveLength(1);
    const { blocks, ...plain } = only();
    // As history has it, with and without blocks, and without our mark: its text alone is enough.
    for (const message of [only(), plain, { ...only(), metadata: undefined }]) {
      const read = describeMessage(message as never);
      expect(read).toMatchObject({ author: { user: BOT.id, bot: BOT.botId }, text: only().text });
      expect(read['links']).toEqual([]);
    }
    const ledger = await bot.ledger(WEEK);
    expect(blocks.at(-1)?.type).toBe('actions');
    expect(weeklyPostsOf(ledger ? [ledger] : [], rulesOf(bot.challenge)).get(WEEK)).toEqual([only().ts]);
    for (const message of Object.values(ledger?.messages ?? {})) delete message.mark;
    expect(weeklyPostsOf(ledger ? [ledger] : [], rulesOf(bot.challenge)).get(WEEK)).toEqual([only().ts]);
  });
});
