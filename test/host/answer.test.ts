import { describe, expect, test } from 'vitest';
import type { Interaction } from '../../src/events/interaction.ts';
import { tsAt } from '../../src/events/timestamp.ts';
import { interactionJob } from '../../src/queue/jobs.ts';
import { parseInteraction } from '../../src/slack/interaction.ts';
import { responseUrlAnswers } from '../../src/slack/response-url.ts';
import { type BotOptions, createBot } from '../support/bot.ts';
import { interactionContent } from '../support/interactions.ts';
import { CHANNEL, contents } from '../support/world.ts';

const MINSEO = 'U0MINSEO01';
const ADMIN = 'U0ADMIN001';
const AT = '1722816000.000000'; // 5 August 2024, 09:00 in Seoul.

type Command = Extract<Interaction, { kind: 'command' }>;

/** A bot with an open week, to which people come without an address for answers. */
const createScene = async (options: BotOptions = {}) => {
  const called: string[] = [];
  const bot = createBot({
    canTalk: true,
    startsAt: '2024-08-04T23:59:00+09:00',
    sendAnswer: async ({ address }) => {
      called.push(address);
      return { is: 'taken' };
    },
    ...options,
  });
  const before = bot.workspace.post({ user: MINSEO, channel: CHANNEL, text: '발표 https://slides.example.org/d/1' });
  await bot.settle();
  await bot.clock.sleep(32_460_000); // To Monday, 09:00.
  await bot.tick('week.open');
  let sequence = 0;
  return {
    bot,
    called,
    /** A message of the week before, which was not open. */
    before: before.ts,
    does: async (interaction: Interaction): Promise<void> => {
      await bot.queue.put([interactionJob(`i${sequence++}`, interaction)]);
      await bot.settle();
    },
  };
};

const says = (text: string, more: Partial<Command> = {}): Command => ({
  kind: 'command',
  user: MINSEO,
  team: 'T0TILTEAM1',
  at: AT,
  channel: CHANNEL,
  command: '/til',
  text,
  ...more,
});

const presses = (id: string, container: 'message' | 'view', channel: string | undefined): Interaction => ({
  kind: 'press',
  user: MINSEO,
  team: 'T0TILTEAM1',
  at: AT,
  container,
  channel,
  actions: [{ id, value: `${CHANNEL}/2024-W32`, at: AT }],
});

describe('who comes without an address for answers', () => {
  test('is answered in the challenge’s channel, and nobody else sees it', async () => {
    const { bot, called, does } = await createScene();
    await does(says('쉬어요'));
    await does(presses('week.plan', 'message', CHANNEL));
    await does(presses('me.show', 'message', 'D0MINSEO01'));
    expect(bot.hinted(MINSEO)).toEqual([
      expect.stringContaining('쉬시는 걸로'),
      expect.stringContaining('쓰시는 걸로'),
      expect.stringContaining('*TIL 8월 1주차*'),
    ]);
    expect(bot.hinted(ADMIN)).toEqual([]);
    expect(bot.told(MINSEO)).toEqual([]);
    expect(bot.everything()).toHaveLength(1);
    expect(called).toEqual([]);
    expect(Object.keys(await contents(bot.log)).filter((key) => /effect/.test(key) && !/week/.test(key))).toEqual([]);
  });

  test('as an admin, too: by a shortcut, and with the button that is asked for', async () => {
    const { bot, does } = await createScene();
    const ts = await bot.reply(MINSEO, 'https://slides.example.org/d/minseo');
    const shortcut = { kind: 'shortcut', user: ADMIN, team: null, callback: 'post.accept', channel: CHANNEL } as const;
    await does({ ...shortcut, at: tsAt(bot.clock.now()), message: { ts } });
    expect(bot.hinted(ADMIN)).toEqual([expect.stringContaining('인정했어요')]);
    await bot.clock.sleep(29 * 86_400_000);
    await does(says('운영 마감', { user: ADMIN, at: tsAt(bot.clock.now()) }));
    const { blocks } = bot.workspace.hints(ADMIN).at(-1) as unknown as { blocks: { elements?: object[] }[] };
    expect(blocks.at(-1)?.elements).toMatchObject([{ action_id: 'admin.close', value: `${CHANNEL}/2024-08` }]);
  });

  test('is answered again when Slack asks to wait, and not when that is longer than anybody waits', async () => {
    const { bot, does } = await createScene();
    bot.workspace.faults.add({ kind: 'rate-limited', retryAfter: 20, methods: ['chat.postEphemeral'], count: 1 });
    await does(says('쉬어요'));
    expect(bot.hinted(MINSEO)).toEqual([]);
    await bot.pass(40);
    expect(bot.hinted(MINSEO)).toHaveLength(1);
    bot.workspace.faults.add({ kind: 'rate-limited', retryAfter: 2000, methods: ['chat.postEphemeral'], count: 1 });
    await does(says('', { at: tsAt(bot.clock.now()) }));
    await bot.pass(2100);
    expect(bot.hinted(MINSEO)).toHaveLength(1);
    expect(await bot.queue.list()).toEqual([]);
  });

  test('is not answered at all where Slack refuses it; what they chose stands', async () => {
    const { bot, does } = await createScene();
    await does(says('쉬어요', { user: 'U0STRANGER' }));
    expect((await bot.ledger('2024-W32'))?.plans?.['U0STRANGER']?.plan).toBe('rest');
    expect(bot.happenings).toEqual([expect.stringMatching(/^problem .*an answer to a person was refused/)]);
    expect(await bot.queue.list()).toEqual([]);
  });

  test('but in App Home is answered by App Home alone', async () => {
    const { bot, does } = await createScene();
    await does(presses('week.plan', 'view', undefined));
    expect((await bot.ledger('2024-W32'))?.plans?.[MINSEO]?.plan).toBe('write');
    expect(bot.workspace.home(MINSEO)).toBeDefined();
    expect([bot.hinted(MINSEO), bot.told(MINSEO)]).toEqual([[], []]);
  });

  test('or with one that is not Slack’s, which is not called, is answered there, too', async () => {
    const { bot, does } = await createScene({ sendAnswer: responseUrlAnswers({ now: () => Number(AT) * 1000 }) });
    await does(says('쉬어요', { responseUrl: 'https://hooks.slack-gov.com/commands/T0/1/x' }));
    expect(bot.hinted(MINSEO)).toEqual([expect.stringContaining('쉬시는 걸로')]);
    expect(bot.happenings).toEqual([]);
  });
});

describe('the slash command', () => {
  /** All that anybody is told where the configuration calls it so, by those who type what Slack's files have. */
  const everything = async (locale: 'ko' | 'en', command: string): Promise<string> => {
    const answers: string[] = [];
    const { bot, does, before } = await createScene({
      command,
      config: { locale, workspaceUrl: 'https://til.slack.com' },
      sendAnswer: async ({ text, blocks }) => {
        answers.push(text, JSON.stringify(blocks ?? []));
        return { is: 'taken' };
      },
    });
    const file = (name: string, text: string, user = MINSEO): Promise<void> => {
      const content = { ...interactionContent(name), text, user_id: user };
      const parsed = parseInteraction(content, AT);
      if (parsed.is !== 'interaction') throw new Error('was not understood');
      return does(parsed.interaction);
    };
    for (const text of ['', 'help', 'what', 'likes', 'likes off', 'remind off', 'remind on', 'rest', 'plan', 'none'])
      await file('20-til.form', text);
    const admin = ['', 'what', 'rest', 'rest undo', 'extend 24h', 'excuse who', 'status', 'close', 'open'];
    for (const text of [...admin, `accept ${before}`, `excuse <@${MINSEO}>`])
      await file('20-til.form', `admin ${text}`, ADMIN);
    await does(presses('week.rest', 'message', CHANNEL));
    await does({
      ...presses('week.rest', 'message', CHANNEL),
      actions: [{ id: 'week.rest', value: '2024-W31', at: AT }],
    } as never);
    await bot.reply('U0JIHO0001', '<@U0TILBOT01> help');
    await bot.pass(60);
    return [
      ...answers,
      ...bot.hinted(MINSEO),
      ...bot.hinted(ADMIN),
      ...bot.hinted('U0JIHO0001'),
      ...bot.everything(),
      ...bot.told(MINSEO),
    ].join('\n');
  };

  test.each(['ko', 'en'] as const)(
    'is called what the configuration calls it, whatever was typed: %s',
    async (locale) => {
      const all = await everything(locale, '/글쓰기');
      expect(all).not.toContain('/til ');
      expect(all).not.toContain('/til`');
      expect(all.match(/\/글쓰기/g)?.length).toBeGreaterThan(40);
      expect(all).toMatch(/`\/글쓰기 (운영 인정 글주소|admin accept link) 2024-W37`/);
      const usual = await everything(locale, '/til');
      expect(usual).toBe(all.replaceAll('/글쓰기', '/til'));
    },
  );

  test('is what was typed where none is configured', async () => {
    const { bot, does } = await createScene();
    await does(says('help', { command: '/challenge' }));
    expect(bot.hinted(MINSEO)[0]).toContain('`/challenge help`'.replace('help', '도움말'));
  });
});
