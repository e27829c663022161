import { describe, expect, test } from 'vitest';
import { calendarOf, plusWeeks, type Week } from '../../src/events/week.ts';
import { ruleRests } from '../../src/projections/rest-weeks.ts';

/**
 * Seollal and Chuseok, as the Korea Astronomy and Space Science Institute has them: decoded from the month lengths in the table of
 * https://github.com/usingsky/korean_lunar_calendar_py, which follows the institute up to 2050. 2020-2025 agree with the public holidays in
 * https://github.com/vacanza/holidays, and 2027 with the institute's own https://astro.kasi.re.kr/life/post/calendarData.
 */
const PUBLISHED: [seollal: string, chuseok: string][] = [
  ['2020-01-25', '2020-10-01'],
  ['2021-02-12', '2021-09-21'],
  ['2022-02-01', '2022-09-10'],
  ['2023-01-22', '2023-09-29'],
  ['2024-02-10', '2024-09-17'],
  ['2025-01-29', '2025-10-06'],
  ['2026-02-17', '2026-09-25'],
  ['2027-02-07', '2027-09-15'],
  ['2028-01-27', '2028-10-03'],
  ['2029-02-13', '2029-09-22'],
  ['2030-02-03', '2030-09-12'],
  ['2031-01-23', '2031-10-01'],
  ['2032-02-11', '2032-09-19'],
  ['2033-01-31', '2033-09-08'],
  ['2034-02-19', '2034-09-27'],
  ['2035-02-08', '2035-09-16'],
];

const weekOf = (date: string): Week => calendarOf('UTC').weekAt(Date.parse(date) / 1000);

/** The weeks of a year that rest by a rule. */
const restingIn = (year: string, ...rest: string[]): Week[] => {
  const resting: Week[] = [];
  for (let week = `${year}-W01`; week.startsWith(year); week = plusWeeks(week, 1))
    if (ruleRests(rest, week)) resting.push(week);
  return resting;
};

describe('a week of rest by rule', () => {
  test.each(PUBLISHED)(
    'Seollal is in the week of %s, Chuseok in that of %s, and neither in another',
    (seollal, chuseok) => {
      const year = seollal.slice(0, 4);
      expect(restingIn(year, 'seollal')).toEqual([weekOf(seollal)]);
      expect(restingIn(year, 'chuseok')).toEqual([weekOf(chuseok)]);
      expect(restingIn(year, 'chuseok', 'seollal')).toEqual([weekOf(seollal), weekOf(chuseok)]);
    },
  );

  test('the table has each of the sixteen years once', () => {
    expect(PUBLISHED.flat().map((date) => date.slice(0, 4))).toEqual(
      Array.from({ length: 32 }, (_, position) => String(2020 + Math.floor(position / 2))),
    );
  });

  test('a holiday on a Sunday and one on a Monday rest in their own ISO weeks', () => {
    expect(restingIn('2023', 'seollal')).toEqual(['2023-W03']); // Sunday 22 January.
    expect(restingIn('2033', 'seollal')).toEqual(['2033-W05']); // Monday 31 January.
    expect(restingIn('2025', 'chuseok')).toEqual(['2025-W41']); // Monday 6 October.
  });

  test('the leap eleventh month of 2033 does not move Seollal of 2034', () => {
    expect(restingIn('2034', 'seollal')).toEqual(['2034-W07']);
  });

  test('a week that is named rests, and no other', () => {
    expect(restingIn('2024', '2024-W52')).toEqual(['2024-W52']);
    expect(restingIn('2025', '2024-W52')).toEqual([]);
    expect(restingIn('2024', '2024-W52', 'chuseok')).toEqual(['2024-W38', '2024-W52']);
    expect(restingIn('2020', '2020-W53')).toEqual(['2020-W53']);
  });

  test('nothing rests without a rule', () => {
    expect(restingIn('2024')).toEqual([]);
  });
});
