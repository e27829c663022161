import { describe, expect, test } from 'vitest';
import { dayAt, wallClock } from '../../dashboard/src/lib/calendar.ts';
import { datesIn, grouped } from '../../dashboard/src/lib/dates.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const FROM = Date.UTC(2019, 0, 1);
const UNTIL = Date.UTC(2036, 0, 1);

describe.each(['ko', 'en'] as const)('as Intl writes them in %s', (language) => {
  const locale = language === 'ko' ? 'ko-KR' : 'en-US';
  const written = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
    // Some versions of the languages' data have a narrow space before AM and PM.
    return (date: number) => format.format(date).replaceAll('\u202f', ' ');
  };
  const dates = datesIn(language);
  const monthOfDay = language === 'ko' ? 'long' : 'short';
  const expected: Record<keyof typeof dates, (date: number) => string> = {
    day: written({ month: monthOfDay, day: 'numeric', weekday: 'long' }),
    weekday: written({ weekday: 'narrow' }),
    month: written({ month: 'long' }),
    monthShort: written({ month: 'short' }),
    monthYear: written({ year: 'numeric', month: 'long' }),
    monthYearShort: written({ year: 'numeric', month: 'short' }),
    moment: written({ month: 'short', day: 'numeric', weekday: 'short', hour: 'numeric', minute: '2-digit' }),
  };

  test.each(Object.keys(expected) as (keyof typeof dates)[])('%s', (name) => {
    // Every day, each at another hour and minute.
    for (let date = FROM, step = 0; date < UNTIL; date += DAY, step += 1) {
      const instant = name === 'moment' ? date + (step % 24) * HOUR + (step % 60) * 60_000 : date;
      if (dates[name](instant) !== expected[name](instant))
        expect(`${new Date(instant).toISOString()}: ${dates[name](instant)}`).toBe(expected[name](instant));
    }
  });

  test('numbers', () => {
    const format = new Intl.NumberFormat(locale);
    for (const value of [0, 7, 10, 999, 1000, 1001, 12_345, 999_999, 1_000_000, 123_456_789])
      expect(grouped(value)).toBe(format.format(value));
  });
});

test("Seoul's clock, which is known, is the one that Intl knows", () => {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul', dateStyle: 'short', timeStyle: 'medium' });
  for (let instant = Date.UTC(1989, 0, 1); instant < UNTIL; instant += DAY + HOUR)
    expect(wallClock(instant, 'Asia/Seoul')).toBe(Date.parse(`${parts.format(instant).replace(' ', 'T')}Z`));
  // Before, its clocks were changed in summer.
  expect(dayAt(Date.UTC(1988, 5, 1, 14, 30), 'Asia/Seoul')).toBe(Date.UTC(1988, 5, 2));
});
