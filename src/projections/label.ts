import { MONTH_NAMES, type Month, mondayOf, numberOf, type Week } from '../events/week.ts';

/** What people call a week: `TIL 8월 1주차`, `TIL August, week 1`. */
export const weekLabel = (week: Week, locale: 'ko' | 'en'): string => {
  const { month } = mondayOf(week);
  return locale === 'ko'
    ? `TIL ${month}월 ${numberOf(week)}주차`
    : `TIL ${MONTH_NAMES[month - 1]}, week ${numberOf(week)}`;
};

/** What people call a month: `8월`, `August`. */
export const monthLabel = (month: Month, locale: 'ko' | 'en'): string => {
  const number = Number(month.slice(5));
  return locale === 'ko' ? `${number}월` : (MONTH_NAMES[number - 1] as string);
};
