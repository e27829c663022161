import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import type { Week } from '../../src/events/week.ts';
import { closeMonth } from '../../src/handlers/month-result.ts';
import { verify } from '../../src/history/rebuild.ts';
import { viewMonth } from '../../src/projections/month-view.ts';
import {
  at,
  BOT,
  excused,
  extended,
  JIHO,
  like,
  MINSEO,
  post,
  profile,
  REPLY,
  reply,
  rested,
  ruled,
  SEOYEON,
  WEEK,
  WEEKLY,
  weeklyPost,
} from '../support/events.ts';
import { challengeOf, ledgersOf, type Settings } from '../support/given.ts';
import { createWorld } from '../support/world.ts';

/** The Mondays of August 2024 whose weeks are open, and their weeks. */
const MONDAYS: Record<Week, string> = {
  '2024-W32': at('2024-08-05 09:30'),
  '2024-W33': at('2024-08-12 09:30'),
  '2024-W34': at('2024-08-19 09:30'),
  '2024-W35': at('2024-08-26 09:30'),
};
const WEEKS = Object.keys(MONDAYS);
const opened = WEEKS.map((week) => weeklyPost(MONDAYS[week] as string, week));

/** A post of somebody in each of some weeks. */
const wrote = (user: string, ...weeks: Week[]): Event[] =>
  weeks.map((week) => {
    const seconds = Number(MONDAYS[week]) + 86_400 + [MINSEO, JIHO, SEOYEON].indexOf(user);
    const ts = `${seconds}.000000`;
    return reply(ts, { author: { user }, thread: MONDAYS[week] as string });
  });

const view = (events: readonly Event[], settings: Settings = {}) => {
  const challenge = challengeOf(settings);
  return viewMonth(challenge, '2024-08', ledgersOf(challenge, events));
};

const ids = (rows: readonly { id: string }[] | undefined) => rows?.map(({ id }) => id);

describe('a week of rest', () => {
  const events = [...opened, ...wrote(MINSEO, ...WEEKS), ...wrote(JIHO, '2024-W32', '2024-W33', '2024-W35')];

  test('counts against nobody, and what is written in it counts as a post', () => {
    const { snapshot, weekSnapshots, weekSummaries } = view([...events, rested('2024-W34', { rest: true })]);
    expect(ids(snapshot.challengers)).toEqual([JIHO, MINSEO].sort());
    expect(snapshot.weeks).toEqual(WEEKS);
    expect(weekSnapshots.map(({ rest }) => rest)).toEqual([undefined, undefined, true, undefined]);
    expect(weekSummaries.map(({ rest, posts }) => [rest, posts])).toEqual([
      [undefined, 2],
      [undefined, 2],
      [true, 1],
      [undefined, 2],
    ]);
  });

  test('is one by the rules, unless somebody says otherwise, and by the rules again when that is taken back', () => {
    const rule: Settings = { schedule: { rest: ['2024-W34'] } };
    const work = rested('2024-W34', { rest: false });
    const undone = rested('2024-W34', { at: at('2024-08-13 12:00') });
    expect(ids(view(events, rule).snapshot.challengers)).toContain(JIHO);
    expect(ids(view([...events, work], rule).snapshot.challengers)).not.toContain(JIHO);
    expect(ids(view([...events, work, undone], rule).snapshot.challengers)).toContain(JIHO);
  });

  test('nobody is a challenger of a month of rest', () => {
    const { snapshot } = view(events, { schedule: { rest: WEEKS } });
    expect(snapshot).toMatchObject({ challengers: [], special: [], finishers: [] });
  });
});

describe('an excuse', () => {
  test('makes a week no miss of one person', () => {
    const events = [...opened, ...wrote(JIHO, '2024-W32', '2024-W33', '2024-W35'), ...wrote(SEOYEON, '2024-W32')];
    expect(ids(view(events).snapshot.challengers)).toEqual([]);
    const { snapshot, excused: weeks } = view([...events, excused('2024-W34', JIHO)]);
    expect(ids(snapshot.challengers)).toEqual([JIHO]);
    expect(weeks).toEqual({ [JIHO]: ['2024-W34'] });
    expect(ids(view([...events, excused('2024-W34', SEOYEON)]).snapshot.challengers)).toEqual([]);
  });

  test('of every week makes no challenger of somebody who wrote in none that counts', () => {
    const events = [...opened, ...wrote(JIHO, '2024-W34'), ...WEEKS.map((week) => excused(week, JIHO))];
    expect(ids(view(events, { schedule: { rest: ['2024-W34'] } }).snapshot.challengers)).toEqual([]);
  });
});

describe('the second tier', () => {
  test('is of those who wrote twice or more and missed one week; an excused one is no miss', () => {
    const events = [
      ...opened,
      ...wrote(MINSEO, ...WEEKS),
      ...wrote(JIHO, '2024-W32', '2024-W33', '2024-W34'),
      ...wrote(SEOYEON, '2024-W32', '2024-W33'),
    ];
    expect(ids(view(events).snapshot.finishers)).toEqual([JIHO]);
    expect(ids(view([...events, excused('2024-W35', SEOYEON)]).snapshot.finishers)).toEqual([JIHO, SEOYEON].sort());
    expect(ids(view([...events, excused('2024-W35', JIHO)]).snapshot.finishers)).toEqual([]);
  });

  test('one of two weeks is too little, and with the tier off there is none', () => {
    const two = opened.slice(0, 2);
    const events = [...two, ...wrote(JIHO, '2024-W32')];
    expect(view(events).snapshot.finishers).toEqual([]);
    expect(view(events, { rules: { finishers: 'off' } }).snapshot).not.toHaveProperty('finishers');
  });

  test('is frozen with the month; a month that was frozen without it has none', () => {
    const challenge = challengeOf();
    const events = [...opened, ...wrote(JIHO, '2024-W32', '2024-W33', '2024-W34')];
    const closed = closeMonth(challenge, '2024-08', ledgersOf(challenge, events), at('2024-09-02 09:20'));
    expect(closed?.finishers).toEqual([{ id: JIHO, likes: 0 }]);
    expect(closed?.rules).toMatchObject({ rest: [], streak: { between: 3 }, finishers: 'one-missed', readers: 0.8 });
    if (!closed) throw new Error('the month closes');
    const after = view([...events, closed, ...wrote(JIHO, '2024-W35')]).snapshot;
    expect(after.closed?.finishers).toEqual([{ id: JIHO, likes: 0 }]);
    expect(after.closed).not.toHaveProperty('readers');
    const { finishers: _, readers: __, ...before } = closed;
    const old = view([...events, before]).snapshot;
    expect(old).not.toHaveProperty('finishers');
    expect(old.closed).toEqual({ at: closed.at, challengers: [], special: [] });
  });

  test('with all of it off, a month is frozen as it was before there was any', () => {
    const off: Settings = { rules: { streak: { between: 'off' }, finishers: 'off', readers: 'off' } };
    const challenge = challengeOf(off);
    const closed = closeMonth(challenge, '2024-08', ledgersOf(challenge, opened), at('2024-09-02 09:20'));
    expect(Object.keys(closed?.rules ?? {}).sort()).toEqual(
      ['blogs', 'exclude', 'late', 'likes', 'organizers', 'repeats', 'selfLikes'].sort(),
    );
    expect(closed).not.toHaveProperty('finishers');
    expect(closed).not.toHaveProperty('readers');
  });
});

describe('the readers of a month', () => {
  const posts = [...wrote(MINSEO, ...WEEKS), ...wrote(JIHO, '2024-W32', '2024-W33')];
  const times = posts.map(({ at }) => at);
  const likes = (user: string, count: number): Event[] =>
    times.slice(0, count).map((item) => like(user, at('2024-08-28 10:00'), { item }));
  const readers = (events: readonly Event[], settings: Settings = {}) =>
    view([...opened, ...posts, ...events], settings).readers;

  test('like four of five posts of the others', () => {
    expect(readers(likes(SEOYEON, 5))).toEqual([SEOYEON]); // 5 of 6.
    expect(readers(likes(SEOYEON, 4))).toEqual([]);
    expect(readers(likes(SEOYEON, 4), { rules: { readers: 0.6 } })).toEqual([SEOYEON]);
    expect(readers(likes(SEOYEON, 6), { rules: { readers: 'off' } })).toBeUndefined();
  });

  test('there are none of fewer than five posts, bots are none, nor is who left', () => {
    // Of the others' posts there are two for Minseo and four for Jiho.
    expect(readers([...likes(MINSEO, 6), ...likes(JIHO, 6)])).toEqual([]);
    expect(readers([...likes(SEOYEON, 6), profile(SEOYEON, 'app', { bot: true })])).toEqual([]);
    const left = { v: 1, kind: 'member.left', channel: opened[0]?.channel ?? '', at: at('2024-08-29 10:00') } as const;
    expect(readers([...likes(SEOYEON, 6), { ...left, user: SEOYEON }])).toEqual([]);
  });
});

describe('a ruling', () => {
  const posts = (events: readonly Event[], settings: Settings = {}) =>
    view(events, settings).weekSnapshots.flatMap(({ week, posts }) =>
      posts.map(({ ts, accepted }) => [week, ts, accepted]),
    );

  test('accepts a reply whatever its link, and rejects one that would count', () => {
    const strange = reply(REPLY, { links: ['https://medium.com/a'] });
    expect(posts([...opened, strange])).toEqual([]);
    expect(posts([...opened, strange, ruled(REPLY, 'accept')])).toEqual([[WEEK, REPLY, true]]);
    expect(view([...opened, strange, ruled(REPLY, 'accept')]).weekSnapshots[0]?.posts[0]?.links).toEqual([
      { url: 'https://medium.com/a', host: 'medium.com' },
    ]);
    expect(posts([...opened, reply(), ruled(REPLY, 'reject')])).toEqual([]);
    const undone = ruled(REPLY, 'none', { at: at('2024-08-13 12:00') });
    expect(posts([...opened, reply(), ruled(REPLY, 'reject'), undone])).toEqual([[WEEK, REPLY, undefined]]);
  });

  test('accepts what came too late, and for another week of the month', () => {
    const late = reply(at('2024-08-14 10:00'));
    const never: Settings = { rules: { late: 'never' } };
    expect(posts([...opened, late], never)).toEqual([]);
    expect(posts([...opened, late, ruled(late.ts, 'accept')], never)).toEqual([[WEEK, late.ts, true]]);
    const moved = ruled(late.ts, 'accept', { week: '2024-W33' });
    expect(posts([...opened, late, moved])).toEqual([['2024-W33', late.ts, true]]);
    const elsewhere = ruled(late.ts, 'accept', { week: '2024-W36' });
    expect(posts([...opened, late, elsewhere])).toEqual([[WEEK, late.ts, true]]);
  });

  test('accepts what was posted beside the thread, but nothing that is no post of a person', () => {
    const beside = post(REPLY, { links: ['https://velog.io/@minseo/1'] });
    expect(posts([...opened, beside])).toEqual([]);
    expect(posts([...opened, beside, ruled(REPLY, 'accept')])).toEqual([[WEEK, REPLY, true]]);
    const closedWeek = opened.filter(({ ts }) => ts !== WEEKLY);
    expect(posts([...closedWeek, beside, ruled(REPLY, 'accept')])).toEqual([]);
    expect(posts([...opened, ruled(WEEKLY, 'accept')])).toEqual([]);
    expect(posts([...opened, post(REPLY, { author: BOT }), ruled(REPLY, 'accept')])).toEqual([]);
  });
});

test('what is written before the end of an extended week is not late', () => {
  const late = reply(at('2024-08-12 20:00'));
  const until = extended(WEEK, at('2024-08-12 23:59'));
  const isLate = (...events: Event[]) =>
    view([...opened, late, ...events]).weekSnapshots[0]?.posts.map(({ late }) => late);
  expect(isLate()).toEqual([true]);
  expect(isLate(until)).toEqual([false]);
  expect(isLate(extended(WEEK, at('2024-08-12 19:59')))).toEqual([true]);
  expect(isLate(until, { ...extended(WEEK), at: at('2024-08-13 12:00') })).toEqual([true]);
  const never: Settings = { rules: { late: 'never' } };
  expect(view([...opened, late], never).weekSummaries[0]?.posts).toBe(0);
  expect(view([...opened, late, until], never).weekSummaries[0]?.posts).toBe(1);
});

describe('a month whose last week was extended', () => {
  const last = '2024-W35';
  const monday = at('2024-09-02 08:00');
  const late = reply(monday, { thread: MONDAYS[last] as string });
  const until = extended(last, at('2024-09-02 12:00'));

  test('has the replies that were written into the next month in time', () => {
    expect(view([...opened, late]).snapshot.members).toEqual([]);
    expect(view([...opened, late, until]).snapshot.members).toMatchObject([
      { id: MINSEO, weeks: { [last]: { posts: 1, late: 0 } } },
    ]);
    expect(view([...opened, late, extended(last, at('2024-09-02 07:59'))]).snapshot.members).toEqual([]);
    expect(view([...opened, late, until]).weekSnapshots.map(({ week }) => week)).toEqual(WEEKS);
  });

  test('has what an admin accepted for any of its weeks in time, and the next month does not', () => {
    const beside = post(monday, { links: ['https://velog.io/@minseo/1'] });
    const all = [...opened, weeklyPost(at('2024-09-02 09:30'), '2024-W36'), until];
    const challenge = challengeOf({});
    const weeks = (events: readonly Event[]) =>
      ['2024-08', '2024-09'].flatMap((month) =>
        viewMonth(challenge, month, ledgersOf(challenge, events)).weekSnapshots.flatMap(({ week, posts }) =>
          posts.map(() => week),
        ),
      );
    for (const week of [last, '2024-W33']) {
      expect(weeks([...all, beside, ruled(monday, 'accept', { week })])).toEqual([week]);
      expect(weeks([...all, late, ruled(monday, 'accept', { week })])).toEqual([week]);
    }
    expect(weeks([...all, late, ruled(monday, 'accept', { week: '2024-W36' })])).toEqual(['2024-W36']);
    const undone = { ...extended(last), at: at('2024-09-02 13:00') };
    expect(weeks([...all, undone, beside, ruled(monday, 'accept', { week: last })])).toEqual([]);
  });

  test('step by step as in a rebuild, whatever comes first; and the next month has none of it', async () => {
    for (const events of [
      [...opened, late, until],
      [...opened, until, late, like(JIHO, at('2024-09-02 09:00'), { item: monday })],
      [...opened, late, until, { ...profile(MINSEO, 'app', { bot: true }), at: at('2024-09-02 10:00') }],
    ]) {
      const world = createWorld();
      for (const event of [...events, weeklyPost(at('2024-09-02 09:30'), '2024-W36')]) await world.append(event);
      expect((await verify(world.challenge, world)).differences).toEqual([]);
      expect((await world.month('2024-09'))?.members).toEqual([]);
    }
  });
});
