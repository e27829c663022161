import { describe, expect, test } from 'vitest';
import { closingOf, dayAt, deadlineOf, mondayDate, remainingOf, sundayDate } from '../../dashboard/src/lib/calendar.ts';
import { formats } from '../../dashboard/src/lib/format.ts';

const at = (text: string): number => Date.parse(text);

test.each([
  ['2024-W32', '2024-08-05', '2024-08-11', '8월 1주차'],
  ['2024-W01', '2024-01-01', '2024-01-07', '1월 1주차'],
  ['2020-W53', '2020-12-28', '2021-01-03', '12월 4주차'],
  ['2021-W01', '2021-01-04', '2021-01-10', '1월 1주차'],
  ['2024-W31', '2024-07-29', '2024-08-04', '7월 5주차'],
  ['2026-W53', '2026-12-28', '2027-01-03', '12월 4주차'],
])('%s begins on %s, ends on %s, and is named by its Monday', (week, monday, sunday, name) => {
  expect([mondayDate(week), sundayDate(week)]).toEqual([at(monday), at(sunday)]);
  expect(formats('ko').week(week)).toBe(name);
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
    expect(deadlineOf('2001-W38', 'Asia/Jerusalem')).toBe(at('2001-09-23T21:00:00Z'));
  });

  test('the date is the one on the wall there', () => {
    expect(dayAt(at('2024-08-10T14:59:59Z'), 'Asia/Seoul')).toBe(at('2024-08-10'));
    expect(dayAt(at('2024-08-10T15:00:00Z'), 'Asia/Seoul')).toBe(at('2024-08-11'));
    expect(dayAt(at('2024-08-10T03:00:00Z'), 'America/New_York')).toBe(at('2024-08-09'));
  });
});
