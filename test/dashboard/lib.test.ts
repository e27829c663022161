import { describe, expect, test } from 'vitest';
import { changesOf } from '../../dashboard/src/lib/change.ts';
import { linkText, safeLink } from '../../dashboard/src/lib/link.ts';
import { markOf } from '../../dashboard/src/lib/mark.ts';
import { hueOf, initials, nameOr } from '../../dashboard/src/lib/name.ts';
import { languageOf } from '../../dashboard/src/lib/preferences.svelte.ts';
import { raceOf } from '../../dashboard/src/lib/race.ts';
import { ranked, sumByAuthor } from '../../dashboard/src/lib/rank.ts';
import { framesOf } from '../../dashboard/src/lib/replay.ts';
import { parseRoute, routeTo } from '../../dashboard/src/lib/route.ts';
import { linear, runs, ticks } from '../../dashboard/src/lib/scale.ts';
import { streaksOf } from '../../dashboard/src/lib/streak.ts';
import type { MonthSnapshot } from '../../src/projections/contract.ts';
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
  ])('%s is a page', (hash, route) => expect(parseRoute(hash)).toEqual(route));

  test.each([
    '#/C1/week/2024-08',
    '#/C1/month/../../secret',
    '#/C1/member',
    '#/C1/member/..',
    '#/C1/member/a%2Fb',
    '#/C1/hall/x',
    '#/C1/now/now/now',
    '#/C1/nowhere',
    '#/../now',
    '#/<script>/now',
  ])('%s is not', (hash) => expect(parseRoute(hash).view).toBe('unknown'));

  test('what is written is read back', () => {
    expect(parseRoute(routeTo('C1', 'member', 'U1'))).toEqual({ channel: 'C1', view: 'member', id: 'U1' });
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
    ['김서연', '서연'],
    ['신찬', '신찬'],
    ['남궁민수', '민수'],
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
    expect(raceOf(month, '2024-W33')).toEqual({ ahead: ['U1'], oneAway: ['U2'] });
  });

  test('once the week is over, or while it is the first, nobody is a post away', () => {
    expect(raceOf(month, undefined).oneAway).toEqual([]);
    expect(raceOf({ ...month, weeks: ['2024-W33'] }, '2024-W33').oneAway).toEqual([]);
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

describe('the replay', () => {
  test('each frame adds a week to the one before it', () => {
    const [first, second] = framesOf(month.weeks, [month]);
    expect(first).toMatchObject({ participants: ['U1', 'U2'], posts: 2, likes: 3 });
    expect(second).toMatchObject({ participants: ['U1', 'U3'], posts: 4, likes: 3 });
    expect(first?.standings()).toEqual([
      { id: 'U1', likes: 3, weeks: 1 },
      { id: 'U2', likes: 0, weeks: 1 },
    ]);
    expect(second?.standings()).toContainEqual({ id: 'U1', likes: 3, weeks: 2 });
  });
});

test('the page speaks the first of the browser’s languages that it knows', () => {
  expect(languageOf(['fr-FR', 'ko-KR', 'en'])).toBe('ko');
  expect(languageOf(['en-GB', 'ko'])).toBe('en');
  expect(languageOf(['fr'])).toBe('en');
});

describe('a streak', () => {
  const weeks = ['2024-W36', '2024-W37', '2024-W40', '2024-W41', '2024-W42'].map((week, place) => ({
    week,
    month: place < 2 ? '2024-09' : '2024-10',
  }));
  const monthOf = (month: string, rows: Record<string, string[]>): MonthSnapshot => {
    const row = { posts: 1, likes: 0, late: 0 };
    const members = Object.entries(rows).map(([id, written]) => ({
      id,
      posts: written.length,
      likes: 0,
      weeks: Object.fromEntries(written.map((week) => [week, row])),
      challenger: false,
    }));
    return { version: 1, month, label: '', weeks: [], members, challengers: [], special: [], closed: null };
  };
  const october = monthOf('2024-10', {
    U1: ['2024-W40', '2024-W41', '2024-W42'],
    U2: ['2024-W40', '2024-W41'],
    U3: ['2024-W40', '2024-W42'],
    U4: ['2024-W41'],
  });
  const september = monthOf('2024-09', { U1: ['2024-W37'], U2: ['2024-W36', '2024-W37'], U3: ['2024-W37'] });

  test('goes back over months and is not broken by the week that still runs; longest first', () => {
    expect(streaksOf(weeks, [september, october])).toEqual([
      { id: 'U1', weeks: 4, written: true, longer: false },
      { id: 'U2', weeks: 4, written: false, longer: false },
    ]);
  });

  test('that reaches back to the first week looked at may be longer', () => {
    expect(streaksOf(weeks, [october]).map(({ id, longer }) => [id, longer])).toEqual([
      ['U1', true],
      ['U2', true],
    ]);
  });

  test('nobody has one in a season without a week', () => {
    expect(streaksOf([], [])).toEqual([]);
  });
});
