import { describe, expect, test } from 'vitest';
import type { Interaction } from '../../src/events/interaction.ts';
import { keys } from '../../src/pipeline/keys.ts';
import type { Ledger } from '../../src/projections/ledger.ts';
import { interactionJob } from '../../src/queue/jobs.ts';
import { createBot } from '../support/bot.ts';
import { post, reply, weeklyPost } from '../support/events.ts';
import { CHANNEL, contents } from '../support/world.ts';

const OTHER = 'C0OTHER001';
const WEEK = '2024-W32';
/** Who runs the one, the other, and both. */
const [ONE, TWO, BOTH] = ['U0ADMIN001', 'U0ADMIN002', 'U0ADMIN003'];
const AT = '1722830400.000000';
const ELSEWHERE = 'C0RANDOM01';
const DM = 'D0ADMIN003';

/** A bot of two challenges whose weeks are open. */
const createScene = async () => {
  const answers: string[] = [];
  const bot = createBot({
    canTalk: true,
    config: { admins: [ONE, BOTH] },
    others: [{ channel: OTHER, admins: [TWO, BOTH] }],
    sendAnswer: async ({ text }) => {
      answers.push(text);
      return { is: 'taken' };
    },
  });
  await bot.tick('week.open');
  await bot.record({ ...weeklyPost(), channel: OTHER });
  let sequence = 0;
  return {
    bot,
    does: async (interaction: Interaction): Promise<string> => {
      await bot.queue.put([interactionJob(`i${sequence++}`, interaction)]);
      await bot.settle();
      return answers.at(-1) ?? '';
    },
    /** What an admin has decided, by channel. */
    decided: async () => {
      const all = Object.keys(await contents(bot.log, 'events/'));
      return all
        .filter((key) => /-(post\.ruled|week\.(rested|excused|extended))-/.test(key))
        .map((key) => key.split('/')[1]);
    },
    rested: async (channel: string) => (await bot.read<Ledger>(keys.ledger(channel, WEEK)))?.rested,
  };
};

const says = (user: string, channel: string, text: string): Interaction => ({
  kind: 'command',
  user,
  team: null,
  at: AT,
  channel,
  command: '/til',
  text,
  responseUrl: 'https://hooks.slack.com/commands/T0/1/x',
});

const shortcut = (user: string, channel: string, ts: string): Interaction => ({
  kind: 'shortcut',
  user,
  team: null,
  at: AT,
  callback: 'post.accept',
  channel,
  message: { ts },
  responseUrl: 'https://hooks.slack.com/app/T0/1/x',
});

const link = (channel: string, ts: string): string =>
  `https://til.slack.com/archives/${channel}/p${ts.replace('.', '')}`;

describe('what an admin types is for', () => {
  test('the challenge in whose channel they are', async () => {
    const { does, decided, rested } = await createScene();
    await does(says(BOTH, OTHER, 'admin rest'));
    expect(await decided()).toEqual([OTHER]);
    expect(await rested(OTHER)).toMatchObject({ rest: true, by: BOTH });
    expect(await does(says(BOTH, CHANNEL, '운영 쉬는주'))).not.toContain('알아들었어요');
    expect((await decided()).sort()).toEqual([OTHER, CHANNEL].sort());
  });

  test('elsewhere the only one that they run; outside of it and the bot’s messages that is said', async () => {
    const { does, decided } = await createScene();
    expect(await does(says(TWO, DM, 'admin rest'))).not.toContain('알아들었어요');
    expect(await does(says(TWO, ELSEWHERE, 'admin extend 24h'))).toMatch(
      new RegExp(`^여기는 챌린지 채널이 아니어서 <#${OTHER}> 챌린지로 알아들었어요.\\n.*늘렸어요`),
    );
    expect(await decided()).toEqual([OTHER, OTHER]);
  });

  test('of several that they run the one in which they wrote last, which is always said', async () => {
    const { bot, does, decided } = await createScene();
    const where = `${CHANNEL}> <#${OTHER}>`;
    expect(await does(says(BOTH, DM, 'admin rest'))).toContain(where);
    expect(await decided()).toEqual([]);
    await bot.record({ ...reply(), channel: OTHER, author: { user: BOTH } });
    await bot.pass(10);
    expect(await does(says(BOTH, DM, 'admin rest'))).toContain(`<#${OTHER}> 챌린지로 알아들었어요`);
    expect(await does(says(BOTH, DM, 'admin close'))).toContain(`<#${OTHER}> 챌린지로 알아들었어요`);
    expect(await decided()).toEqual([OTHER]);
    expect(await does(says(BOTH, DM, 'admin help'))).not.toContain('알아들었어요');
  });

  test('that of the message to which it links', async () => {
    const { bot, does, decided } = await createScene();
    await bot.record({ ...reply(), channel: OTHER, author: { user: BOTH } });
    const ts = await bot.reply('U0MINSEO01', 'https://slides.example.org/1');
    expect(await does(says(BOTH, DM, `admin accept ${link(CHANNEL, ts)}`))).toContain('인정했어요');
    expect(await decided()).toEqual([CHANNEL]);
    // In a channel of a challenge it is about that one.
    expect(await does(says(BOTH, OTHER, `admin reject ${link(CHANNEL, ts)}`))).toContain('챌린지 채널의 글이 아니에요');
    expect(await decided()).toEqual([CHANNEL]);
  });
});

test('a shortcut is about the channel of its message', async () => {
  const { bot, does, decided } = await createScene();
  await bot.record({ ...post(reply().ts, { author: { user: 'U0MINSEO01' }, text: 'x' }), channel: OTHER });
  expect(await does(shortcut(BOTH, OTHER, reply().ts))).toContain('인정했어요');
  expect(await decided()).toEqual([OTHER]);
  expect(await does(shortcut(BOTH, ELSEWHERE, reply().ts))).toContain('챌린지 채널의 글이 아니에요');
  expect(await does(shortcut(TWO, CHANNEL, reply().ts))).toContain('운영하는 분만');
  expect(await decided()).toEqual([OTHER]);
});

test('an admin of one challenge cannot steer another, by no word, link, shortcut or button', async () => {
  const { bot, does, decided } = await createScene();
  await bot.record({ ...post(reply().ts, { author: { user: 'U0MINSEO01' }, text: 'x' }), channel: OTHER });
  const before = await contents(bot.log);
  const words = [
    'rest',
    'excuse <@U0MINSEO01>',
    'extend 24h',
    'open',
    'close',
    'status',
    `accept ${reply().ts}`,
    'help',
  ];
  const close = [{ id: 'admin.close', value: `${OTHER}/2024-07`, at: AT }];
  const press = {
    kind: 'press',
    user: ONE,
    team: null,
    at: AT,
    actions: close,
    responseUrl: 'https://hooks.slack.com/x',
  };
  for (const interaction of [
    ...words.map((word) => says(ONE, OTHER, `admin ${word}`)),
    says(ONE, DM, `admin accept ${link(OTHER, reply().ts)}`),
    shortcut(ONE, OTHER, reply().ts),
    { ...press, container: 'ephemeral', channel: OTHER } as Interaction,
    // Shown in their own channel, and naming the other.
    { ...press, container: 'ephemeral', channel: CHANNEL } as Interaction,
  ])
    expect(await does(interaction)).toBe('이건 챌린지를 운영하는 분만 쓸 수 있어요. 바뀐 것은 없어요.');
  expect(await decided()).toEqual([]);
  expect(await contents(bot.log)).toEqual(before);
  expect(await bot.queue.list()).toEqual([]);
});
