import { describe, expect, test } from 'vitest';
import type { Choice } from '../../src/events/choices.ts';
import { Unavailable } from '../../src/events/errors.ts';
import { verify } from '../../src/history/rebuild.ts';
import { keys } from '../../src/pipeline/keys.ts';
import { publishMonth } from '../../src/pipeline/publish.ts';
import type { MonthSnapshot, WeekSnapshot } from '../../src/projections/contract.ts';
import { choiceJob, jobOf } from '../../src/queue/jobs.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { createBot } from '../support/bot.ts';
import { excused, extended, rested, ruled } from '../support/events.ts';
import { faultyBucket } from '../support/faulty.ts';
import { CHANNEL, contents } from '../support/world.ts';

const WEEK = '2024-W32';
const MINSEO = 'U0MINSEO01';

type Bot = ReturnType<typeof createBot>;

/** A bot whose week is open, with a reply that does not count. */
const withTalk = async (options: Parameters<typeof createBot>[0] = {}) => {
  const bot = createBot(options);
  await bot.tick('week.open');
  const ts = await bot.reply(MINSEO, 'I gave a talk');
  return { bot, ts };
};

let sequence = 0;

const choose = async (bot: Bot, ...choices: Choice[]): Promise<void> => {
  // A queue need not see that a job is put twice.
  await bot.queue.put(choices.map((choice) => ({ ...choiceJob(choice), id: `choice ${sequence++}` })));
  await bot.settle();
};

const choicesIn = async ({ log }: Bot): Promise<string[]> =>
  Object.keys(await contents(log, 'events/')).filter((key) =>
    /-(post\.ruled|week\.(rested|excused|extended))-/.test(key),
  );

const posts = async (bot: Bot): Promise<string[]> =>
  ((await bot.read<WeekSnapshot>(keys.week(CHANNEL, WEEK)))?.posts ?? []).map(({ ts }) => ts);

describe('a choice', () => {
  test('is in the log, counts, is published, and what it makes owed is said', async () => {
    const { bot, ts } = await withTalk();
    expect(await posts(bot)).toEqual([]);
    await choose(bot, ruled(ts, 'accept'));
    expect(await choicesIn(bot)).toHaveLength(1);
    expect(await posts(bot)).toEqual([ts]);
    expect(bot.said()).toHaveLength(1);
    expect((await verify(bot.challenge, bot)).differences).toEqual([]);
  });

  test('is one event, however often its job comes', async () => {
    const { bot, ts } = await withTalk();
    const choice = ruled(ts, 'accept');
    await choose(bot, choice, choice);
    await choose(bot, choice);
    expect(await choicesIn(bot)).toHaveLength(1);
    expect(bot.said()).toHaveLength(1);
  });

  test('that says what stands already is not written', async () => {
    const { bot, ts } = await withTalk();
    const later = '1723432000.000000';
    await choose(bot, rested(WEEK, { at: later }), extended(WEEK), excused(WEEK, MINSEO, false), ruled(ts, 'none'));
    expect(await choicesIn(bot)).toEqual([]);
    await choose(bot, rested(WEEK, { rest: true }), rested(WEEK, { rest: true, at: later, by: MINSEO }));
    expect(await choicesIn(bot)).toHaveLength(1);
    await choose(bot, rested(WEEK, { at: later }), rested(WEEK, { rest: true, at: '1723433000.000000' }));
    expect(await choicesIn(bot)).toHaveLength(3);
  });

  test('of a month that was closed before its turn came is not written', async () => {
    const { bot, ts } = await withTalk();
    await bot.reply(MINSEO, 'https://velog.io/@minseo/1');
    await bot.pass(28 * 86_400);
    await bot.tick('month.result');
    const month = await bot.read<MonthSnapshot>(keys.month(CHANNEL, '2024-08'));
    expect(month?.closed).not.toBeNull();
    await choose(bot, ruled(ts, 'accept', { at: '1725500000.000000' }));
    expect(await choicesIn(bot)).toEqual([]);
    expect(await bot.read(keys.month(CHANNEL, '2024-08'))).toEqual(month);
  });

  test('in line before the tick that closes its month is in the result', async () => {
    const { bot, ts } = await withTalk();
    await bot.pass(28 * 86_400);
    await bot.queue.put([choiceJob(ruled(ts, 'accept', { at: '1725500000.000000' }))]);
    await bot.tick('month.result');
    const month = await bot.read<MonthSnapshot>(keys.month(CHANNEL, '2024-08'));
    expect(month?.closed?.challengers).toEqual([{ id: MINSEO, likes: 0 }]);
  });

  test.each([
    ['is none', { v: 1, kind: 'member.joined', channel: CHANNEL, at: '1723432000.000000', user: MINSEO }],
    ['has a fault', { ...rested(WEEK, { rest: true }), reason: 'x'.repeat(81) }],
    ['is about another channel', { ...rested(WEEK, { rest: true }), channel: 'C0OTHER001' }],
    ['is nothing', undefined],
  ])('that %s goes to quarantine, and holds up nobody', async (_what, event) => {
    const { bot, ts } = await withTalk();
    await bot.queue.put([jobOf('x', CHANNEL, { kind: 'choice', channel: CHANNEL, event })]);
    await choose(bot, ruled(ts, 'accept'));
    expect(Object.keys(await contents(bot.log, 'quarantine/'))).toHaveLength(1);
    expect(await choicesIn(bot)).toHaveLength(1);
  });
});

test('a choice is one event and counts, wherever its first try fails', async () => {
  const reference = async (fails: (call: number) => 'before' | 'after' | undefined) => {
    let calls = 0;
    let isBroken = false;
    const broken = () => (isBroken ? fails(++calls) : undefined);
    const { bot, ts } = await withTalk({
      log: faultyBucket(memoryBucket(), broken),
      state: faultyBucket(memoryBucket(), broken),
      beforePut: () => {
        if (broken()) throw new Unavailable('the queue');
      },
    });
    isBroken = true;
    const choice = ruled(ts, 'accept');
    await bot.queue.put([choiceJob(choice)]);
    await bot.settle().catch(() => {}); // Publishing is not part of a job here.
    isBroken = false;
    await bot.pass(600);
    expect(await choicesIn(bot)).toHaveLength(1);
    expect(bot.said()).toHaveLength(1);
    await bot.restart();
    await bot.settle();
    await publishMonth(openDocuments(bot.state), bot.challenge, '2024-08');
    expect(await posts(bot)).toEqual([ts]);
    expect(bot.said()).toHaveLength(1);
    expect((await verify(bot.challenge, bot)).differences).toEqual([]);
    return calls;
  };
  const calls = await reference(() => undefined);
  expect(calls).toBeGreaterThan(10);
  for (let number = 1; number <= calls; number++)
    for (const when of ['before', 'after'] as const)
      await reference((call) => (call === number ? when : undefined)).catch((error: unknown) => {
        throw new Error(`call ${number}, ${when}: ${String(error)}`);
      });
}, 60_000);
