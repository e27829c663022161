import { describe, expect, test } from 'vitest';
import { createBot } from '../support/bot.ts';
import { CHANNEL, MINSEO } from '../support/events.ts';

const LINK = 'https://velog.io/@x/';

/** The day of the season, 0 for Monday the 5th of August, at a local time. */
const on = (days: number, time: string): string => {
  const date = new Date(Date.parse('2024-08-05T00:00:00Z') + days * 86_400_000).toISOString().slice(0, 10);
  return `${date}T${time}:00+09:00`;
};

/** Somebody has written in the first week, and in no other since; it is an instant before they are told something. */
const shortlyBefore = async (days: number, time: string) => {
  const bot = createBot({ canTalk: true });
  await bot.liveUntil(on(0, '09:40'));
  await bot.reply(MINSEO, `${LINK}1`);
  await bot.liveUntil(on(days, time));
  return Object.assign(bot, {
    /** Slack lets nobody post for so many minutes from the next call on. */
    hold: (minutes: number) =>
      bot.workspace.faults.add({
        kind: 'rate-limited',
        retryAfter: minutes * 60,
        methods: ['chat.postMessage'],
        count: 1,
      }),
    choose: (fields: object, at: string) =>
      bot.record({ v: 1, channel: CHANNEL, at: `${Date.parse(at) / 1000}.000000`, ...fields } as never),
    /** What became of a week's message. */
    became: async (week: string, id: string): Promise<string> => {
      const record = (await bot.ledger(week))?.effects[`${id}:${MINSEO}`];
      return record?.delivered ? 'delivered' : (record?.skipped?.reason ?? (record ? 'open' : 'nothing'));
    },
  });
};

const lives = (tz: string) => ({ kind: 'profile.seen', user: MINSEO, name: '민서', tz });

describe('a personal message that could not be sent at its moment', () => {
  test('is not sent by night, and not the next morning, which is too late', async () => {
    const bot = await shortlyBefore(12, '09:50');
    await bot.choose(lives('America/Chicago'), on(12, '09:50')); // Ten in the morning is eight in the evening there.
    bot.hold(90);
    await bot.liveUntil(on(12, '12:00'));
    expect([bot.told(MINSEO), await bot.became('2024-W33', 'remind')]).toEqual([[], 'too old']);
    await bot.liveUntil(on(13, '23:50'));
    expect(bot.told(MINSEO)).toEqual([]);
  });

  test('is sent in the same evening, if it still can be', async () => {
    const bot = await shortlyBefore(12, '09:50');
    await bot.choose(lives('America/Chicago'), on(12, '09:50'));
    bot.hold(45);
    await bot.liveUntil(on(12, '12:00'));
    expect(await bot.became('2024-W33', 'remind')).toBe('delivered');
  });

  test('waits for the morning of a time zone that becomes known meanwhile', async () => {
    const bot = await shortlyBefore(12, '09:55');
    bot.hold(30);
    await bot.liveUntil(on(12, '10:00'));
    await bot.choose(lives('Europe/London'), on(12, '10:01')); // Two in the morning there.
    await bot.liveUntil(on(12, '16:55'));
    expect(bot.told(MINSEO)).toEqual([]);
    await bot.liveUntil(on(12, '17:05'));
    expect(bot.told(MINSEO)).toHaveLength(1);
    await bot.liveUntil(on(13, '23:50'));
    expect(bot.told(MINSEO)).toHaveLength(1);
  });

  test.each([
    ['the week has become one of rest', { kind: 'week.rested', week: '2024-W33', rest: true }],
    ['they switched it off', { kind: 'member.set', user: MINSEO, key: 'remind', value: 'off' }],
    ['they mean to rest', { kind: 'week.planned', week: '2024-W33', user: MINSEO, plan: 'rest' }],
  ])('is not sent when %s', async (_, fields) => {
    const bot = await shortlyBefore(12, '09:55');
    bot.hold(30);
    await bot.liveUntil(on(12, '10:00'));
    await bot.choose(fields, on(12, '10:01'));
    await bot.liveUntil(on(13, '23:50'));
    expect([bot.told(MINSEO), await bot.became('2024-W33', 'remind')]).toEqual([[], 'no longer true']);
  });
});

test('what is decided is decided again when the time until it is claimed was too long', async () => {
  let slow: (() => void) | undefined;
  const bot = createBot({
    canTalk: true,
    beforeCall: (method) => {
      if (method === 'chat.getPermalink') slow?.();
    },
  });
  await bot.liveUntil(on(0, '09:40'));
  await bot.reply(MINSEO, `${LINK}1`);
  await bot.liveUntil(on(12, '09:55'));
  let waits = 0;
  slow = () => {
    waits += 1;
    if (waits === 1) void bot.clock.sleep(31_000);
  };
  await bot.liveUntil(on(12, '10:05'));
  expect([waits, bot.told(MINSEO).length]).toEqual([2, 1]);
  expect((await bot.logged(/remind/)).length).toBe(2);
});

describe('the last message of a lapse, of which nobody knows whether it came,', () => {
  test.each([
    ['note', 14, '2024-W34'],
    ['remind', 19, '2024-W34'],
  ] as const)('%s comes once, whether the call failed before the deed or after it', async (kind, day, week) => {
    for (const when of ['before', 'after'] as const) {
      const bot = await shortlyBefore(day, '09:58');
      const count = bot.told(MINSEO).length;
      bot.workspace.faults.add({ kind: 'timeout', when, methods: ['chat.postMessage'], count: 1 });
      await bot.liveUntil(on(day, '10:30'));
      expect([when, bot.told(MINSEO).length, await bot.became(week, kind)]).toEqual([when, count + 1, 'delivered']);
    }
  });
});
