import { numberOf } from '../../../src/events/week.ts';
import { mondayDate, sundayDate, wallClock } from './calendar.ts';
import { datesIn, grouped } from './dates.ts';
import type { Language } from './preferences.svelte.ts';

// Making a format costs a hundred times as much as using it: each is made when it is first used, and once.
const lazy = <Made>(make: () => Made) => {
  let made: Made | undefined;
  return (): Made => {
    made ??= make();
    return made;
  };
};

const once = <Key, Made>(make: (key: Key) => Made) => {
  const made = new Map<Key, Made>();
  return (key: Key): Made => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
};

/** How a language writes numbers, dates and the names of weeks and months. Dates of weeks are calendar dates, without a zone. */
export const formats = once((language: Language) => {
  const locale = language === 'ko' ? 'ko-KR' : 'en-US';
  const dates = datesIn(language);
  const span = lazy(() => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }));
  const whole = once((timeZone: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }));
  const relative = lazy(() => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
  const firstOf = (month: string) => Date.parse(`${month}-01T00:00:00Z`);
  return {
    number: grouped,
    day: dates.day,
    /** A week's name in its month: 8월 1주차. */
    week: (week: string) => {
      const place = numberOf(week);
      const month = dates.monthShort(mondayDate(week));
      return language === 'ko' ? `${month} ${place}주차` : `${month} week ${place}`;
    },
    /** The same with its year, where weeks of several years meet. */
    weekWithYear: (week: string) => {
      const place = numberOf(week);
      const month = dates.monthYear(mondayDate(week));
      return language === 'ko' ? `${month} ${place}주차` : `${month}, week ${place}`;
    },
    /** A week's name in two short lines, for the head of a narrow column. */
    weekLines: (week: string) => {
      const place = numberOf(week);
      return [dates.monthShort(mondayDate(week)), language === 'ko' ? `${place}주` : `w${place}`] as const;
    },
    weekSpan: (week: string) => span().formatRange(mondayDate(week), sundayDate(week)),
    weekday: dates.weekday,
    month: (month: string) => dates.month(firstOf(month)),
    monthShort: (month: string) => dates.monthShort(firstOf(month)),
    /** A month on an axis; Januaries say the year. */
    monthTick: (month: string) =>
      month.endsWith('-01') ? dates.monthYearShort(firstOf(month)) : dates.monthShort(firstOf(month)),
    monthYear: (month: string) => dates.monthYear(firstOf(month)),
    /** The date at an instant, with its year. */
    date: (instant: number, timeZone: string) => whole(timeZone).format(instant),
    moment: (instant: number, timeZone: string) => dates.moment(wallClock(instant, timeZone)),
    /** How long ago, in seconds, minutes or hours. */
    ago: (milliseconds: number) => {
      const seconds = Math.round(milliseconds / 1000);
      if (seconds < 60) return relative().format(-Math.max(0, seconds), 'second');
      if (seconds < 3600) return relative().format(-Math.round(seconds / 60), 'minute');
      return relative().format(-Math.round(seconds / 3600), 'hour');
    },
  };
});
