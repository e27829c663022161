import { MONTH_NAMES } from '../../../src/events/week.ts';
import type { Language } from './preferences.svelte.ts';

/**
 * Dates as `Intl` writes them, which a test holds them to for every day of many years. The page's first use of `Intl` costs a phone a
 * fifth of a second before anything is drawn, so what the first view shows does without. All dates are read in UTC (milliseconds).
 */
export interface Dates {
  /** 11월 7일 목요일, Thursday, Nov 7. */
  day(date: number): string;
  /** 목, T. */
  weekday(date: number): string;
  month(date: number): string;
  monthShort(date: number): string;
  monthYear(date: number): string;
  monthYearShort(date: number): string;
  /** 11월 7일 (목) 오후 2:05, Thu, Nov 7, 2:05 PM. */
  moment(instant: number): string;
}

const KOREAN_WEEKDAYS = [...'일월화수목금토'];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const partsOf = (date: number) => {
  const at = new Date(date);
  const hours = at.getUTCHours();
  const clock = `${hours % 12 || 12}:${String(at.getUTCMinutes()).padStart(2, '0')}`;
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth(),
    day: at.getUTCDate(),
    weekday: at.getUTCDay(),
    clock,
    isMorning: hours < 12,
  };
};

const monthOf = (date: number): string => MONTH_NAMES[new Date(date).getUTCMonth()] ?? '';
const koreanMonth = (date: number): string => `${new Date(date).getUTCMonth() + 1}월`;
const koreanMonthYear = (date: number): string => `${new Date(date).getUTCFullYear()}년 ${koreanMonth(date)}`;

const ko: Dates = {
  day: (date) => {
    const { month, day, weekday } = partsOf(date);
    return `${month + 1}월 ${day}일 ${KOREAN_WEEKDAYS[weekday]}요일`;
  },
  weekday: (date) => KOREAN_WEEKDAYS[partsOf(date).weekday] ?? '',
  month: koreanMonth,
  monthShort: koreanMonth,
  monthYear: koreanMonthYear,
  monthYearShort: koreanMonthYear,
  moment: (instant) => {
    const { month, day, weekday, isMorning, clock } = partsOf(instant);
    return `${month + 1}월 ${day}일 (${KOREAN_WEEKDAYS[weekday]}) ${isMorning ? '오전' : '오후'} ${clock}`;
  },
};

const en: Dates = {
  day: (date) => {
    const { day, weekday } = partsOf(date);
    return `${WEEKDAYS[weekday]}, ${monthOf(date).slice(0, 3)} ${day}`;
  },
  weekday: (date) => (WEEKDAYS[partsOf(date).weekday] ?? '').slice(0, 1),
  month: monthOf,
  monthShort: (date) => monthOf(date).slice(0, 3),
  monthYear: (date) => `${monthOf(date)} ${partsOf(date).year}`,
  monthYearShort: (date) => `${monthOf(date).slice(0, 3)} ${partsOf(date).year}`,
  moment: (instant) => {
    const { day, weekday, isMorning, clock } = partsOf(instant);
    const name = (WEEKDAYS[weekday] ?? '').slice(0, 3);
    return `${name}, ${monthOf(instant).slice(0, 3)} ${day}, ${clock} ${isMorning ? 'AM' : 'PM'}`;
  },
};

/** The dates of a language. */
export const datesIn = (language: Language): Dates => (language === 'ko' ? ko : en);

/** A whole number with its thousands marked, as Korean and English both do. */
export const grouped = (value: number): string => String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
