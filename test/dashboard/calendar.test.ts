import { describe, expect, test } from 'vitest';
import {
  beginningOf,
  closingOf,
  dayAt,
  deadlineOf,
  mondayOf,
  placeOf,
  remainingOf,
} from '../../dashboard/src/lib/calendar.ts';

const at = (text: string): number => Date.parse(text);

describe('weeks', () => {
  test.each([
    ['2024-W32', '2024-08-05', { year: 2024, month: 8, number: 1 }],
    ['2024-W01', '2024-01-01', { year: 2024, month: 1, number: 1 }],
    ['2020-W53', '2020-12-28', { year: 2020, month: 12, number: 4 }],
    ['2021-W01', '2021-01-04', { year: 2021, month: 1, number: 1 }],
    ['2024-W31', '2024-07-29', { year: 2024, month: 7, number: 5 }],
    ['2026-W53', '2026-12-28', { year: 2026, month: 12, number: 4 }],
  ])('%s begins on %s and is named by that day', (week, monday, place) => {
    expect(mondayOf(week)).toBe(at(monday));
    expect(placeOf(week)).toEqual(place);
  });
});

test.each([
  ['2024-08', '2024-09-01T15:00:00Z'],
  ['2024-07', '2024-08-04T15:00:00Z'],
  ['2024-12', '2025-01-05T15:00:00Z'],
  ['2024-06', '2024-06-30T15:00:00Z'],
])('%s closes in Seoul as the next month’s first Monday begins, %s', (month, instant) => {
  expect(closingOf(month, 'Asia/Seoul')).toBe(at(instant));
});

describe('a week in Seoul ends when its Sunday does', () => {
  const deadline = '2024-08-11T15:00:00Z';

  test.each([
    ['on Monday morning', '2024-08-05T00:30:00Z', 6],
    ['a second before Saturday ends', '2024-08-10T14:59:59Z', 1],
    ['as Sunday begins', '2024-08-10T15:00:00Z', 0],
    ['a millisecond before Sunday ends', '2024-08-11T14:59:59.999Z', 0],
  ])('%s there are days left', (_, now, days) => {
    const remaining = remainingOf('2024-W32', 'Asia/Seoul', at(now));
    expect(remaining).toEqual({ over: false, days, milliseconds: at(deadline) - at(now) });
  });

  test('at midnight it is over', () => {
    expect(deadlineOf('2024-W32', 'Asia/Seoul')).toBe(at(deadline));
    expect(remainingOf('2024-W32', 'Asia/Seoul', at(deadline))).toEqual({ over: true, days: 0, milliseconds: 0 });
  });
});

describe('clocks that change', () => {
  test('the week in which New York springs forward has 23 hours on its Sunday', () => {
    expect(deadlineOf('2024-W10', 'America/New_York')).toBe(at('2024-03-11T04:00:00Z'));
    const saturday = remainingOf('2024-W10', 'America/New_York', at('2024-03-10T04:59:00Z'));
    expect(saturday).toEqual({ over: false, days: 1, milliseconds: 23 * 3_600_000 + 60_000 });
  });

  test('the week in which New York falls back has 25 hours on its Sunday', () => {
    expect(deadlineOf('2024-W44', 'America/New_York') - at('2024-11-03T04:00:00Z')).toBe(25 * 3_600_000);
  });

  test('where the clocks jump over midnight, the day begins at the jump', () => {
    expect(deadlineOf('2021-W11', 'Asia/Tehran')).toBe(at('2021-03-21T20:30:00Z'));
  });

  test('where the clocks show midnight twice, the day begins at the first', () => {
    expect(beginningOf(at('2020-11-01'), 'America/Havana')).toBe(at('2020-11-01T04:00:00Z'));
  });

  test('the date is the one on the wall there', () => {
    expect(dayAt(at('2024-08-10T14:59:59Z'), 'Asia/Seoul')).toBe(at('2024-08-10'));
    expect(dayAt(at('2024-08-10T15:00:00Z'), 'Asia/Seoul')).toBe(at('2024-08-11'));
    expect(dayAt(at('2024-08-10T03:00:00Z'), 'America/New_York')).toBe(at('2024-08-09'));
  });
});
