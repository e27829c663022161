import { describe, expect, test } from 'vitest';
import { calendarOf } from '../../src/events/week.ts';
import { dueAt } from '../../src/handlers/open-week.ts';
import { dueJobs } from '../../src/outbox/due-jobs.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { createBot } from '../support/bot.ts';
import { CHANNEL, challengeWith } from '../support/world.ts';

const dueWith = (instant: string, fields: Record<string, unknown> = {}) => {
  const challenge = challengeWith(fields);
  return dueAt(challenge, calendarOf(challenge.timeZone), Date.parse(instant) / 1000);
};

/** Of Mondays. */
const due = (instant: string, fields: Record<string, unknown> = {}) =>
  dueWith(instant, fields)
    .filter(({ tick }) => tick !== 'digest')
    .map(({ tick, week, month }) => `${tick} ${week ?? month}`);

/** Of Fridays. */
const digests = (instant: string, fields: Record<string, unknown> = {}) =>
  dueWith(instant, fields).flatMap(({ tick, at, week }) =>
    tick === 'digest' ? [`${week} ${new Date(at * 1000).toISOString()}`] : [],
  );

describe('what the schedule asks for', () => {
  test("on a first Monday: last month's result, then the week's post", () => {
    expect(due('2024-09-02T09:19:59+09:00')).toEqual([]);
    expect(due('2024-09-02T09:20:00+09:00')).toEqual(['month.result 2024-08']);
    expect(due('2024-09-02T09:30:00+09:00')).toEqual(['month.result 2024-08', 'week.open 2024-W36']);
  });

  test('before nine in Seoul it is still the day before in UTC, and the right week all the same', () => {
    expect(due('2024-09-02T04:30:00+09:00', { schedule: { weekOpen: '04:10', monthResult: '04:05' } })).toEqual([
      'month.result 2024-08',
      'week.open 2024-W36',
    ]);
  });

  test('in the afternoon, where the challenge says so', () => {
    const schedule = { weekOpen: '14:05', monthResult: '13:50' };
    expect(due('2024-09-02T13:49:59+09:00', { schedule })).toEqual([]);
    expect(due('2024-09-02T14:04:59+09:00', { schedule })).toEqual(['month.result 2024-08']);
    expect(due('2024-09-02T14:05:00+09:00', { schedule })).toEqual(['month.result 2024-08', 'week.open 2024-W36']);
  });

  test('a machine that was off makes up within the week and the month, and not after', () => {
    expect(due('2024-09-08T23:59:00+09:00')).toEqual(['month.result 2024-08', 'week.open 2024-W36']);
    expect(due('2024-09-09T09:00:00+09:00')).toEqual(['month.result 2024-08']);
    expect(due('2024-09-30T12:00:00+09:00')).toEqual(['month.result 2024-08', 'week.open 2024-W40']);
    expect(due('2024-10-01T12:00:00+09:00')).toEqual(['month.result 2024-08', 'week.open 2024-W40']); // Still September's last week.
    expect(due('2024-10-07T12:00:00+09:00')).toEqual(['month.result 2024-09', 'week.open 2024-W41']);
  });

  test('local time holds on both sides of a clock change', () => {
    const zone = { timeZone: 'Europe/Berlin' };
    expect(due('2026-03-23T08:29:00Z', zone)).not.toContain('week.open 2026-W13');
    expect(due('2026-03-23T08:30:00Z', zone)).toContain('week.open 2026-W13');
    expect(due('2026-03-30T07:29:00Z', zone)).not.toContain('week.open 2026-W14');
    expect(due('2026-03-30T07:30:00Z', zone)).toContain('week.open 2026-W14');
  });

  test('across the end of a year with 53 weeks', () => {
    expect(due('2027-01-04T10:00:00+09:00')).toEqual(['month.result 2026-12', 'week.open 2027-W01']);
    expect(due('2027-01-03T10:00:00+09:00')).toEqual(['month.result 2026-11', 'week.open 2026-W53']);
  });
});

test("a week's digest is asked for from Friday noon until the next, so that one that was missed is recorded", () => {
  expect(digests('2024-09-06T11:59:59+09:00')).toEqual(['2024-W35 2024-08-30T03:00:00.000Z']);
  expect(digests('2024-09-06T12:00:00+09:00')).toEqual(['2024-W36 2024-09-06T03:00:00.000Z']);
  expect(digests('2024-09-09T09:00:00+09:00')).toEqual(['2024-W36 2024-09-06T03:00:00.000Z']);
  expect(digests('2026-04-03T10:00:00Z', { timeZone: 'Europe/Berlin' })).toEqual(['2026-W14 2026-04-03T10:00:00.000Z']);
});

test('what is done already is not asked for again', async () => {
  const bot = createBot();
  await bot.pass(1800);
  const ask = async () => bot.queue.put(await dueJobs(bot.challenge, openDocuments(bot.state), bot.clock.now() / 1000));
  for (let times = 0; times < 5; times++) {
    await ask();
    await bot.settle();
  }
  expect(bot.everything()).toHaveLength(1);
  // July had no open week: there is nothing to announce, and nothing to ask for every five minutes.
  expect(await dueJobs(bot.challenge, openDocuments(bot.state), bot.clock.now() / 1000)).toEqual([]);
});

test("a month's result is asked for until it is in the log, and then no more", async () => {
  const bot = createBot();
  await bot.pass(1800);
  await bot.tick('week.open');
  await bot.clock.sleep(28 * 86_400_000);
  const asked = async () => dueJobs(bot.challenge, openDocuments(bot.state), bot.clock.now() / 1000);
  expect(await asked()).toMatchObject([
    { id: `month.result/${CHANNEL}/2024-08` },
    { id: expect.stringMatching('week') },
  ]);
  await bot.queue.put(await asked());
  await bot.settle();
  expect(await asked()).toEqual([]);
});

test.each([
  ['09:30', '09:30'],
  ['9:31', '09:35'],
  ['09:56', '10:00'],
  ['23:55', '23:55'],
  ['23:58', '23:55'],
])('the time %s of a configuration is taken as %s, for a post and for a result', (given, taken) => {
  const { schedule } = challengeWith({ schedule: { weekOpen: given, monthResult: given } });
  expect(schedule).toMatchObject({ weekOpen: taken, monthResult: taken });
  const fields = { schedule: { weekOpen: given, monthResult: given } };
  const at = `2024-09-02T${taken}:00+09:00`;
  expect(due(new Date(Date.parse(at) - 1000).toISOString(), fields)).toEqual([]);
  expect(due(at, fields)).toEqual(['month.result 2024-08', 'week.open 2024-W36']);
});

describe("a month's result", () => {
  const POST = 'https://velog.io/@x/';
  /** Two members write every week that is opened; `skip` weeks have no post at all. */
  const month = async (skip: number[] = []) => {
    const bot = createBot();
    await bot.pass(1800);
    const posts: Record<string, string[]> = { U0MINSEO01: [], U0JIHO0001: [] };
    for (let week = 0; week < 4; week++) {
      if (!skip.includes(week)) {
        await bot.tick('week.open');
        for (const user of Object.keys(posts)) posts[user]?.push(await bot.reply(user, `${POST}${user}-${week}`));
      }
      await bot.pass(7 * 86_400 - 60);
    }
    await bot.pass(3600);
    const result = async (): Promise<string> => {
      await bot.tick('month.result');
      return bot.said().findLast((text) => text.includes('챌린저')) ?? '';
    };
    return { bot, posts, result };
  };

  test('is shared by those who tie', async () => {
    const { bot, posts, result } = await month();
    for (const user of Object.keys(posts)) await bot.like('U0SEOYEON1', posts[user]?.[0] as string);
    expect(await result()).toBe(
      '*&lt; 8월 스페셜 챌린저 &gt;*\n지호 님 👍 1\n민서 님 👍 1\n\n*&lt; 8월 챌린저 &gt;*\n지호 님 👍 1\n민서 님 👍 1\n\n함께 8편\n\n다들 고생하셨습니다 👏',
    );
  });

  test('without any like says so kindly', async () => {
    const { result } = await month();
    expect(await result()).toContain('서로의 글에 👍도 잊지 말아 주세요!');
  });

  test('is not spoiled by a week that had no post', async () => {
    const { result } = await month([2]);
    expect(await result()).toContain('민서 님 👍 0');
  });

  test('names members who have left since', async () => {
    const { bot, result } = await month();
    bot.workspace.leave({ user: 'U0JIHO0001', channel: CHANNEL });
    await bot.settle();
    expect(await result()).toContain('지호 님');
  });

  test('in the log stands before its announcement: a crash between them announces the frozen one', async () => {
    const { bot, posts, result } = await month();
    bot.workspace.faults.add({ kind: 'error', error: 'invalid_auth', when: 'before', methods: ['chat.postMessage'] });
    expect(await result()).toBe('');
    await bot.like('U0SEOYEON1', posts['U0MINSEO01']?.[0] as string);
    bot.workspace.faults.clear();
    await bot.restart();
    await bot.pass(300);
    expect(bot.said().filter((text) => text.includes('챌린저'))).toEqual([expect.stringContaining('민서 님 👍 0')]);
  });
});
