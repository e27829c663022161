import { isTs, type Ts } from '../events/timestamp.ts';
import { calendarOf, mondayOf } from '../events/week.ts';
import { printable } from './shell.ts';
import { Told } from './told.ts';

/** An instant as it was given; which one a day or a clock time is depends on the challenge's time zone. */
export type GivenTime = (timeZone: string) => Ts;

const FORM = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Reads a time: a day, a day and a clock time (in the challenge's time zone unless it names its own), seconds since 1970 or a Slack
 * timestamp. A day alone is its first instant or its last. Anything else is refused: what a date such as 08/11/2024 means is a guess.
 */
export const parseTime =
  (option: string, { day }: { day: 'begins' | 'ends' }) =>
  (text: string): GivenTime => {
    const refuse = (): never => {
      throw new Told((errors) => errors.time(option, printable(text)));
    };
    if (isTs(text)) return () => text;
    if (/^\d{9,10}$/.test(text)) return () => `${text}.000000`;
    const [, year, month, date, hour, minute, second = '00', zone] = FORM.exec(text) ?? refuse();
    const midnight = Date.UTC(Number(year), Number(month) - 1, Number(date));
    if (new Date(midnight).toISOString().slice(0, 10) !== `${year}-${month}-${date}`) refuse();
    if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second) > 59) refuse();
    if (zone) {
      const seconds = Date.parse(`${year}-${month}-${date}T${hour}:${minute}:${second}${zone}`) / 1000;
      return Number.isFinite(seconds) ? () => `${seconds}.000000` : refuse();
    }
    const at = (days: number, timeZone: string): number =>
      localInstant(midnight / 1000 + days * 86_400, Number(hour ?? 0), Number(minute ?? 0), timeZone);
    if (hour) return (timeZone) => `${at(0, timeZone) + Number(second)}.000000`;
    return (timeZone) => (day === 'begins' ? `${at(0, timeZone)}.000000` : `${at(1, timeZone) - 1}.999999`);
  };

/** The instant of a clock time in a zone; the day is given by its midnight in UTC, in seconds. */
const localInstant = (midnight: number, hour: number, minute: number, timeZone: string): number => {
  const week = calendarOf('UTC').weekAt(midnight);
  const { year, month, day } = mondayOf(week);
  const days = (midnight - Date.UTC(year, month - 1, day) / 1000) / 86_400;
  return calendarOf(timeZone).instant(week, days, hour, minute);
};
