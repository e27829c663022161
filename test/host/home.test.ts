import { describe, expect, test } from 'vitest';
import { acceptVerified } from '../../src/host/ingest.ts';
import { keys } from '../../src/pipeline/keys.ts';
import { trustingCheck } from '../../src/setup/clock-check.ts';
import type { SendAnswer } from '../../src/slack/response-url.ts';
import { type BotOptions, createBot } from '../support/bot.ts';
import { CHANNEL, contents } from '../support/world.ts';

const [MINSEO, JIHO] = ['U0MINSEO01', 'U0JIHO0001'];
const OTHER = 'C0OTHER001';

interface Block {
  type: string;
  block_id: string;
  text?: { text: string };
  elements?: { text: string }[];
  accessory?: { action_id: string; initial_option: { value: string } };
}

/** A bot with an open week, to which people in the sandbox talk. */
const createTalk = async (options: BotOptions = {}) => {
  const sendAnswer: SendAnswer = async ({ address, text }) => {
    const { status } = bot.workspace.respond(address, { response_type: 'ephemeral', replace_original: false, text });
    return status === 200 ? { is: 'taken' } : { is: 'over' };
  };
  const bot = createBot({ sendAnswer, canTalk: true, ...options });
  await bot.tick('week.open');
  const blocks = (user: string) => (bot.workspace.home(user)?.['blocks'] ?? []) as Block[];
  return {
    bot,
    blocks,
    /** Carries to the bot what people did. */
    settle: async (): Promise<void> => {
      const doings = bot.workspace.takeInteractions();
      const at = `${Math.floor(bot.clock.now() / 1000)}.000000`;
      for (const { payload } of [...bot.workspace.take(), ...doings])
        await acceptVerified({ body: Buffer.from(JSON.stringify(payload)), at }, { queue: bot.queue });
      for (const { id } of doings) bot.workspace.settle(id, { is: 'taken' });
      await bot.settle();
    },
    /** All that somebody's App Home says, a block a paragraph. */
    text: (user: string): string =>
      blocks(user)
        .map(({ text, elements }) => text?.text ?? elements?.map((each) => each.text).join('') ?? '')
        .join('\n\n'),
    /** What stands in the selects. */
    chosen: (user: string) =>
      blocks(user).flatMap(({ accessory }) => (accessory ? [accessory.initial_option.value.split('/')[1]] : [])),
  };
};

describe('App Home', () => {
  test('shows who opens it their week, run and settings, and the posts that they have not liked', async () => {
    const { bot, settle, text, chosen } = await createTalk();
    const ts = await bot.reply(JIHO, 'https://velog.io/@jiho/1', '*<!channel> & 글*');
    await bot.pass(60);
    bot.workspace.openHome({ user: MINSEO, tab: 'home' });
    await settle();
    expect(text(MINSEO)).toMatch(/^\*TIL 8월 1주차\* · 일요일 자정까지 · <https.*\|이번 주 글>\n이번 주 글을 기다리고/);
    expect(text(MINSEO)).toContain('\n\n⬜\n🟩 쓴 주');
    expect(text(MINSEO)).toMatch(/아직 👍을 누르지 않은 글\*\n• <https[^|]*\|[^|]*글[^|]*> · <@U0JIHO0001>/);
    expect(text(MINSEO)).toContain('&lt;!channel&gt; &amp; 글');
    expect(text(MINSEO)).not.toContain('<!channel>');
    expect(text(MINSEO)).toMatch(/이 화면은 나만 봐요/);
    expect(chosen(MINSEO)).toEqual(['on', 'steps', 'on']);
    expect(text(JIHO)).toBe('');
    await bot.like(MINSEO, ts);
    bot.workspace.openHome({ user: MINSEO, tab: 'home' });
    await settle();
    expect(text(MINSEO)).not.toContain('누르지 않은 글');
    expect(await contents(bot.log, 'other/')).toEqual({});
  });

  test('is shown anew after their own post and choice, to nobody else, and to nobody who only opened the messages', async () => {
    const { bot, settle, text, chosen } = await createTalk();
    bot.workspace.openHome({ user: MINSEO, tab: 'home' });
    bot.workspace.openHome({ user: JIHO, tab: 'messages' });
    await settle();
    await bot.reply(MINSEO, 'https://velog.io/@minseo/1');
    await bot.pass(60); // A preview of their link comes as an edit of theirs.
    const { hash } = bot.workspace.home(MINSEO) ?? {};
    await bot.reply(JIHO, 'https://velog.io/@jiho/1');
    expect(hash).toBeDefined();
    expect(bot.workspace.home(MINSEO)?.['hash']).toBe(hash);
    expect(text(MINSEO)).toContain('이번 주 글을 썼어요');
    expect(text(MINSEO)).toContain('\n\n🟩\n');
    expect(text(JIHO)).toBe('');
    bot.workspace.command({ user: MINSEO, channel: CHANNEL, text: '/til 좋아요 card' });
    bot.workspace.command({ user: JIHO, channel: CHANNEL, text: '/til 쉬어요' });
    await settle();
    expect(chosen(MINSEO)).toEqual(['on', 'card', 'on']);
    expect(text(JIHO)).toBe('');
    expect(await bot.read(keys.homes)).toEqual({ version: 1, users: [MINSEO] });
  });

  test('sets what is selected in it, and is the answer', async () => {
    const { bot, settle, blocks, chosen } = await createTalk();
    bot.workspace.openHome({ user: MINSEO, tab: 'home' });
    await settle();
    const { block_id: blockId } = blocks(MINSEO).find(
      ({ accessory }) => accessory?.action_id === 'set.remind',
    ) as Block;
    bot.workspace.pressHome({ user: MINSEO, blockId, actionId: 'set.remind', option: `${CHANNEL}/sun` });
    await settle();
    expect(chosen(MINSEO)).toEqual(['sun', 'steps', 'on']);
    expect((await bot.ledger('2024-W32'))?.settings?.[`${MINSEO}/remind`]?.value).toBe('sun');
    expect(bot.workspace.hints(MINSEO)).toEqual([]);
  });

  test('shows as on only what is really sent: what can be switched off, or the configuration wants', async () => {
    const shown = async (options: BotOptions) => {
      const { bot, settle, chosen } = await createTalk(options);
      bot.workspace.openHome({ user: MINSEO, tab: 'home' });
      await settle();
      bot.workspace.command({ user: MINSEO, channel: CHANNEL, text: '/til' });
      await settle();
      return [chosen(MINSEO).join(), bot.hinted(MINSEO).at(-1)?.split('\n').at(-1)];
    };
    const likes = '좋아요: 1개, 5개, 10개마다';
    expect(await shown({ canTalk: true })).toEqual(['on,steps,on', `알림: 켜짐 · ${likes} · 소식: 켜짐`]);
    expect(await shown({ canTalk: false })).toEqual(['steps', `알림: 꺼짐 · ${likes} · 소식: 꺼짐`]);
    const wanted = { canTalk: false, config: { notify: { remind: 'on' } } };
    expect(await shown(wanted)).toEqual(['on,steps', `알림: 켜짐 · ${likes} · 소식: 꺼짐`]);
    const unwanted = { canTalk: true, config: { notify: { remind: 'off', comeback: 'on' } } };
    expect(await shown(unwanted)).toEqual(['steps,on', `알림: 꺼짐 · ${likes} · 소식: 켜짐`]);
  });

  test('waits for what Slack says of the app’s rights where that is not known yet', async () => {
    let hasAnswered = false;
    const look = async (): Promise<boolean> => {
      hasAnswered = true;
      return true;
    };
    const clockCheck = { ...trustingCheck(createBot().clock), look };
    const { bot, settle, chosen } = await createTalk({ talk: { canTalk: () => hasAnswered } });
    await bot.restart({ clockCheck });
    hasAnswered = false;
    bot.workspace.openHome({ user: MINSEO, tab: 'home' });
    await settle();
    expect(chosen(MINSEO)).toEqual(['on', 'steps', 'on']);
  });

  test('says of a setting that is switched on when the challenge sends nothing of the kind', async () => {
    const { bot, settle } = await createTalk({ config: { notify: { remind: 'off' } } });
    for (const text of ['/til 알림 on', '/til 알림 off', '/til 좋아요 each']) {
      bot.workspace.command({ user: MINSEO, channel: CHANNEL, text });
      await settle();
      await bot.clock.sleep(1000);
    }
    expect(bot.hinted(MINSEO)).toEqual([
      expect.stringContaining('지금 이런 메시지를 보내지 않아요'),
      expect.stringContaining('알림을 껐어요'),
      expect.stringContaining('좋아요를 받을 때마다'),
    ]);
  });

  test('is shown at the next opening when it is lost who had opened it, and from then on as before', async () => {
    const { bot, settle, text } = await createTalk();
    for (const user of [MINSEO, JIHO]) bot.workspace.openHome({ user, tab: 'home' });
    await settle();
    const { etag } = (await bot.state.get(keys.homes)) ?? {};
    await bot.state.putIf(keys.homes, Buffer.from('{"users'), etag as string);
    bot.workspace.openHome({ user: MINSEO, tab: 'home' });
    await settle();
    expect(await bot.read(keys.homes)).toEqual({ version: 1, users: [MINSEO] });
    await bot.restart();
    await bot.reply(MINSEO, 'https://velog.io/@minseo/1');
    expect(text(MINSEO)).toContain('이번 주 글을 썼어요');
    expect(bot.happenings).toEqual([]);
  });

  test('is shown anew by a bot that has begun again, too', async () => {
    const { bot, settle, text } = await createTalk();
    bot.workspace.openHome({ user: MINSEO, tab: 'home' });
    await settle();
    await bot.restart();
    await bot.reply(MINSEO, 'https://velog.io/@minseo/1');
    expect(text(MINSEO)).toContain('이번 주 글을 썼어요');
  });

  test('has a part for each challenge in which somebody is known', async () => {
    const { bot, settle, text } = await createTalk({ others: [{ channel: OTHER, locale: 'en' }] });
    const join = (channel: string, user: string) =>
      bot.record({ v: 1, kind: 'member.joined', channel, user, at: `${Math.floor(bot.clock.now() / 1000)}.000000` });
    await join(CHANNEL, MINSEO);
    await join(OTHER, MINSEO);
    await join(CHANNEL, JIHO);
    for (const user of [MINSEO, JIHO]) bot.workspace.openHome({ user, tab: 'home' });
    await settle();
    expect(text(MINSEO)).toContain(`<#${CHANNEL}>\n*TIL 8월 1주차*`);
    expect(text(MINSEO)).toContain(`<#${OTHER}>\n*TIL August, week 1*`);
    expect(text(JIHO)).not.toContain(OTHER);
  });

  test('that is switched off in the app is no error to anybody', async () => {
    const { bot, settle, text } = await createTalk();
    bot.workspace.openHome({ user: MINSEO, tab: 'home' });
    const opened = bot.workspace.take();
    bot.workspace.app().homeTab = false;
    for (const { payload } of opened)
      await acceptVerified(
        { body: Buffer.from(JSON.stringify(payload)), at: '1722830400.000000' },
        { queue: bot.queue },
      );
    await settle();
    expect(text(MINSEO)).toBe('');
    expect(bot.happenings).toEqual([expect.stringContaining('App Home is not shown: not_enabled')]);
    expect(await bot.queue.list()).toEqual([]);
    expect(await contents(bot.log, 'quarantine/')).toEqual({});
  });
});

test('the command alone is answered to the person alone', async () => {
  const { bot, settle } = await createTalk();
  bot.workspace.command({ user: MINSEO, channel: CHANNEL, text: '/til' });
  await settle();
  expect(bot.workspace.hints(MINSEO)).toMatchObject([{ text: expect.stringContaining('*TIL 8월 1주차*') as string }]);
  expect(bot.workspace.hints(JIHO)).toEqual([]);
});
