import { describe, expect, test } from 'vitest';
import { isFinal } from '../../src/handlers/effect-record.ts';
import { rehearse } from '../../src/history/rehearse.ts';
import { eventsOf, peopleAfter } from '../../src/history/walk.ts';
import { createAskPersonal } from '../../src/outbox/personal-due.ts';
import { loadSeason } from '../../src/outbox/season.ts';
import { keys } from '../../src/pipeline/keys.ts';
import type { MonthRows } from '../../src/projections/month-rows.ts';
import type { NewJob } from '../../src/queue/queue.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { type BotOptions, createBot } from '../support/bot.ts';
import { CHANNEL, JIHO, MINSEO, SEOYEON } from '../support/events.ts';
import { Crash } from '../support/sandbox-slack.ts';

type Bot = ReturnType<typeof createBot>;

const PERSONAL = /^(remind|note|comeback|firststep):/;
const LINK = 'https://velog.io/@x/';

const living = (options: BotOptions = {}): Bot => createBot({ canTalk: true, ...options });

/** The day of a week of the season, 0 for Monday the 5th of August, at a local time. */
const on = (days: number, time: string): string => {
  const date = new Date(Date.parse('2024-08-05T00:00:00Z') + days * 86_400_000).toISOString().slice(0, 10);
  return `${date}T${time}:00+09:00`;
};

/** What became of each personal message, by week. */
const became = async (bot: Bot, ...weeks: string[]): Promise<string[]> => {
  const all: string[] = [];
  for (const week of weeks)
    for (const [id, { delivered, skipped }] of Object.entries((await bot.ledger(week))?.effects ?? {}))
      if (PERSONAL.test(id)) all.push(`${week} ${id} ${delivered ? 'delivered' : (skipped?.reason ?? 'open')}`);
  return all.sort();
};

/** Somebody has written in the first week, and it is the second week's Saturday, 09:55. */
const saturday = async (options: BotOptions = {}): Promise<Bot> => {
  const bot = living(options);
  await bot.liveUntil(on(0, '09:40'));
  await bot.reply(MINSEO, `${LINK}1`);
  await bot.liveUntil(on(7, '09:40'));
  await bot.liveUntil(on(12, '09:55'));
  return bot;
};

/** Somebody who has posted nothing gives a tenth like, on the third Wednesday, half an hour after noon. */
const readerAfterNoon = async (): Promise<Bot> => {
  const bot = living();
  const posts: string[] = [];
  await bot.liveUntil(on(0, '09:40'));
  await bot.like(SEOYEON, await bot.reply(JIHO, `${LINK}0`));
  await bot.liveUntil(on(16, '09:00'));
  for (let each = 1; each < 10; each += 1) posts.push(await bot.reply(JIHO, `${LINK}${each}`));
  await bot.liveUntil(on(16, '12:30'));
  for (const ts of posts) await bot.like(SEOYEON, ts);
  return bot;
};

describe('somebody who wrote lately', () => {
  test('is reminded once, on Saturday at ten, with buttons, and why', async () => {
    const bot = await saturday();
    expect(bot.told(MINSEO)).toEqual([]);
    await bot.liveUntil(on(12, '10:00'));
    expect(bot.told(MINSEO)).toHaveLength(1);
    await bot.restart();
    await bot.liveUntil(on(14, '00:00'));
    expect(bot.told(MINSEO)).toHaveLength(1);
    expect(await became(bot, '2024-W33')).toEqual([`2024-W33 remind:${MINSEO} delivered`]);
    const [{ blocks } = {}] = bot.workspace.directMessages(MINSEO) as { blocks?: Record<string, unknown>[] }[];
    expect(blocks?.map(({ type }) => type)).toEqual(['section', 'actions', 'context']);
    expect(blocks?.[1]?.['elements']).toMatchObject([
      { action_id: 'thread.open', url: expect.stringContaining(CHANNEL) },
      { action_id: 'week.rest', value: `${CHANNEL}/2024-W33` },
      { action_id: 'remind.off', value: `${CHANNEL}/` },
    ]);
  });

  test('is known to have been reminded, in the rows of their month, as soon as it is so', async () => {
    const bot = await saturday();
    await bot.liveUntil(on(12, '10:00'));
    const { value } = await openDocuments(bot.state).load<MonthRows>(keys.rows(CHANNEL, '2024-08'));
    expect(value?.people[MINSEO]?.told).toMatchObject({ '2024-W33': { remind: { became: 'delivered' } } });
  });

  test('is not reminded when they wrote meanwhile, and that is recorded', async () => {
    const bot = await saturday();
    bot.workspace.faults.add({ kind: 'rate-limited', retryAfter: 600, methods: ['chat.postMessage'], count: 1 });
    await bot.liveUntil(on(12, '10:00'));
    await bot.reply(MINSEO, `${LINK}2`);
    await bot.liveUntil(on(12, '11:00'));
    expect(bot.told(MINSEO)).toEqual([]);
    expect(await became(bot, '2024-W33')).toEqual([`2024-W33 remind:${MINSEO} no longer true`]);
  });

  test.each([
    ['the bot may not', { canTalk: false }],
    ['the challenge does not want it', { config: { notify: { remind: 'off' } } }],
  ] as const)('is not reminded when %s, and nothing is recorded', async (_, options) => {
    const bot = await saturday(options);
    await bot.liveUntil(on(12, '14:00'));
    expect(bot.told(MINSEO)).toEqual([]);
    expect(await became(bot, '2024-W33')).toEqual([]);
  });

  test('is reminded where the challenge says so, whatever the app may', async () => {
    const bot = await saturday({ canTalk: false, config: { notify: { remind: 'on' } } });
    await bot.liveUntil(on(12, '10:00'));
    expect(bot.told(MINSEO)).toHaveLength(1);
  });

  test.each([['remind.off', `${CHANNEL}/`, 'remind', 'off']])('is told no more after %s', async (_, __, key, value) => {
    const bot = await saturday();
    const at = `${String(Date.parse(on(12, '09:56')) / 1000)}.000000`;
    await bot.record({ v: 1, kind: 'member.set', channel: CHANNEL, at, user: MINSEO, key, value } as never);
    await bot.liveUntil(on(15, '12:00'));
    expect((await became(bot, '2024-W33')).filter((line) => line.includes('remind'))).toEqual([]);
  });

  test('is held back where the lot says so, which is recorded', async () => {
    const bot = await saturday({ config: { notify: { holdout: 0.9 } } });
    await bot.liveUntil(on(12, '10:05'));
    const [only] = await became(bot, '2024-W33');
    expect([only, bot.told(MINSEO)]).toEqual([`2024-W33 remind:${MINSEO} held`, []]);
  });

  test('is told within three hours by a server that was off, and after that no more, which is recorded', async () => {
    for (const [back, outcome] of [
      ['12:55', 'delivered'],
      ['13:05', 'too old'],
    ] as const) {
      const bot = await saturday();
      await bot.clock.sleep(Date.parse(on(12, back)) - Date.parse(on(12, '09:55')));
      await bot.restart();
      await bot.liveUntil(on(12, '13:30'));
      expect(await became(bot, '2024-W33')).toEqual([`2024-W33 remind:${MINSEO} ${outcome}`]);
    }
  });
});

describe('a reminder of which nobody knows whether it came', () => {
  test.each([
    ['the call times out after the deed', { kind: 'timeout', when: 'after' }],
    ['the call times out before the deed', { kind: 'timeout', when: 'before' }],
    ['the connection breaks after the deed', { kind: 'reset', when: 'after' }],
    ['the server fails before the deed', { kind: 'http-500', when: 'before' }],
  ] as const)('since %s comes once', async (_, fault) => {
    const bot = await saturday();
    bot.workspace.faults.add({ ...fault, methods: ['chat.postMessage'], count: 1 });
    await bot.liveUntil(on(12, '10:30'));
    expect(bot.told(MINSEO)).toHaveLength(1);
    expect(await became(bot, '2024-W33')).toEqual([`2024-W33 remind:${MINSEO} delivered`]);
  });

  test('since the process died at any write or call comes once', async () => {
    let steps = 0;
    let dies = Number.POSITIVE_INFINITY;
    const step = (): void => {
      steps += 1;
      if (steps === dies) throw new Crash();
    };
    const story = async (last: number) => {
      let counts = false;
      const may = (): void => {
        if (counts) step();
      };
      const bot = await saturday({ beforePut: may, beforeCall: may, afterCall: may });
      [counts, steps, dies] = [true, 0, last];
      await bot.liveUntil(on(12, '10:00')).catch(() => {});
      counts = false;
      await bot.restart();
      await bot.liveUntil(on(12, '10:30'));
      return { told: bot.told(MINSEO).length, became: await became(bot, '2024-W33') };
    };
    const expected = { told: 1, became: [`2024-W33 remind:${MINSEO} delivered`] };
    expect(await story(Number.POSITIVE_INFINITY)).toEqual(expected);
    const all = steps;
    expect(all).toBeGreaterThan(2);
    for (let last = 1; last <= all; last += 1) expect([last, await story(last)]).toEqual([last, expected]);
  });
});

describe('what was due while nobody asked', () => {
  test.each([
    ['the week', 13, '20:00'],
    ['the week after', 19, '23:00'],
    ['the week after that', 24, '12:00'],
  ])('is recorded as too old by who asks first late in %s', async (_, days, time) => {
    const bot = await saturday();
    await bot.clock.sleep(Date.parse(on(days, time)) - Date.parse(on(12, '09:55')));
    await bot.restart();
    await bot.liveUntil(on(days, '23:30'));
    expect((await became(bot, '2024-W33')).filter((line) => line.includes('remind'))).toEqual([
      `2024-W33 remind:${MINSEO} too old`,
    ]);
  });

  test('and would have been held back, is too old as well: both arms lose the same people', async () => {
    const bot = await saturday({ config: { notify: { holdout: 0.9 } } });
    await bot.clock.sleep(Date.parse(on(14, '11:00')) - Date.parse(on(12, '09:55')));
    await bot.restart();
    await bot.liveUntil(on(14, '12:00'));
    expect((await became(bot, '2024-W33')).filter((line) => line.includes('remind'))).toEqual([
      `2024-W33 remind:${MINSEO} too old`,
    ]);
  });
});

describe('a process that has just begun', () => {
  const choose = async (bot: Bot, time: string, value: string): Promise<void> => {
    await bot.liveUntil(time);
    const at = `${String(Date.parse(time) / 1000)}.000000`;
    await bot.record({ v: 1, kind: 'member.set', channel: CHANNEL, at, user: MINSEO, key: 'remind', value } as never);
  };

  test('tells nobody what was not due at its moment', async () => {
    const bot = await readerAfterNoon();
    await bot.restart();
    await bot.liveUntil(on(17, '00:00'));
    expect((await became(bot, '2024-W34')).filter((line) => line.includes('firststep'))).toEqual([]);
  });

  test('does not end a reminder whose day has become another', async () => {
    const bot = await saturday();
    await choose(bot, on(12, '09:56'), 'off');
    await choose(bot, on(12, '14:00'), 'on');
    await bot.restart();
    await bot.liveUntil(on(12, '14:30'));
    await choose(bot, on(12, '15:00'), 'sun');
    await bot.liveUntil(on(13, '18:10'));
    expect(await became(bot, '2024-W33')).toEqual([`2024-W33 remind:${MINSEO} delivered`]);
  });

  /** Asks of its own, beside a bot that asks for nothing, and gives what is asked for. */
  const asking = (bot: Bot, documents = openDocuments(bot.state)) => {
    const jobs: NewJob[] = [];
    return async (time: string, canTalk: boolean): Promise<number> => {
      const ask = createAskPersonal({
        documents,
        queue: { put: async (more) => void jobs.push(...more) },
        canTalk: () => canTalk,
      });
      await ask(bot.challenge, Date.parse(time) / 1000);
      return jobs.splice(0).length;
    };
  };

  test('records nothing of what was off at its moment', async () => {
    const ask = asking(await saturday({ canTalk: false }));
    expect(await ask(on(12, '09:55'), true)).toBe(0);
    expect(await ask(on(12, '10:00'), false)).toBe(0);
    expect(await ask(on(12, '10:05'), false)).toBe(0);
    expect(await ask(on(12, '15:00'), true)).toBe(0);
  });

  test('asks for what was due since anybody asked, and where nobody has, for what comes', async () => {
    const bot = await saturday({ canTalk: false });
    const ask = asking(bot);
    expect(await ask(on(12, '09:55'), true)).toBe(0);
    expect(await ask(on(12, '15:00'), true)).toBe(1);
    const stored = openDocuments(bot.state);
    const empty = { value: undefined, etag: undefined, bytes: undefined };
    for (const value of [undefined, { version: 1 }, { version: 1, at: '1', weeks: {} }] as never[]) {
      const without = async <T>(key: string) =>
        key === keys.asked(CHANNEL) ? { key, ...empty, value } : stored.load<T>(key);
      expect(await asking(bot, { ...stored, load: without })(on(12, '15:00'), true)).toBe(0);
    }
  });
});

test('what was due in a week whose weekly post becomes known later is asked for then, and once', async () => {
  const bot = await saturday({ canTalk: false });
  await bot.liveUntil(on(12, '15:00'));
  const [stored, jobs] = [openDocuments(bot.state), [] as NewJob[]];
  let isKnown = false;
  const ask = createAskPersonal({
    documents: {
      ...stored,
      load: async <T>(key: string) =>
        isKnown || key !== keys.ledger(CHANNEL, '2024-W33')
          ? stored.load<T>(key)
          : { key, value: undefined, etag: undefined, bytes: undefined },
    },
    queue: { put: async (more) => void jobs.push(...more) },
    canTalk: () => true,
  });
  const askAt = async (time: string): Promise<string[]> => {
    await ask(bot.challenge, Date.parse(on(12, time)) / 1000);
    return jobs.splice(0).map(({ body }) => JSON.stringify(body));
  };
  expect([await askAt('09:55'), await askAt('10:00'), await askAt('15:00')]).toEqual([[], [], []]);
  // It was asked about the week before.
  const note = await stored.load<{ weeks: Record<string, string> }>(keys.asked(CHANNEL));
  expect(Object.keys(note.value?.weeks ?? {})).toEqual(['2024-W32']);
  await stored.save(note, { ...note.value, at: Date.parse(on(12, '15:00')) / 1000 } as never);
  isKnown = true;
  expect(await askAt('15:05')).toEqual([expect.stringContaining(`remind:${MINSEO}`)]);
  expect(await askAt('15:10')).toEqual([]);
});

test('who becomes a reader on Wednesday after noon is not told that day', async () => {
  const bot = await readerAfterNoon();
  await bot.liveUntil(on(17, '00:00'));
  expect((await became(bot, '2024-W34')).filter((line) => line.includes('firststep'))).toEqual([]);
  await bot.liveUntil(on(23, '12:00'));
  expect(await became(bot, '2024-W35')).toContain(`2024-W35 firststep:${SEOYEON} delivered`);
});

test('a season is the same from stored rows and from ledgers', async () => {
  const bot = living();
  await bot.liveUntil(on(0, '09:40'));
  await bot.reply(MINSEO, `${LINK}1`);
  await bot.liveUntil(on(70, '12:00'));
  const expected = peopleAfter(bot.challenge, await eventsOf(bot.challenge, bot.log));
  const week = '2024-W42';
  const season = await loadSeason(bot.challenge, week, openDocuments(bot.state));
  expect(season).toEqual(expected);
  const missing = keys.rows(CHANNEL, '2024-08');
  expect(await bot.state.get(missing)).toBeDefined();
  const get: typeof bot.state.get = async (key) => (key === missing ? undefined : bot.state.get(key));
  expect(await loadSeason(bot.challenge, week, openDocuments({ ...bot.state, get }))).toEqual(expected);
});

test('what somebody plans for the next week is known, also where that is of another month', async () => {
  const bot = living();
  await bot.liveUntil(on(0, '09:40'));
  await bot.reply(MINSEO, `${LINK}1`);
  await bot.liveUntil(on(26, '12:00')); // The last week of August.
  const at = `${String(Date.parse(on(26, '11:00')) / 1000)}.000000`;
  const plan = { v: 1, kind: 'week.planned', channel: CHANNEL, at, user: MINSEO, week: '2024-W36', plan: 'write' };
  await bot.record(plan as never);
  const { people } = await loadSeason(bot.challenge, '2024-W35', openDocuments(bot.state));
  expect([...(people.get(MINSEO)?.plans ?? [])]).toEqual([['2024-W36', { at, plan: 'write' }]]);
});

test('messages to several people are a second apart', async () => {
  const bot = living();
  await bot.liveUntil(on(0, '09:40'));
  for (const [number, user] of [MINSEO, JIHO, SEOYEON].entries()) await bot.reply(user, `${LINK}${number}`);
  await bot.liveUntil(on(12, '10:00'));
  const instants = [MINSEO, JIHO, SEOYEON].map((user) => Number(bot.workspace.directMessages(user)[0]?.ts)).sort();
  const apart = instants.slice(1).map((at, position) => at - (instants[position] as number));
  expect(instants).toHaveLength(3);
  for (const seconds of apart) expect(seconds).toBeGreaterThanOrEqual(0.99);
});

test('a season as it is told is the season as it is rehearsed, and then there is silence', async () => {
  const bot = living();
  const posts: string[] = [];
  for (let week = 0; week < 5; week += 1) {
    await bot.liveUntil(on(week * 7, '11:00'));
    for (let each = 0; each < 3; each += 1) posts.push(await bot.reply(JIHO, `${LINK}${week}-${each}`, `글 ${week}`));
    if (week < 2) await bot.reply(MINSEO, `${LINK}m${week}`, `내 글 ${week}`);
    for (const ts of posts.slice(-3)) await bot.like(SEOYEON, ts);
  }
  await bot.liveUntil(on(70, '00:00'));
  const weeks = Array.from({ length: 10 }, (_, position) => `2024-W${32 + position}`);
  const { messages, breaches } = rehearse(bot.challenge, await eventsOf(bot.challenge, bot.log));
  const rehearsed = messages.flatMap(({ kind, to, week }) =>
    kind === 'digest' ? [] : [`${week} ${kind}:${to} delivered`],
  );
  expect(breaches).toEqual([]);
  expect(await became(bot, ...weeks)).toEqual(rehearsed.sort());
  const kinds = new Set(messages.map(({ kind }) => kind));
  expect(['remind', 'note', 'comeback', 'firststep'].filter((kind) => !kinds.has(kind as never))).toEqual([]);
  const ledgers = await Promise.all(weeks.map((week) => bot.ledger(week)));
  for (const ledger of ledgers)
    for (const [id, record] of Object.entries(ledger?.effects ?? {}))
      if (PERSONAL.test(id)) expect([id, isFinal(record)]).toEqual([id, true]);
  expect(bot.told(MINSEO).find((text) => text.includes('내 글 1'))).toContain('• <https://velog.io/@x/m1|내 글 1>');
}, 60_000);
