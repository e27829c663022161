import { describe, expect, test } from 'vitest';
import { AFTER_RESULT } from '../../src/handlers/counts-since.ts';
import { decide } from '../../src/handlers/decide.ts';
import { verify } from '../../src/history/rebuild.ts';
import type { Ledger } from '../../src/projections/ledger.ts';
import { BOT, createBot } from '../support/bot.ts';
import { CHANNEL } from '../support/world.ts';

const DAY = 86_400;
const POST = '글 https://velog.io/@minseo/first';
const OTHER = '글 https://medium.com/@minseo/first';

const opened = async (config: Record<string, unknown> = {}) => {
  const bot = createBot({ config });
  await bot.pass(1800);
  await bot.tick('week.open');
  return bot;
};
type Bot = Awaited<ReturnType<typeof opened>>;

const speak = async (bot: Bot, user: string, text: string, thread?: string): Promise<string> => {
  await bot.clock.sleep(1000);
  const said = { user, channel: CHANNEL, text, asIs: text.startsWith('<@') };
  const { ts } = thread ? bot.workspace.reply({ ...said, thread }) : bot.workspace.post(said);
  await bot.settle();
  return ts;
};
const linkTo = (ts: string) => `/archives/${CHANNEL}/p${ts.replace('.', '')}`;

describe('a hint says why', () => {
  test('there is no link', async () => {
    const bot = await opened();
    await bot.reply('U0JIHO0001', '링크는 조금 뒤에');
    expect(bot.hinted('U0JIHO0001')).toEqual([expect.stringContaining('블로그 링크를 댓글에 넣어 주세요')]);
  });

  test('a host is not accepted, and which, and which are', async () => {
    const bot = await opened();
    await bot.reply('U0JIHO0001', OTHER);
    expect(bot.hinted('U0JIHO0001')).toEqual([
      expect.stringMatching(/medium\.com의 글은 인정되지 않습니다.*velog\.io/),
    ]);
    const english = await opened({ locale: 'en' });
    await english.reply('U0JIHO0001', OTHER);
    expect(english.hinted('U0JIHO0001')).toEqual([
      expect.stringMatching(/medium\.com is not among the accepted blogs .*velog\.io/),
    ]);
  });

  test('it came after its week, where that does not count', async () => {
    const bot = await opened({ rules: { late: 'never' } });
    const thread = bot.thread();
    await bot.pass(7 * DAY);
    await bot.tick('week.open');
    await speak(bot, 'U0JIHO0001', POST, thread);
    expect(bot.hinted('U0JIHO0001')).toEqual([expect.stringMatching(/TIL 8월 1주차는 이미 끝나서.*\n.*TIL 8월 2주차/)]);
    expect(bot.hinted('U0JIHO0001')[0]).toContain(linkTo(bot.thread()));
    expect(bot.said()).toEqual([]);
  });

  test('its month is over', async () => {
    const bot = await opened();
    const thread = bot.thread();
    await bot.pass(28 * DAY);
    await bot.tick('month.result');
    await bot.tick('week.open');
    await speak(bot, 'U0MINSEO01', '지난달 고생하셨어요', thread);
    expect(bot.hinted('U0MINSEO01')).toEqual([]);
    await speak(bot, 'U0JIHO0001', POST, thread);
    expect(bot.hinted('U0JIHO0001')).toEqual([
      expect.stringMatching(/8월 챌린지는 이미 마감되어서.*\n.*TIL 9월 1주차/),
    ]);
    await bot.restart();
    await bot.pass(600);
    expect(bot.hinted('U0JIHO0001')).toHaveLength(1);
  });

  test('its link came after its month’s result, once more, and the channel hears nothing of it', async () => {
    const bot = createBot({ startsAt: '2024-08-26T09:00:00+09:00' });
    await bot.pass(1800);
    await bot.tick('week.open');
    const [first, second, mended] = [
      await bot.reply('U0JIHO0001', '곧 올릴게요'),
      await bot.reply('U0JIHO0001', '정말로 곧'),
      await bot.reply('U0MINSEO01', POST),
    ];
    await bot.pass(7 * DAY + 60);
    await bot.tick('month.result');
    const said = bot.said().length;
    const edit = (user: string, ts: string, text: string) => bot.workspace.edit({ user, channel: CHANNEL, ts, text });
    edit('U0JIHO0001', first, `${POST}-2`);
    await bot.settle();
    edit('U0JIHO0001', second, `${POST}-3`);
    edit('U0MINSEO01', mended, `${POST}-4`);
    await bot.pass(60);
    await bot.restart();
    await bot.pass(60);
    expect(bot.hinted('U0JIHO0001')).toEqual([
      expect.stringContaining('인정되는 블로그 링크를 댓글에'),
      '8월 챌린지는 이미 마감되어서 참여로 인정되지 않았어요.',
    ]);
    expect(bot.said()).toHaveLength(said);
    const { effects } = (await bot.ledger('2024-W35')) as Ledger;
    expect(effects[`participation:${first}:0`]?.skipped?.reason).toBe(AFTER_RESULT);
    expect(bot.hinted('U0MINSEO01')).toEqual([]);
  });

  test('it stands in the channel, beside the thread, with a link to it', async () => {
    const bot = await opened({ workspaceUrl: 'https://team.slack.com' });
    await speak(bot, 'U0JIHO0001', POST);
    expect(bot.hinted('U0JIHO0001')).toEqual([
      `채널에 올린 글은 챌린지 참여로 인정되지 않아요. <https://team.slack.com${linkTo(bot.thread())}|[TIL 8월 1주차]>의 댓글로 링크를 다시 올려 주시면 바로 인정됩니다.`,
    ]);
    const unknown = await opened();
    await speak(unknown, 'U0JIHO0001', POST);
    expect(unknown.hinted('U0JIHO0001')).toEqual([expect.stringContaining(linkTo(unknown.thread()))]);
  });

  test('and whoever speaks to the bot where to write', async () => {
    const bot = await opened();
    await speak(bot, 'U0JIHO0001', `<@${BOT.id}> 안녕하세요`);
    await speak(bot, 'U0MINSEO01', '<@U0JIHO0001> 안녕하세요');
    expect(bot.hinted('U0JIHO0001')).toEqual([expect.stringMatching(/아직 대화는 할 줄 몰라요.*TIL 8월 1주차/)]);
    expect(bot.hinted('U0JIHO0001')[0]).toContain(linkTo(bot.thread()));
    expect(bot.hinted('U0MINSEO01')).toEqual([]);
  });

  test('and, where people can talk to the app, what they can type, once, in the thread', async () => {
    const bot = createBot({ talk: { canTalk: () => true } });
    await bot.tick('week.open');
    await speak(bot, 'U0JIHO0001', `<@${BOT.id}> 도움말`, bot.thread());
    await speak(bot, 'U0JIHO0001', `<@${BOT.id}> help`, bot.thread());
    const [hint, ...more] = bot.workspace.hints('U0JIHO0001') as { text?: string; thread_ts?: string }[];
    expect(more).toEqual([]);
    expect(hint?.thread_ts).toBe(bot.thread());
    expect(hint?.text).toContain('`/til 도움말`');
    expect(hint?.text).toContain(linkTo(bot.thread()));
    expect(hint?.text).not.toMatch(/대화는 할 줄 몰라요|인정되지 않았어요/);
    await speak(bot, 'U0MINSEO01', POST);
    expect(bot.hinted('U0MINSEO01')).toEqual([expect.stringMatching(/채널에 올린 글은[\s\S]*`\/til 도움말`/)]);
    await bot.restart();
    await bot.pass(100);
    expect([...bot.hinted('U0JIHO0001'), ...bot.hinted('U0MINSEO01')]).toHaveLength(2);
  });

  test('who asks in the thread gets an answer beside the hint, and where people cannot talk to the app, the hint', async () => {
    const talking = createBot({ talk: { canTalk: () => true } });
    await talking.tick('week.open');
    await talking.reply('U0JIHO0001', '곧 올릴게요');
    await speak(talking, 'U0JIHO0001', `<@${BOT.id}> 도움말`, talking.thread());
    expect(talking.hinted('U0JIHO0001')).toEqual([
      expect.stringContaining('블로그 링크를 댓글에'),
      expect.stringContaining('`/til 도움말`'),
    ]);
    const bot = await opened();
    await speak(bot, 'U0JIHO0001', `<@${BOT.id}> 도움말`, bot.thread());
    expect(bot.hinted('U0JIHO0001')).toEqual([expect.stringContaining('블로그 링크를 댓글에')]);
  });

  test('and whoever speaks to the bot before it has said anything, whether or not Slack could be asked at once who it is', async () => {
    const bot = createBot();
    await bot.pass(60);
    await speak(bot, 'U0JIHO0001', '<@U0MINSEO01> 안녕하세요');
    await speak(bot, 'U0JIHO0001', `<@${BOT.id}> 안녕하세요`);
    expect(bot.hinted('U0JIHO0001')).toEqual([expect.stringContaining('이번 주 TIL 글이 올라오면')]);
    bot.workspace.faults.add({ kind: 'error', error: 'internal_error', when: 'before', methods: ['auth.test'] });
    await bot.restart();
    await speak(bot, 'U0MINSEO01', `<@${BOT.id}> 안녕하세요`);
    expect(bot.hinted('U0MINSEO01')).toEqual([]);
    bot.workspace.faults.clear();
    await bot.pass(120);
    await bot.restart();
    await bot.pass(60);
    expect(bot.hinted('U0MINSEO01')).toHaveLength(1);
  });
});

describe('nobody is told', () => {
  test('of chat and links in the channel before the week is open, and of links elsewhere', async () => {
    const bot = createBot();
    await bot.pass(600);
    await speak(bot, 'U0JIHO0001', POST);
    await bot.pass(1200);
    await bot.tick('week.open');
    await speak(bot, 'U0SEOYEON1', '다들 화이팅');
    const chat = await speak(bot, 'U0SEOYEON1', OTHER);
    await speak(bot, 'U0MINSEO01', POST, chat);
    await bot.restart();
    await bot.pass(600);
    for (const user of ['U0JIHO0001', 'U0SEOYEON1', 'U0MINSEO01']) expect(bot.hinted(user)).toEqual([]);
  });

  test('who has taken part already, but for an answer to a mention', async () => {
    const bot = await opened();
    await bot.reply('U0JIHO0001', POST);
    await bot.reply('U0JIHO0001', OTHER);
    await speak(bot, 'U0JIHO0001', `${POST}-2`);
    expect(bot.hinted('U0JIHO0001')).toEqual([]);
    await speak(bot, 'U0JIHO0001', `<@${BOT.id}> 고마워요`);
    expect(bot.hinted('U0JIHO0001')).toEqual([expect.stringContaining('대화는')]);
  });
});

describe('each person is told once a week', () => {
  test('whatever they lack, and again in the next', async () => {
    const bot = await opened();
    await bot.reply('U0JIHO0001', '곧 올릴게요');
    await bot.reply('U0JIHO0001', OTHER);
    await speak(bot, 'U0JIHO0001', POST);
    await bot.restart();
    await bot.pass(600);
    expect(bot.hinted('U0JIHO0001')).toHaveLength(1);
    await bot.reply('U0MINSEO01', '저도 곧');
    expect(bot.hinted('U0MINSEO01')).toHaveLength(1);
    await bot.pass(7 * DAY);
    await bot.tick('week.open');
    await bot.reply('U0JIHO0001', OTHER);
    expect(bot.hinted('U0JIHO0001')).toHaveLength(2);
  });

  test('also when what they wrote comes together, or the later of it first', async () => {
    const bot = await opened();
    const thread = bot.thread();
    bot.workspace.reply({ user: 'U0JIHO0001', channel: CHANNEL, thread, text: '하나' });
    bot.workspace.reply({ user: 'U0JIHO0001', channel: CHANNEL, thread, text: '둘' });
    await bot.settle();
    expect(bot.hinted('U0JIHO0001')).toHaveLength(1);
    bot.workspace.reply({ user: 'U0MINSEO01', channel: CHANNEL, thread, text: '하나' });
    bot.workspace.reply({ user: 'U0MINSEO01', channel: CHANNEL, thread, text: '둘' });
    for (const [position, { payload }] of bot.workspace.take().toReversed().entries()) {
      await bot.queue.put([{ id: `x${position}`, group: CHANNEL, body: JSON.stringify({ kind: 'event', payload }) }]);
      await bot.settle();
    }
    expect(bot.hinted('U0MINSEO01')).toHaveLength(1);
  });

  test('and at any moment only of the first, whoever says it', async () => {
    const bot = await opened();
    const thread = bot.thread();
    bot.workspace.faults.add({ kind: 'rate-limited', retryAfter: 600, methods: ['chat.postEphemeral'] });
    const said = ['하나', '둘'].map((text) =>
      bot.workspace.reply({ user: 'U0JIHO0001', channel: CHANNEL, thread, text }),
    );
    await bot.settle();
    const ledger = (await bot.ledger('2024-W32')) as Ledger;
    const owed = decide(bot.challenge, '2024-08', [ledger]).filter(({ kind }) => kind === 'hint');
    expect(owed.map(({ id }) => id)).toEqual([`hint:${said[0]?.ts}`]);
  });

  test('and of the next thing they wrote when the first could not be said', async () => {
    const bot = await opened();
    bot.workspace.faults.add({
      kind: 'error',
      error: 'user_not_in_channel',
      when: 'before',
      methods: ['chat.postEphemeral'],
      count: 1,
    });
    const thread = bot.thread();
    bot.workspace.reply({ user: 'U0JIHO0001', channel: CHANNEL, thread, text: '하나' });
    bot.workspace.reply({ user: 'U0JIHO0001', channel: CHANNEL, thread, text: '둘' });
    await bot.settle();
    await bot.pass(60);
    expect(bot.hinted('U0JIHO0001')).toHaveLength(1);
  });

  test('and to whoever speaks to the bot it answers once a week, beside the hint', async () => {
    const bot = await opened();
    for (const text of ['안녕', '뭐 해']) await speak(bot, 'U0JIHO0001', `<@${BOT.id}> ${text}`);
    await bot.reply('U0JIHO0001', '곧');
    expect(bot.hinted('U0JIHO0001')).toHaveLength(2);
    expect((await verify(bot.challenge, { log: bot.log, state: bot.state })).differences).toEqual([]);
  });
});

test('a late participation is announced as late', async () => {
  for (const [locale, words] of [
    ['ko', 'TIL 8월 1주차 챌린지에 참여하였습니다 (지각)'],
    ['en', 'took part in TIL August, week 1 (late)'],
  ]) {
    const bot = await opened({ locale });
    const thread = bot.thread();
    await bot.reply('U0MINSEO01', POST);
    expect(bot.said()[0]).not.toMatch(/지각|late/);
    await bot.pass(7 * DAY);
    await speak(bot, 'U0JIHO0001', `${POST}-2`, thread);
    expect(bot.said()[1]).toContain(words);
  }
});
