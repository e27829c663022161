import { describe, expect, test } from 'vitest';
import type { Choice } from '../../src/events/choices.ts';
import { tsAt } from '../../src/events/timestamp.ts';
import { rebuild, verify } from '../../src/history/rebuild.ts';
import { backgroundOf } from '../../src/outbox/background.ts';
import { loadSeason } from '../../src/outbox/season.ts';
import { loadSeasonRows } from '../../src/pipeline/my-rows.ts';
import { choiceJob } from '../../src/queue/jobs.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { createBot } from '../support/bot.ts';
import { CHANNEL, contents } from '../support/world.ts';

const [MINSEO, JIHO, SEOYEON] = ['U0MINSEO01', 'U0JIHO0001', 'U0SEOYEON1'];
const DAY = 86_400;

type Bot = ReturnType<typeof createBot>;

const choose = async (bot: Bot, key: string, value: string, user = MINSEO): Promise<void> => {
  const choice = { v: 1, kind: 'member.set', channel: CHANNEL, at: tsAt(bot.clock.now()), user, key, value } as Choice;
  await bot.queue.put([choiceJob(choice)]);
  await bot.settle();
  await bot.pass(1);
};

const settingsIn = async ({ log }: Bot): Promise<number> =>
  Object.keys(await contents(log, 'events/')).filter((key) => key.includes('-member.set-')).length;

/** What the bot has told somebody alone. */
const told = ({ workspace }: Bot, user = MINSEO): string[] => workspace.directMessages(user).map(({ text }) => text);

/** A bot whose week is open, with a post of Minseo's. */
const opened = async (likes: string) => {
  const bot = createBot({ config: { notify: { likes } } });
  await bot.pass(1800);
  await bot.tick('week.open');
  const ts = await bot.reply(MINSEO, 'https://velog.io/@minseo/1');
  await bot.pass(60);
  return { bot, ts };
};

const mustAgree = async (bot: Bot): Promise<void> => {
  const state = memoryBucket();
  await rebuild(bot.challenge, { log: bot.log, state });
  expect(await contents(state, `tables/${CHANNEL}`)).toEqual(await contents(bot.state, `tables/${CHANNEL}`));
  expect((await verify(bot.challenge, bot)).differences).toEqual([]);
};

describe('what a member chose', () => {
  test('steers their own like notices, and is worded so', async () => {
    const { bot, ts } = await opened('steps');
    const other = await bot.reply(JIHO, 'https://velog.io/@jiho/1');
    await choose(bot, 'likes', 'each');
    for (const user of [JIHO, SEOYEON]) await bot.like(user, ts);
    for (const user of [MINSEO, SEOYEON]) await bot.like(user, other);
    await bot.pass(60);
    expect(told(bot)).toEqual([expect.stringContaining('지호'), expect.stringContaining('서연')]);
    expect(told(bot, JIHO)).toHaveLength(1);
    await choose(bot, 'likes', 'card');
    await bot.like('U0ADMIN001', ts);
    await bot.pass(60);
    expect(told(bot)).toEqual([expect.stringContaining('지호'), expect.stringMatching(/👍 3$/)]);
    await mustAgree(bot);
  });

  test('holds in the months after it, also when the process that heard it is gone, and tells of nothing that was before', async () => {
    const { bot, ts } = await opened('each');
    await choose(bot, 'likes', 'off');
    await bot.like(JIHO, ts);
    await bot.pass(35 * DAY);
    await bot.restart();
    await bot.tick('week.open');
    const next = await bot.reply(MINSEO, 'https://velog.io/@minseo/2');
    await bot.pass(60);
    await bot.like(JIHO, next);
    await bot.like(SEOYEON, ts);
    await bot.pass(60);
    expect(told(bot)).toEqual([]);
    await choose(bot, 'likes', 'each');
    await bot.restart();
    await bot.pass(60);
    expect(told(bot)).toEqual([]);
    await bot.like(SEOYEON, next);
    await bot.pass(60);
    expect(told(bot)).toEqual([expect.stringMatching(/서연.*2/s)]);
    expect(told(bot)[0]).not.toContain('지호');
    await mustAgree(bot);
  });

  test('just before a month began holds in it, though it is not published yet', async () => {
    const bot = createBot({ startsAt: '2024-09-01T23:58:00+09:00', config: { notify: { likes: 'each' } } });
    await choose(bot, 'likes', 'off');
    // Of the table of people that is from before it only the ledger of last week knows better.
    const table = `tables/${CHANNEL}/people.json`;
    const stored = await bot.state.get(table);
    const { settings, ...people } = JSON.parse(new TextDecoder().decode(stored?.bytes)) as Record<string, unknown>;
    expect(settings).toBeDefined();
    await bot.state.putIf(table, new TextEncoder().encode(JSON.stringify(people)), stored?.etag as string);
    await bot.pass(DAY);
    const { settings: known } = await backgroundOf(bot.challenge, openDocuments(bot.state), bot.clock);
    expect(known?.[`${MINSEO}/likes`]?.value).toBe('off');
  });

  test('is written once, in whatever week it is said again', async () => {
    const { bot } = await opened('steps');
    await choose(bot, 'likes', 'off');
    await choose(bot, 'remind', 'sat');
    await choose(bot, 'notes', 'off');
    for (const days of [1, 7, 35, 70]) {
      await bot.pass(days * DAY);
      await choose(bot, 'likes', 'off');
      await choose(bot, 'remind', 'sat');
      await choose(bot, 'notes', 'off');
      expect(await settingsIn(bot)).toBe(3);
    }
    await choose(bot, 'likes', 'steps');
    await choose(bot, 'likes', 'off');
    expect(await settingsIn(bot)).toBe(5);
    await mustAgree(bot);
  });

  test('to do in a pause between two months of the challenge is known ever after', async () => {
    const bot = createBot({ startsAt: '2024-06-03T09:30:00+09:00' });
    await bot.tick('week.open');
    await bot.pass(35 * DAY);
    const at = tsAt(bot.clock.now());
    const plan = {
      v: 1,
      kind: 'week.planned',
      channel: CHANNEL,
      at,
      week: '2024-W28',
      user: MINSEO,
      plan: 'write',
    } as const;
    await bot.queue.put([choiceJob(plan)]);
    await bot.settle();
    await bot.pass(63 * DAY);
    await bot.tick('week.open');
    const { people } = await loadSeason(bot.challenge, '2024-W37', openDocuments(bot.state));
    expect(people.get(MINSEO)?.plans.get('2024-W28')).toEqual({ at, plan: 'write' });
  });

  test('in a month without any open week is known ever after', async () => {
    const bot = createBot({ startsAt: '2024-06-04T12:00:00+09:00' });
    await choose(bot, 'notes', 'off');
    await choose(bot, 'remind', 'sun');
    await bot.pass(62 * DAY); // The first week opens on Monday, 5 August.
    await bot.tick('week.open');
    await bot.pass(35 * DAY);
    await bot.tick('week.open');
    const documents = openDocuments(bot.state);
    const { people } = await loadSeason(bot.challenge, '2024-W37', documents);
    const [remind, notes] = ['remind', 'notes'].map((key) => people.get(MINSEO)?.settings.get(key)?.value);
    expect([remind, notes]).toEqual(['sun', 'off']);
    const { settings } = await loadSeasonRows(documents, bot.challenge, tsAt(bot.clock.now()));
    expect(settings[`${MINSEO}/notes`]?.value).toBe('off');
  });
});
