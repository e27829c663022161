import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changesOf } from '../../dashboard/src/lib/change.ts';
import { linkText, safeLink } from '../../dashboard/src/lib/link.ts';
import { markOf, restOf, restWeeks } from '../../dashboard/src/lib/mark.ts';
import { hueOf, initials, nameOr } from '../../dashboard/src/lib/name.ts';
import { inOrder } from '../../dashboard/src/lib/order.ts';
import { languageOf } from '../../dashboard/src/lib/preferences.svelte.ts';
import { raceOf } from '../../dashboard/src/lib/race.ts';
import { ranked, sumByAuthor } from '../../dashboard/src/lib/rank.ts';
import { resultOf } from '../../dashboard/src/lib/result.ts';
import { parseRoute, routeTo, withQuery } from '../../dashboard/src/lib/route.ts';
import { currentRuns, mayHaveRuns } from '../../dashboard/src/lib/runs.ts';
import { linear, runs, ticks } from '../../dashboard/src/lib/scale.ts';
import type { MemberSnapshot, MonthSnapshot } from '../../src/projections/contract.ts';
import { hostileLinks } from '../support/sample-names.ts';

describe('addresses', () => {
  test.each([
    ['', { channel: undefined, view: 'now', id: undefined }],
    ['#/C1', { channel: 'C1', view: 'now', id: undefined }],
    ['#/C1/week', { channel: 'C1', view: 'week', id: undefined }],
    ['#/C1/week/2024-W32', { channel: 'C1', view: 'week', id: '2024-W32' }],
    ['#/C1/month/2024-08', { channel: 'C1', view: 'month', id: '2024-08' }],
    ['#/C1/member/U1', { channel: 'C1', view: 'member', id: 'U1' }],
    ['#/C1/ranking/2024-W32', { channel: 'C1', view: 'ranking', id: '2024-W32' }],
    ['#/C1/ranking/2024-08', { channel: 'C1', view: 'ranking', id: '2024-08' }],
    ['#/C1/certificate/2024-08/U1', { channel: 'C1', view: 'certificate', id: '2024-08', of: 'U1' }],
  ])('%s is a page', (hash, route) => expect(parseRoute(hash)).toEqual({ ...route, query: {} }));

  test.each([
    '#/C1/week/2024-08',
    '#/C1/month/../../secret',
    '#/C1/member',
    '#/C1/member/..',
    '#/C1/member/a%2Fb',
    '#/C1/hall/x',
    '#/C1/certificate/2024-08',
    '#/C1/certificate/2024-W32/U1',
    '#/C1/certificate/2024-08/..',
    '#/C1/month/2024-08/U1',
    '#/C1/now/now/now',
    '#/C1/nowhere',
    '#/../now',
    '#/<script>/now',
  ])('%s is not', (hash) => expect(parseRoute(hash).view).toBe('unknown'));

  test('what is written is read back', () => {
    expect(parseRoute(routeTo('C1', 'member', 'U1'))).toMatchObject({ channel: 'C1', view: 'member', id: 'U1' });
    const certificate = { channel: 'C1', view: 'certificate', id: '2024-08', of: 'U1' };
    expect(parseRoute(routeTo('C1', 'certificate', '2024-08', 'U1'))).toMatchObject(certificate);
  });

  test('what is asked of a page is in its address, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), fc.boolean(), (find, isSorted) => {
        const query = { ...(isSorted ? { sort: '-likes' } : {}), ...(find ? { find } : {}) };
        const { view, query: read } = parseRoute(withQuery('#/C1/members?sort=name&find=old', query));
        expect([view, read]).toEqual(['members', query]);
      }),
    );
    expect(withQuery('#/C1/members?sort=likes', {})).toBe('#/C1/members');
    expect(withQuery('', { find: 'a' })).toBe('#/?find=a');
  });
});

describe('ranks', () => {
  const rows = [
    { id: 'U4', likes: 1 },
    { id: 'U2', likes: 5 },
    { id: 'U3', likes: 5 },
    { id: 'U1', likes: 9 },
    { id: 'U5', likes: 0 },
  ];

  test('equal likes share a rank and the next rank is left out', () => {
    const places = ranked(rows, ({ likes }) => likes).map(({ rank, row }) => [rank, row.id]);
    expect(places).toEqual([
      [1, 'U1'],
      [2, 'U2'],
      [2, 'U3'],
      [4, 'U4'],
      [5, 'U5'],
    ]);
  });

  test('several posts of one author are one row, also without likes', () => {
    const posts = [
      { author: 'U1', likes: 2 },
      { author: '__proto__', likes: 0 },
      { author: 'U1', likes: 3 },
    ];
    expect(sumByAuthor(posts)).toEqual([
      { id: 'U1', posts: 2, likes: 5 },
      { id: '__proto__', posts: 1, likes: 0 },
    ]);
  });
});

describe('links', () => {
  test.each(hostileLinks.slice(0, 6))('$url is no link', ({ url }) => expect(safeLink(url)).toBeUndefined());

  test('http and https are links, and keep quotes out of their addresses', () => {
    expect(safeLink('https://velog.io/@a/"onclick="alert(1)')?.href).toBe('https://velog.io/@a/%22onclick=%22alert(1)');
    expect(safeLink('http://blog.naver.com/a')?.host).toBe('blog.naver.com');
  });

  test('a link without a title is called by its address as a person reads it', () => {
    expect(linkText({ url: 'https://velog.io/@a/%ED%95%9C%EA%B8%80/' })).toBe('velog.io/@a/한글');
    expect(linkText({ url: 'https://velog.io/@b/%E0%A4%A', title: ' ' })).toBe('velog.io/@b/%E0%A4%A');
  });
});

describe('names', () => {
  test.each([
    ['김서연', '서'],
    ['신찬', '신'],
    ['남궁민수', '민'],
    ['Ada Lovelace', 'AL'],
    ['ada', 'A'],
    ['👩 mom', '👩M'],
    ['', '?'],
    ['\u200B', '?'],
    ['\u202Egnihton', 'G'],
  ])('%s becomes %s on a face', (name, letters) => expect(initials(name)).toBe(letters));

  test('an id keeps its colour, and a name that cannot be seen gives way to the id', () => {
    expect(hueOf('U1')).toBe(hueOf('U1'));
    expect(nameOr('\u200B', 'U1')).toBe('U1');
    expect(nameOr(undefined, 'U1')).toBe('U1');
    expect(nameOr('김서연', 'U1')).toBe('김서연');
  });
});

describe('charts', () => {
  test.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [4, [0, 2, 4]],
    [19, [0, 10, 20]],
    [104, [0, 50, 100, 150]],
    [1000, [0, 500, 1000]],
  ])('up to %d the axis has round, whole steps', (max, steps) => expect(ticks(max)).toEqual(steps));

  test('a scale without height stays on the ground', () => {
    expect(linear(0, 100, 0)(0)).toBe(100);
    expect(linear(10, 100, 0)(5)).toBe(50);
  });

  test('neighbours of one month are one run', () => {
    const key = (month: string) => month;
    expect(runs(['7', '7', '8'], key)).toEqual([
      { key: '7', start: 0, end: 2 },
      { key: '8', start: 2, end: 3 },
    ]);
  });
});

describe('marks', () => {
  test.each([
    [{ posts: 1, late: 0 }, true, 'done'],
    [{ posts: 2, late: 1 }, true, 'done'],
    [{ posts: 1, late: 1 }, true, 'late'],
    [undefined, true, 'missed'],
    [undefined, false, 'waiting'],
  ] as const)('%o is %s %s', (row, over, mark) => expect(markOf(row, over)).toBe(mark));

  test('a week that is kept or rests is neither missed nor waited for, unless it is written', () => {
    expect([markOf(undefined, true, 'kept'), markOf(undefined, false, 'rest')]).toEqual(['kept', 'rest']);
    expect(markOf({ posts: 1, late: 0 }, true, 'kept')).toBe('done');
  });

  test('what rests for all rests for everybody, what a run keeps for whom it keeps it', () => {
    const resting = restWeeks([{ week: '2024-W37' }, { week: '2024-W38', rest: true }]);
    expect(restOf('2024-W38', resting, undefined)).toBe('rest');
    expect(restOf('2024-W37', resting, { '2024-W37': 'kept' })).toBe('kept');
    expect(restOf('2024-W37', resting, {})).toBeUndefined();
  });
});

const week = { posts: 1, likes: 0, late: 0 };
const month: MonthSnapshot = {
  version: 1,
  month: '2024-08',
  label: '8월',
  weeks: ['2024-W32', '2024-W33'],
  members: [
    { id: 'U1', posts: 2, likes: 3, weeks: { '2024-W32': { ...week, likes: 3 }, '2024-W33': week }, challenger: true },
    { id: 'U2', posts: 1, likes: 0, weeks: { '2024-W32': week }, challenger: false },
    { id: 'U3', posts: 1, likes: 0, weeks: { '2024-W33': week }, challenger: false },
  ],
  challengers: [{ id: 'U1', likes: 3 }],
  special: ['U1'],
  closed: null,
};

describe('the race of a month', () => {
  test('who has every week is ahead, who lacks only the running one is a post away', () => {
    expect(raceOf(month, '2024-W33', new Set())).toEqual({ ahead: ['U1'], oneAway: ['U2'] });
  });

  test('once the week is over, or while it is the first, nobody is a post away', () => {
    expect(raceOf(month, undefined, new Set()).oneAway).toEqual([]);
    expect(raceOf({ ...month, weeks: ['2024-W33'] }, '2024-W33', new Set()).oneAway).toEqual([]);
  });

  test('a week of rest takes nobody out, and needs no post', () => {
    expect(raceOf(month, '2024-W33', new Set(['2024-W33'])).oneAway).toEqual([]);
    const three = { ...month, weeks: ['2024-W32', '2024-W33', '2024-W34'] };
    expect(raceOf(three, '2024-W34', new Set(['2024-W33'])).oneAway).toEqual(['U1', 'U2']);
  });
});

test('whoever is excused for a week and lacks the running one is a post away, too', () => {
  const excused = { ...month, weeks: ['2024-W31', ...month.weeks], finishers: [{ id: 'U2', likes: 0 }] };
  expect(raceOf(excused, '2024-W33', new Set()).oneAway).toEqual(['U2']);
  expect(raceOf({ ...excused, finishers: [] }, '2024-W33', new Set()).oneAway).toEqual([]);
});

describe('the result of a month', () => {
  const finishers = [
    { id: 'U2', likes: 0 },
    { id: 'U3', likes: 0 },
  ];

  test('as it stands: whoever lacks the running week alone has not taken it off yet', () => {
    expect(resultOf({ ...month, finishers }, '2024-W33').finishers.map(({ id }) => id)).toEqual(['U3']);
    expect(resultOf({ ...month, finishers }, undefined).finishers).toEqual(finishers);
    expect(resultOf({ ...month, finishers }, '2024-W36').finishers).toEqual(finishers);
  });

  test('as announced', () => {
    const announced = { at: '1.0', challengers: [], special: [], finishers: [{ id: 'U2', likes: 0 }] };
    expect(resultOf({ ...month, finishers, closed: announced }, '2024-W33')).toEqual({
      challengers: [],
      special: [],
      finishers: [{ id: 'U2', likes: 0 }],
      final: true,
    });
  });

  test('announced before there was a second tier, it has none', () => {
    const closed = { at: '1.0', challengers: [{ id: 'U1', likes: 3 }], special: ['U1'] };
    expect(resultOf({ ...month, finishers, closed }, undefined)).toMatchObject({ finishers: [] });
  });
});

describe('what changed after the announcement', () => {
  test('nothing changes while a month runs', () => expect(changesOf(month)).toEqual([]));

  test('new likes, newcomers and those who fell out are told apart', () => {
    const closed = {
      at: '1725236400.000000',
      challengers: [
        { id: 'U1', likes: 1 },
        { id: 'U2', likes: 2 },
      ],
      special: ['U2'],
    };
    expect(changesOf({ ...month, challengers: [...month.challengers, { id: 'U3', likes: 0 }], closed })).toEqual([
      { id: 'U1', kind: 'likes', before: 1, after: 3 },
      { id: 'U2', kind: 'left', before: 2, after: 0 },
      { id: 'U3', kind: 'joined', before: 0, after: 0 },
      { id: 'U1', kind: 'special', before: 1, after: 3 },
      { id: 'U2', kind: 'unspecial', before: 2, after: 0 },
    ]);
  });
});

test('the page speaks the first of the browser’s languages that it knows', () => {
  expect(languageOf(['fr-FR', 'ko-KR', 'en'])).toBe('ko');
  expect(languageOf(['en-GB', 'ko'])).toBe('en');
  expect(languageOf(['fr'])).toBe('en');
});

describe('the order of posts', () => {
  const post = (ts: string, author: string, likes: number) => ({ ts, author, likes, late: false, links: [] });
  const posts = [post('1', 'U1', 4), post('2', 'U2', 0), post('3', 'U2', 0), post('4', 'U3', 0), post('5', 'U1', 9)];
  const inTurn = (order: 'time' | 'likes' | 'unread') => inOrder(posts, order).map(({ ts }) => ts);

  test('is theirs, or by likes', () => {
    expect(inTurn('time')).toEqual(['1', '2', '3', '4', '5']);
    expect(inTurn('likes')).toEqual(['5', '1', '2', '3', '4']);
  });

  test('least read first: likes, then time, and somebody’s second post after everybody’s first', () => {
    expect(inTurn('unread')).toEqual(['2', '4', '1', '3', '5']);
  });
});

describe('runs, as the bot counts them', () => {
  const wrote = (...weeks: string[]) => Object.fromEntries(weeks.map((each) => [each, week]));
  const member = (id: string, current: number, weeks: MemberSnapshot['weeks'], rests = {}) => ({
    id,
    weeks,
    rests,
    streak: { current, longest: 9 },
  });
  const members = [
    member('U1', 1, wrote('2024-W33')),
    member('U2', 0, {}),
    member('U3', 5, wrote('2024-W32'), { '2024-W33': 'kept' }),
    member('U4', 7, wrote('2024-W32')),
    member('U5', 5, wrote('2024-W33')),
  ];

  test('are told from two weeks on, longest first, with what became of the latest week', () => {
    expect(currentRuns(members, { week: '2024-W33' }, true)).toEqual([
      { id: 'U4', weeks: 7, mark: 'missed' },
      { id: 'U3', weeks: 5, mark: 'kept' },
      { id: 'U5', weeks: 5, mark: 'done' },
    ]);
  });

  test('wait for nobody in a week of rest', () => {
    expect(currentRuns(members, { week: '2024-W33', rest: true }, false).map(({ mark }) => mark)).toEqual([
      'rest',
      'rest',
      'done',
    ]);
    expect(currentRuns(members, { week: '2024-W33' }, false)[0]?.mark).toBe('waiting');
  });

  test('are looked for among those who wrote lately, and no more than 40 of them', () => {
    const known = (id: string, weeks: number) => ({ id, name: id, weeks, posts: weeks, likes: 0 });
    expect(mayHaveRuns([month], [known('U1', 2), known('U2', 5), known('U3', 1), known('U9', 9)])).toEqual([
      'U2',
      'U1',
    ]);
    const crowd = Array.from({ length: 50 }, (_, place) => known(`U${place}`, place + 2));
    const [row] = month.members;
    const all = { ...month, members: crowd.flatMap(({ id }) => (row ? [{ ...row, id }] : [])) };
    expect(mayHaveRuns([all], crowd)).toHaveLength(40);
    expect(mayHaveRuns([all], crowd)[0]).toBe('U49');
  });
});
