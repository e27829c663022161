import { expect, test } from 'vitest';
import { createScenes } from '../../src/cli/scenes.ts';
import { tellStory } from '../../src/cli/story.ts';
import { enStory } from '../../src/cli/text/en-story.ts';
import type { Event } from '../../src/events/catalog.ts';
import { BOT, createBot } from '../support/bot.ts';
import { CHANNEL, challengeWith, contents } from '../support/world.ts';

const POST = '글 <https://velog.io/@minseo/%ED%8C%8C%EC%9D%B4%EC%8D%AC>';

/** All that the log says, told in order. */
const storyOf = async (bot: ReturnType<typeof createBot>): Promise<string[]> => {
  const events = Object.values(await contents(bot.log, 'events/')).map((text) => JSON.parse(text) as Event);
  const scenes = createScenes(bot.challenge, () => undefined, enStory);
  events.sort((left, right) => (left.at < right.at ? -1 : 1));
  for (const event of events) scenes.note(event);
  return events.map((event) => tellStory(event, scenes).slice('2024-08-05 09:30:00  '.length));
};

const lived = async () => {
  const bot = createBot();
  await bot.pass(1800);
  await bot.tick('week.open');
  const said = { user: 'U0MINSEO01', channel: CHANNEL, asIs: true };
  const { ts } = bot.workspace.reply({ ...said, thread: bot.thread(), text: POST });
  await bot.settle();
  await bot.like('U0JIHO0001', ts);
  await bot.reply('U0JIHO0001', '곧 올릴게요');
  await bot.clock.sleep(60_000);
  bot.workspace.remove({ user: 'U0MINSEO01', channel: CHANNEL, ts });
  await bot.pass(60);
  await bot.clock.sleep(28 * 86_400_000);
  await bot.tick('month.result');
  return bot;
};

test('a story calls people, weeks and addresses by their names, and says what the bot said', async () => {
  const story = await storyOf(await lived());
  const reply = "민서 님's reply to TIL 8월 1주차 (https://velog.io/@minseo/파이썬)";
  for (const line of [
    'the bot wrote: [TIL 8월 1주차]',
    '민서 님 replied to TIL 8월 1주차: https://velog.io/@minseo/파이썬',
    `the bot set out to send the announcement of ${reply}`,
    `the bot sent the announcement of ${reply}`,
    'the bot wrote: 민서 님이 TIL 8월 1주차 챌린지에 참여하였습니다 🔥🔥',
    `지호 님 reacted :+1: to ${reply}`,
    `the bot sent a notice to 민서 님 of likes for ${reply}`,
    "the bot sent a hint to 지호 님 (no link) about 지호 님's reply to TIL 8월 1주차",
    `${reply} was deleted`,
    `the bot sent the withdrawal of the announcement of ${reply}`,
    'the bot sent the result of 8월 (2024-08)',
  ])
    expect(story).toContain(line);
  expect(story.join('\n')).not.toMatch(/%E|U0|participation:|like:|hint:|month\.result|\d{10}\.\d{6}/);
});

test('a story says what it does not know, and nothing in it steers a terminal', () => {
  const at = '1722865849.468459';
  const scenes = createScenes(challengeWith(), () => undefined, enStory);
  const base = { v: 1, channel: CHANNEL, at } as const;
  const tell = (event: Event): string => {
    scenes.note(event);
    return tellStory(event, scenes);
  };
  expect(tell({ ...base, kind: 'message.deleted', ts: at })).toContain('a message of which nothing else is known');
  expect(tell({ ...base, kind: 'effect.skipped', week: '2024-W32', effect: 'poem:1', reason: '\x1b[2J' })).toMatch(
    /something of a kind that this version does not know: \\u\{1b\}\[2J$/,
  );
  const posted = {
    ...base,
    kind: 'message.posted' as const,
    ts: at,
    text: '<b|\x1b[2J> <!channel>',
    links: ['https://velog.io/%FF\x1b'],
  };
  expect(tell({ ...posted, author: { bot: 'B0OTHER001' } })).toMatch(
    / {2}an app posted: https:\/\/velog\.io\/%FF\\u\{1b\}$/,
  );
  expect(tell({ ...posted, author: { user: BOT.id, bot: BOT.botId }, metadata: { type: 'til_effect' } })).toMatch(
    /the bot wrote: \\u\{1b\}\[2J @channel$/,
  );
});

test('an admin whose name nobody knows is not called by an id', () => {
  const scenes = createScenes(challengeWith(), (id) => (id === 'U0ADMIN001' ? '매니저' : undefined), enStory);
  const told = ['U0ADMIN001', 'U0ADMIN002'].map((admin) => {
    const sent = {
      v: 1,
      kind: 'effect.delivered',
      channel: CHANNEL,
      at: '1722865849.468459',
      week: '2024-W32',
    } as const;
    const event: Event = { ...sent, effect: `alarm:missed-0123456789ab:${admin}`, attempt: 1, to: admin };
    return tellStory(event, scenes).slice('2024-08-05 09:30:00  '.length);
  });
  expect(told).toEqual(['the bot sent an alarm to 매니저: missed', 'the bot sent an alarm to an admin: missed']);
});

test('a weekly post that another bot wrote is told by its title, and an imported reply without the link that it does not have', () => {
  const scenes = createScenes(challengeWith(), () => '민서 님', enStory);
  const base = { v: 1, channel: CHANNEL, kind: 'message.posted', inferred: true } as const;
  const [thread, reply] = ['1722865849.468459', '1722865949.000100'];
  const events: Event[] = [
    { ...base, at: thread, ts: thread, author: { bot: 'B0OTHER001' }, text: '', title: 'TIL 8월 1주차', links: [] },
    {
      ...base,
      ...{ at: reply, ts: reply, thread, author: { user: 'U0MINSEO01' } },
      ...{ text: '', links: [`https://velog.io/imported/${reply}`] },
    },
    { v: 1, channel: CHANNEL, kind: 'message.deleted', at: reply, ts: reply },
  ];
  for (const event of events) scenes.note(event);
  expect(events.map((event) => tellStory(event, scenes).slice('2024-08-05 09:30:00  '.length))).toEqual([
    'an app posted the weekly post TIL 8월 1주차',
    '민서 님 replied to TIL 8월 1주차: a link that is not known',
    "민서 님's reply to TIL 8월 1주차 (a link that is not known) was deleted",
  ]);
});
