import { describe, expect, test } from 'vitest';
import { wallClockOf } from '../../src/events/wall-clock.ts';
import {
  calendarOf,
  isWeek,
  mondayOf,
  monthOf,
  numberOf,
  plusMonths,
  plusWeeks,
  weeksOf,
} from '../../src/events/week.ts';
import { weekLabel } from '../../src/projections/label.ts';

const weekOn = (date: string, zone = 'UTC') => calendarOf(zone).weekAt(Date.parse(`${date}T12:00:00Z`) / 1000);

describe('ISO weeks', () => {
  test.each([
    ['2020-12-28', '2020-W53'],
    ['2021-01-03', '2020-W53'],
    ['2021-01-04', '2021-W01'],
    ['2022-01-01', '2021-W52'],
    ['2024-12-30', '2025-W01'],
    ['2025-12-29', '2026-W01'],
    ['2026-12-28', '2026-W53'],
    ['2027-01-03', '2026-W53'],
    ['2027-01-04', '2027-W01'],
    ['2024-08-05', '2024-W32'],
  ])('%s lies in %s', (date, week) => expect(weekOn(date)).toBe(week));

  test('exactly the known years have 53 weeks', () => {
    const long = Array.from({ length: 40 }, (_, year) => 2018 + year).filter((year) => isWeek(`${year}-W53`));
    expect(long).toEqual([2020, 2026, 2032, 2037, 2043, 2048, 2054]);
  });

  test('a week belongs to the month of its Monday, and is numbered there', () => {
    expect([monthOf('2024-W32'), numberOf('2024-W32'), weekLabel('2024-W32', 'ko')]).toEqual([
      '2024-08',
      1,
      'TIL 8월 1주차',
    ]);
    expect([monthOf('2025-W01'), numberOf('2025-W01')]).toEqual(['2024-12', 5]);
    expect(weeksOf('2024-07')).toEqual(['2024-W27', '2024-W28', '2024-W29', '2024-W30', '2024-W31']);
    expect(weeksOf('2024-08')).toEqual(['2024-W32', '2024-W33', '2024-W34', '2024-W35']);
    expect(mondayOf('2024-W32')).toEqual({ year: 2024, month: 8, day: 5 });
    expect(weekLabel('2024-W32', 'en')).toBe('TIL August, week 1');
  });

  test('every week of 40 years follows its neighbour, and the weeks of all months are all weeks', () => {
    const weeks: string[] = [];
    for (let month = '2018-01'; month < '2058-01'; month = plusMonths(month, 1)) weeks.push(...weeksOf(month));
    for (let position = 1; position < weeks.length; position++)
      expect(weeks[position]).toBe(plusWeeks(weeks[position - 1] as string, 1));
  });
});

const ZONES = [
  'UTC',
  'Asia/Seoul',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Pacific/Kiritimati',
];

test.each(ZONES)('the week turns at local midnight in %s, for every Monday of 40 years', (zone) => {
  const calendar = calendarOf(zone);
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  for (let week = '2018-W01'; week < '2058-W01'; week = plusWeeks(week, 1)) {
    const midnight = calendar.instant(week, 0, 0, 0);
    expect(format.format(midnight * 1000)).toBe('Mon 00:00:00');
    expect(calendar.beginningOf(week)).toBe(midnight);
    expect([-2, -1, 0, 1, 2].map((offset) => calendar.weekAt(midnight + offset))).toEqual([
      plusWeeks(week, -1),
      plusWeeks(week, -1),
      week,
      week,
      week,
    ]);
  }
});

test('a wall-clock time is right on both sides of a clock change', () => {
  const at = (zone: string, week: string, days: number, hour: number) =>
    new Date(calendarOf(zone).instant(week, days, hour, 30) * 1000).toISOString();
  expect(at('Asia/Seoul', '2024-W32', 0, 9)).toBe('2024-08-05T00:30:00.000Z');
  expect(at('Europe/Berlin', '2026-W13', 6, 9)).toBe('2026-03-29T07:30:00.000Z');
  expect(at('Europe/Berlin', '2026-W13', 5, 9)).toBe('2026-03-28T08:30:00.000Z');
  expect(at('America/New_York', '2026-W44', 6, 9)).toBe('2026-11-01T14:30:00.000Z');
});

test.each([
  ['where the clocks jump over midnight', 'Asia/Tehran', '2021-W12', '2021-03-21T20:30:00.000Z'],
  ['where they do so west of Greenwich', 'America/Sao_Paulo', '1997-W41', '1997-10-06T03:00:00.000Z'],
  ['where they show midnight twice', 'Asia/Jerusalem', '2001-W39', '2001-09-23T21:00:00.000Z'],
])('%s, a week begins with the first second that is its own', (_what, zone, week, expected) => {
  const calendar = calendarOf(zone);
  const beginning = calendar.beginningOf(week);
  expect(new Date(beginning * 1000).toISOString()).toBe(expected);
  expect([calendar.weekAt(beginning - 1), calendar.weekAt(beginning)]).toEqual([plusWeeks(week, -1), week]);
});

test('the wall clock is the one that Intl knows, to the second', () => {
  for (const zone of ZONES) {
    const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    for (let seconds = Date.UTC(1985, 0, 1) / 1000; seconds < 2_200_000_000; seconds += 999_983)
      expect(calendarOf(zone).wallClock(seconds)).toBe(
        Date.parse(`${shown.format(seconds * 1000).replace(' ', 'T')}Z`) / 1000,
      );
  }
});

test("Seoul's clock is known without Intl, whose first use a page waits for", () => {
  const { DateTimeFormat } = Intl;
  Intl.DateTimeFormat = class {
    constructor() {
      throw new Error('Intl was asked');
    }
  } as never;
  try {
    expect(wallClockOf('Asia/Seoul')(1_722_816_000)).toBe(1_722_848_400);
    expect(() => wallClockOf('Europe/Berlin')).toThrow('Intl was asked');
  } finally {
    Intl.DateTimeFormat = DateTimeFormat;
  }
});

test('a zone that does not exist is refused', () => expect(() => calendarOf('Asia/Nowhere')).toThrow(RangeError));
