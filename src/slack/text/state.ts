import { calendarOf } from '../../events/week.ts';
import type { SettingKey } from '../../handlers/command.ts';
import type { MyState } from '../../handlers/my-state.ts';
import type { Challenge } from '../../projections/challenge.ts';
import { monthLabel, weekLabel } from '../../projections/label.ts';
import { enState } from './en-state.ts';
import { koState } from './ko-state.ts';
import { safeLink } from './safe.ts';
import type { StateWords } from './state-words.ts';

/** The words of each language. */
export const STATE_WORDS: Record<'ko' | 'en', StateWords> = { ko: koState, en: enState };

type Spoken = Pick<Challenge, 'locale' | 'timeZone'>;

/** Somebody's state in a few lines. `thread`: the address of the week's thread. Nothing is said of what is zero. */
export const stateText = (state: MyState, thread: string | undefined, challenge: Spoken): string =>
  [aboutMe(state, thread, challenge), settingsLine(state, STATE_WORDS[challenge.locale])].join('\n');

/** The same without their settings. */
export const aboutMe = (state: MyState, thread: string | undefined, challenge: Spoken): string =>
  [weekLine(state, thread, challenge), ...mineLines(state, challenge)].join('\n');

/** The week, until when one may write for it, and where. */
const weekLine = (state: MyState, thread: string | undefined, { locale, timeZone }: Spoken): string => {
  const words = STATE_WORDS[locale];
  const parts = [`*${weekLabel(state.week, locale)}*`, words.deadline(endOf(state, timeZone))];
  return [...parts, ...(thread ? [safeLink(thread, words.thread)] : [])].join(' · ');
};

const endOf = ({ isExtended, until }: MyState, timeZone: string): Parameters<StateWords['deadline']>[0] => {
  if (!isExtended) return undefined;
  const wall = new Date(calendarOf(timeZone).wallClock(until) * 1000);
  return { month: wall.getUTCMonth() + 1, day: wall.getUTCDate(), time: wall.toISOString().slice(11, 16) };
};

/** What they did in the week and in the month, and how their run is. */
const mineLines = (state: MyState, { locale }: Spoken): string[] => {
  const words = STATE_WORDS[locale];
  const { openedAt, posts, stands, run, isLastWeekKept, mayRest, weeksInMonth } = state;
  const ofWeek = posts > 0 ? words.written(posts) : stands ? words.stands[stands] : words.notYet;
  return [
    ...(!openedAt && posts === 0 ? [words.notOpen] : []),
    ...(openedAt || stands ? [ofWeek] : []),
    ...(run > 0 ? [words.run(run)] : []),
    ...(isLastWeekKept ? [words.lastWeekKept] : []),
    ...(mayRest ? [words.mayRest] : []),
    ...(weeksInMonth > 0 ? [words.monthSoFar(monthLabel(state.month, locale), weeksInMonth)] : []),
  ];
};

const settingsLine = ({ settings }: MyState, { keys, values }: StateWords): string =>
  (Object.entries(settings) as [SettingKey, string][])
    .map(([key, value]) => `${keys[key]}: ${values[`${key}.${value}`]}`)
    .join(' · ');
