import { mondayOf, plusWeeks, type Week } from '../events/week.ts';

/** The holidays whose weeks can rest, by their days of the Korean lunisolar calendar: month/day. */
const HOLIDAYS: Readonly<Record<string, string>> = { '1/1': 'seollal', '8/15': 'chuseok' };

let koreanDay: Intl.DateTimeFormat | undefined;

/** A date's day of the Korean lunisolar calendar: `8/15`; in a leap month, whose number is that of the month before, `6bis/2`. */
const koreanDayOf = (date: number): string => {
  // The calendar is reckoned by Korea's sky; UTC only says which date is meant, so that no time zone of ours can move it.
  koreanDay ??= new Intl.DateTimeFormat('en-u-ca-dangi-nu-latn', { timeZone: 'UTC', month: 'numeric', day: 'numeric' });
  const parts = koreanDay.formatToParts(date);
  const part = (name: string) => parts.find(({ type }) => type === name)?.value;
  return `${part('month')}/${part('day')}`;
};

const holidayWeeks = new Map<string, ReadonlyMap<string, Week>>();

/** The weeks of a year's holidays. Neither is ever near the turn of a year, so a week's year is its holiday's. */
const holidayWeeksOf = (year: string): ReadonlyMap<string, Week> => {
  const found = new Map<string, Week>();
  for (let week = `${year}-W01`; week.startsWith(year); week = plusWeeks(week, 1)) {
    const monday = mondayOf(week);
    for (let day = 0; day < 7; day += 1) {
      const holiday = HOLIDAYS[koreanDayOf(Date.UTC(monday.year, monday.month - 1, monday.day + day))];
      if (holiday) found.set(holiday, week);
    }
  }
  return found;
};

/**
 * Says whether a challenge's `schedule.rest` makes a week one of rest. Each entry of `rest` names a week (`2024-W52`), or a Korean holiday,
 * `seollal` (lunar 1/1) or `chuseok` (lunar 8/15), whose day lies in the week, Monday to Sunday, whatever the challenge's time zone.
 */
export const ruleRests = (rest: readonly string[], week: Week): boolean => {
  if (rest.length === 0) return false;
  if (rest.includes(week)) return true;
  if (!Object.values(HOLIDAYS).some((holiday) => rest.includes(holiday))) return false;
  const year = week.slice(0, 4);
  let weeks = holidayWeeks.get(year);
  if (!weeks) holidayWeeks.set(year, (weeks = holidayWeeksOf(year)));
  return rest.some((entry) => weeks.get(entry) === week);
};
