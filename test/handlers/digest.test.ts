import { describe, expect, test } from 'vitest';
import type { EffectOf } from '../../src/handlers/effect.ts';
import { dueJobs } from '../../src/outbox/due-jobs.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { createBot } from '../support/bot.ts';
import {
  at,
  attempted,
  CHANNEL,
  deletion,
  edit,
  JIHO,
  like,
  linkAt,
  MINSEO,
  post,
  refused,
  reply,
  rested,
  ruled,
  skipped,
  told,
  WEEK,
  WEEKLY,
  weeklyPost,
} from '../support/events.ts';
import { given } from '../support/given.ts';

const ID = `digest:${WEEK}` as const;
const FIRST = at('2024-08-06 20:00');
const SECOND = at('2024-08-07 20:00');
const THIRD = at('2024-08-08 20:00');
const NOON = at('2024-08-09 12:00');
const STANDING = { channel: CHANNEL, ts: at('2024-08-09 12:00') };

const by = (author: string, ts: string) => reply(ts, { author: { user: author } });
const view = (ts: string, author: string) => ({ ts, author, week: WEEK, thread: WEEKLY, url: linkAt(ts) });
const posts = [by(MINSEO, FIRST), by(JIHO, SECOND), by(MINSEO, THIRD)];

const owed: EffectOf<'digest'> = {
  kind: 'digest',
  id: ID,
  week: WEEK,
  due: NOON,
  posts: [view(FIRST, MINSEO), view(SECOND, JIHO), view(THIRD, MINSEO)],
  count: 3,
  people: 2,
  together: 3,
  says: { posts: [FIRST, SECOND, THIRD] },
};
/** The week, its digest as it stands, and what was skipped on its way. */
const week = [weeklyPost(), ...posts, ...posts.map(({ ts }) => skipped(`participation:${ts}:0`))];
const digested = [...week, ...told(ID, { posts: [FIRST, SECOND, THIRD] }, { ts: STANDING.ts })];
const changed: EffectOf<'digest'> = {
  ...owed,
  id: `${ID}:1`,
  posts: [view(FIRST, MINSEO), view(THIRD, MINSEO)],
  count: 2,
  people: 1,
  together: 2,
  says: { posts: [FIRST, THIRD] },
  change: STANDING,
};

describe("a week's digest", () => {
  test('is owed when its Friday has come', () => {
    given(weeklyPost(), ...posts)
      .whenDigestIsDue(WEEK)
      .then(owed);
  });

  test('counts who wrote, and what the month has so far', () => {
    const before = [
      weeklyPost(at('2024-08-12 09:30'), '2024-W33'),
      ...['13', '14', '15'].map((day) =>
        post(at(`2024-08-${day} 10:00`), { thread: at('2024-08-12 09:30'), links: [linkAt(day)] }),
      ),
    ];
    const [effect] = [
      given(weeklyPost(), ...posts, ...before).asked('2024-W33', 'digest:2024-W33', { firstHeard: WEEKLY }),
    ];
    expect(effect).toMatchObject({ count: 3, people: 1, together: 6 });
  });

  test('names five posts, and carries all for what comes later', () => {
    const many = Array.from({ length: 200 }, (_, minute) =>
      by(
        `U0MEMBER${minute}`,
        at(`2024-08-06 ${String(10 + Math.floor(minute / 60))}:${String(minute % 60).padStart(2, '0')}`),
      ),
    );
    const effect = given(weeklyPost(), ...many).asked(WEEK, ID, { firstHeard: WEEKLY }) as EffectOf<'digest'>;
    expect(effect.posts.map(({ ts }) => ts)).toEqual(many.slice(0, 5).map(({ ts }) => ts));
    expect(effect).toMatchObject({ count: 200, people: 200, together: 200 });
    expect(effect.says?.posts).toHaveLength(200);
  });

  test.each([
    ['delivered', told(ID, {})],
    ['passed over', [skipped(ID)]],
    ['refused for good', [refused(ID)]],
  ])('is not owed once it was %s', (_, past) => {
    given(weeklyPost(), ...posts, ...past)
      .whenDigestIsDue(WEEK)
      .then();
  });

  test('is not owed of a Friday before the bot listened', () => {
    given(weeklyPost(), ...posts)
      .whenDigestIsDue(WEEK, at('2024-08-09 12:00:01'))
      .then();
  });

  test('is withdrawn when there is none any more, and nobody knows whether it was sent', () => {
    given(weeklyPost(), ...posts, attempted(ID), rested(WEEK, { rest: true }))
      .whenDigestIsDue(WEEK)
      .then({ ...owed, posts: [], count: 0, people: 0, together: 0, says: { posts: [] }, withdrawn: true });
  });
});

describe('a digest that stands', () => {
  test('loses a post that is deleted', () => {
    given(...digested)
      .when(deletion(SECOND))
      .then(changed);
  });

  test('loses one that an admin rejects, or that loses its link', () => {
    const owedOf = (...last: Parameters<ReturnType<typeof given>['owed']>) =>
      given(...digested)
        .owed(...last)
        .filter(({ kind }) => kind === 'digest');
    expect(owedOf(ruled(SECOND, 'reject'))).toEqual([changed]);
    expect(owedOf(edit(SECOND, at('2024-08-09 13:00'), { author: { user: JIHO }, links: [] }))).toEqual([changed]);
  });

  test('gets it back when it counts again', () => {
    given(...digested, ruled(SECOND, 'reject'), ...told(`${ID}:1`, { posts: [FIRST, THIRD] }, { ts: STANDING.ts }))
      .when(ruled(SECOND, 'none', { at: at('2024-08-13 12:00') }))
      .then({ ...owed, id: `${ID}:2`, change: STANDING });
  });

  test('is changed once for each state', () => {
    given(...digested, deletion(SECOND), ...told(`${ID}:1`, { posts: [FIRST, THIRD] }, { ts: STANDING.ts }))
      .when()
      .then();
  });

  test('is made to say what holds when nobody knows whether a change was made that holds no more', () => {
    const away = { at: at('2024-08-13 12:00') };
    given(
      ...digested,
      ruled(SECOND, 'reject'),
      attempted(`${ID}:1`, { says: { posts: [FIRST, THIRD] } }),
      ruled(SECOND, 'none', away),
    )
      .when()
      .then({ ...owed, id: `${ID}:1`, change: STANDING });
  });

  test('stays as it is for a post that comes later, a title, a like', () => {
    const late = at('2024-08-09 18:00');
    const own = (effects: readonly { kind: string }[]) => effects.filter(({ kind }) => kind === 'digest');
    expect(own(given(...digested).owed(by(JIHO, late)))).toEqual([]);
    expect(own(given(...digested).owed(like(JIHO, late, { item: FIRST })))).toEqual([]);
    const titled = edit(FIRST, late, { previews: [{ url: linkAt(FIRST), title: '제목' }] });
    expect(own(given(...digested).owed(titled))).toEqual([]);
  });

  test('that somebody deleted, or that was never sent, is not changed', () => {
    given(...digested, deletion(SECOND), post(STANDING.ts, { author: { bot: 'B0TILBOT01' } }), deletion(STANDING.ts))
      .when()
      .then();
    given(...week, skipped(ID, { says: { posts: [FIRST, SECOND, THIRD] } }))
      .when(deletion(SECOND))
      .then();
  });

  test('without a post that is left says so', () => {
    given(...digested, deletion(FIRST), deletion(SECOND), deletion(THIRD))
      .when()
      .then({ ...changed, posts: [], count: 0, people: 0, together: 0, says: { posts: [] } });
  });
});

const POST = 'https://velog.io/@';
const FRIDAY = Date.parse('2024-08-09T12:00:00+09:00');

/** Three have written by Friday morning. */
const untilFriday = async (config: Record<string, unknown> = {}) => {
  const bot = createBot({ config });
  await bot.pass(1800);
  await bot.tick('week.open');
  const written = [
    await bot.reply('U0MINSEO01', `${POST}a/1`, '하나 <!channel> *굵게*'),
    await bot.reply('U0JIHO0001', `${POST}b/2`, '둘'),
    await bot.reply('U0SEOYEON1', `${POST}c/3`, '셋'),
  ];
  await bot.pass(60);
  for (const user of ['U0JIHO0001', 'U0SEOYEON1']) await bot.like(user, written[0] as string);
  const ask = async () => {
    await bot.queue.put(await dueJobs(bot.challenge, openDocuments(bot.state), bot.clock.now() / 1000));
    await bot.settle();
  };
  const waitUntil = async (instant: number) => bot.clock.sleep(instant - bot.clock.now());
  const digests = () => bot.said().filter((text) => text.includes('덜 읽힌') || text.includes('least read'));
  return { bot, written, ask, waitUntil, digests };
};

describe('on Friday', () => {
  test('the channel is told once, the least read first, and nobody is pinged', async () => {
    const { bot, ask, waitUntil, digests } = await untilFriday({ dashboardUrl: 'https://til.example.org' });
    await waitUntil(FRIDAY - 1000);
    await ask();
    expect(digests()).toEqual([]);
    await waitUntil(FRIDAY);
    for (let times = 0; times < 3; times++) await ask();
    await bot.restart();
    await ask();
    expect(digests()).toEqual([
      [
        '*이번 주 글 3편, 아직 덜 읽힌 글부터*',
        `• 지호 님 · <${POST}b/2|둘>`,
        `• 서연 님 · <${POST}c/3|셋>`,
        `• 민서 님 · <${POST}a/1|하나 &lt;!channel&gt; \u2060*\u2060굵게\u2060*\u2060>`,
        '이번 주 3명이 썼어요. 이번 달 함께 3편.',
      ].join('\n'),
    ]);
  });

  test('a machine that was off makes up for it within three hours', async () => {
    const { ask, waitUntil, digests } = await untilFriday();
    await waitUntil(FRIDAY + 3 * 3_600_000);
    await ask();
    expect(digests()).toHaveLength(1);
  });

  test.each([
    ['later that day', 3 * 3_600_000 + 1000],
    ['on Monday', 3 * 86_400_000],
  ])('one that was off for longer, until %s, records that it is skipped, and asks no more', async (_, later) => {
    const { bot, ask, waitUntil, digests } = await untilFriday();
    await waitUntil(FRIDAY + later);
    for (let times = 0; times < 3; times++) await ask();
    expect(digests()).toEqual([]);
    expect((await bot.ledger('2024-W32'))?.effects['digest:2024-W32']?.skipped?.reason).toBe('too old');
    expect(await bot.logged(/effect\.skipped.*digest|digest.*skipped/)).toHaveLength(1);
  });

  test('nothing is said, and nothing recorded, where the challenge wants no digest', async () => {
    const { bot, ask, waitUntil, digests } = await untilFriday({ notify: { digest: 'off' } });
    await waitUntil(FRIDAY + 4 * 3_600_000);
    await ask();
    expect(digests()).toEqual([]);
    expect((await bot.ledger('2024-W32'))?.effects['digest:2024-W32']).toBeUndefined();
  });

  test('a post that is deleted goes from the message', async () => {
    const { bot, written, ask, waitUntil, digests } = await untilFriday();
    await waitUntil(FRIDAY);
    await ask();
    bot.workspace.remove({ user: 'U0JIHO0001', channel: CHANNEL, ts: written[1] as string });
    await bot.settle();
    await bot.pass(60);
    expect(digests()).toEqual([
      `*이번 주 글 2편, 아직 덜 읽힌 글부터*\n• 서연 님 · <${POST}c/3|셋>\n• 민서 님 · <${POST}a/1|하나 &lt;!channel&gt; \u2060*\u2060굵게\u2060*\u2060>\n이번 주 2명이 썼어요. 이번 달 함께 2편.`,
    ]);
  });
});
