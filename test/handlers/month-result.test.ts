import { describe, expect, test } from 'vitest';
import type { Event, EventOf } from '../../src/events/catalog.ts';
import type { Effect } from '../../src/handlers/effect.ts';
import { isExtended } from '../../src/handlers/month-result.ts';
import {
  at,
  attempted,
  CHANNEL,
  deletion,
  extended,
  JIHO,
  like,
  MINSEO,
  REPLY,
  refused,
  reply,
  SEOYEON,
  skipped,
  told,
  WEEK,
  WEEKLY,
  weeklyPost,
} from '../support/events.ts';
import { challengeOf, given, ledgersOf } from '../support/given.ts';

const CLOSE = at('2024-09-02 09:20');
const LAST_WEEK = '2024-W35';
const ID = 'month.result:2024-08' as const;

const closed: EventOf<'month.closed'> = {
  v: 1,
  kind: 'month.closed',
  channel: CHANNEL,
  at: CLOSE,
  month: '2024-08',
  weeks: [WEEK],
  rules: {
    blogs: ['velog.io', '*.github.io', 'blog.naver.com', 'm.blog.naver.com'],
    likes: ['+1', 'thumbsup'],
    selfLikes: true,
    late: 'until-close',
    repeats: 'once-a-month',
    organizers: [],
    exclude: [],
    rest: [],
    streak: { between: 3 },
    finishers: 'one-missed',
    readers: 0.8,
  },
  members: [
    { id: JIHO, posts: 1, likes: 0, weeks: { [WEEK]: { posts: 1, likes: 0, late: 0 } } },
    { id: MINSEO, posts: 1, likes: 1, weeks: { [WEEK]: { posts: 1, likes: 1, late: 0 } } },
  ],
  challengers: [
    { id: MINSEO, likes: 1 },
    { id: JIHO, likes: 0 },
  ],
  special: [MINSEO],
  finishers: [],
  readers: [],
};

describe("the close of a month freezes that month's result", () => {
  const august = [weeklyPost(), reply(), reply(at('2024-08-07 20:00'), { author: { user: JIHO } })];

  test('with its rules, its members, its challengers and the special one', () => {
    given(august, like(SEOYEON, at('2024-08-06 21:00')))
      .whenMonthCloses('2024-08', CLOSE)
      .then(closed);
  });

  test('of a month without an open week there is none', () => {
    given(reply()).whenMonthCloses('2024-08', CLOSE).then();
    given(weeklyPost(), deletion(WEEKLY)).whenMonthCloses('2024-08', CLOSE).then();
  });

  test('of an open week in which nobody took part there is one, without challengers', () => {
    given(weeklyPost())
      .whenMonthCloses('2024-08', CLOSE)
      .then({ ...closed, members: [], challengers: [], special: [] });
  });

  test('is that of the month alone that was asked for', () => {
    given(august).whenMonthCloses('2024-09', CLOSE).then();
  });
});

describe("the announcement of a month's result", () => {
  const result: Effect = {
    kind: 'month.result',
    id: ID,
    week: LAST_WEEK,
    due: CLOSE,
    month: '2024-08',
    challengers: closed.challengers,
    special: closed.special,
    weeks: closed.weeks,
    finishers: [],
    readers: [],
  };
  const elsewhere = { week: LAST_WEEK };
  /** The bot has listened in the month. */
  const heardInTime = weeklyPost(at('2024-08-26 09:30'), LAST_WEEK);

  test('is owed once the result is in the log', () => {
    given(heardInTime).when(closed).then(result);
  });

  test('is owed as it was frozen, whatever was liked or deleted since', () => {
    given(closed, weeklyPost())
      .when(deletion(REPLY), like(SEOYEON, at('2024-09-02 09:21')))
      .then(result);
  });

  test('is not owed without that', () => {
    given(weeklyPost()).when().then();
  });

  test.each([
    ['delivered', told(ID, {}).map((event) => ({ ...event, ...elsewhere }))],
    ['passed over', [skipped(ID, elsewhere)]],
    ['refused for good', [refused(ID, elsewhere)]],
  ])('is not owed once it was %s', (_, past) => {
    given(closed, ...past)
      .when()
      .then();
  });

  test('is still owed while nobody knows whether it was sent', () => {
    given(heardInTime, closed, attempted(ID, elsewhere)).when().then(result);
  });

  test('of a month that was over before the bot listened is frozen, and not said', () => {
    given()
      .when(closed)
      .then({ ...result, unsaid: 'ended before the bot first listened' });
  });
});

test('while one may still write for the extended last week, the result waits', () => {
  const challenge = challengeOf();
  const waits = (now: string, ...events: Event[]) =>
    isExtended('2024-08', ledgersOf(challenge, [weeklyPost(at('2024-08-26 09:30'), LAST_WEEK), ...events]), at(now));
  const until = extended(LAST_WEEK, at('2024-09-02 12:00'));
  expect([waits('2024-09-02 09:20', until), waits('2024-09-02 12:01', until), waits('2024-09-02 09:20')]).toEqual([
    true,
    false,
    false,
  ]);
});

describe('how many posts a month had together', () => {
  const JULY = '2024-W31';
  const thread = at('2024-07-29 09:30');
  const inJuly = [weeklyPost(thread, JULY), reply(at('2024-07-30 20:00'), { thread })];
  const rowOf = (posts: number) => ({ id: JIHO, posts, likes: 0, weeks: { [JULY]: { posts, likes: 0, late: 0 } } });
  const july = {
    ...closed,
    at: at('2024-08-05 09:20'),
    month: '2024-07',
    weeks: [JULY],
    members: [rowOf(40), rowOf(2)],
  };
  const { finishers: _, readers: __, ...without } = closed;

  const together = (...events: Event[]) => {
    const effect = given(weeklyPost(), reply(), ...events).asked(LAST_WEEK, ID);
    return effect?.kind === 'month.result' ? effect.together : 'not owed';
  };

  test('is as it was frozen, also of the month before', () => {
    expect(together(closed, ...inJuly, july)).toEqual({ posts: 2, before: 42 });
    expect(together({ ...closed, finishers: [] }, july)).toEqual({ posts: 2, before: 42 });
  });

  test('is as its ledgers say of a month before that was never closed, or was before there were tiers', () => {
    expect(together(closed, ...inJuly)).toEqual({ posts: 2, before: 1 });
    expect(together(closed, ...inJuly, { ...without, month: '2024-07' })).toEqual({ posts: 2, before: 1 });
  });

  test('is compared with nothing where there was nothing', () => {
    expect(together(closed)).toEqual({ posts: 2 });
    expect(together(closed, weeklyPost(thread, JULY))).toEqual({ posts: 2 });
  });

  test('is not told of a month that was closed before there were tiers', () => {
    expect(together(without)).toBeUndefined();
    const effect = given(without).asked(LAST_WEEK, ID);
    expect(effect).not.toHaveProperty('finishers');
    expect(effect).not.toHaveProperty('readers');
  });
});
