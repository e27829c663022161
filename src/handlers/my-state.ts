import { secondsOf, type Ts } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, plusWeeks, type Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { MonthRows, WeekRow } from '../projections/month-rows.ts';
import { joinMonthsFor, type SeasonPerson } from '../projections/season-people.ts';
import type { ChosenSettings } from '../projections/settings.ts';
import { type Run, runOf, type SeasonWeek } from '../projections/streak.ts';
import { SETTINGS, type SettingKey } from './command.ts';

/** What a week was to somebody: `rest` for one that ends no run of theirs, or is of rest for all. */
export type Square = 'written' | 'rest' | 'none';

const MOST_SQUARES = 13;

/** What somebody is told of themselves when they ask. It is a picture of what stands, and no event. */
export interface MyState {
  week: Week;
  /** The ts of the week's first weekly post; missing while it is not open. */
  openedAt?: Ts;
  /** Until when one may write for the week: the second at which it is over. */
  until: number;
  /** Whether the week was extended: then it does not end as every week. */
  isExtended: boolean;
  /** How many posts of theirs count in the week. */
  posts: number;
  /** What else is to be known of the week while nothing of theirs counts in it. */
  stands?: 'rest week' | 'excused' | 'plans to rest' | 'plans to write';
  /** The weeks written in the run that goes on; 0 when none does. */
  run: number;
  /** The week before was not written, and the run goes over it. */
  isLastWeekKept: boolean;
  /** A week off now would keep the run. Only where this week is neither written nor of rest. */
  mayRest: boolean;
  /** The last 13 weeks up to the present one, as far as they are open, ascending. */
  squares: Square[];
  month: Month;
  /** The weeks of the month in which something of theirs counts. */
  weeksInMonth: number;
  /** What each setting is: as they chose it, else as it is for all. */
  settings: Record<SettingKey, string>;
  /** What each setting can be; missing where the challenge sends nothing of its kind to anybody. */
  choices: Partial<Record<SettingKey, readonly string[]>>;
}

/**
 * Somebody's state at an instant, from the private rows of the season's months, each once, in any order. What they never did or chose may
 * be missing everywhere. `settings` are those of all months, also of such as have no rows here.
 */
export const myState = (
  challenge: Challenge,
  user: string,
  at: Ts,
  months: readonly MonthRows[],
  settings: ChosenSettings = {},
): MyState => {
  const calendar = calendarOf(challenge.timeZone);
  const week = calendar.weekOf(at);
  const { weeks, person } = joinMonthsFor(user, months, settings);
  const season = seasonOf(weeks, person, week);
  const run = runOf(season, challenge.rules.streak.between);
  const row = weeks.get(week);
  const posts = person.posts.get(week)?.count ?? 0;
  const stands = posts > 0 ? undefined : standing(row, person, week);
  return {
    week,
    ...(row?.openedAt ? { openedAt: row.openedAt } : {}),
    until: row?.until ? secondsOf(row.until) : calendar.beginningOf(plusWeeks(week, 1)),
    isExtended: row?.until !== undefined,
    posts,
    ...(stands ? { stands } : {}),
    run: run.current,
    isLastWeekKept: run.current > 0 && isKept(run, season.filter((each) => each.week < week).at(-1)?.week),
    mayRest: posts === 0 && stands !== 'rest week' && stands !== 'excused' && mayRest(season, week, run, challenge),
    squares: season.slice(-MOST_SQUARES).map((each) => squareOf(each, run)),
    month: monthOf(week),
    weeksInMonth: [...person.posts.keys()].filter((each) => monthOf(each) === monthOf(week)).length,
    settings: settingsOf(challenge, person),
    choices: choicesOf(challenge),
  };
};

/** The open weeks up to the present one, as a run is made of them. */
const seasonOf = (weeks: ReadonlyMap<Week, WeekRow>, { posts, excused }: SeasonPerson, present: Week): SeasonWeek[] =>
  [...weeks]
    .filter(([week, { openedAt }]) => openedAt && week <= present)
    .map(([week, { rest = false }]) => ({ week, written: posts.has(week), rests: rest, excused: excused.has(week) }));

const standing = (row: WeekRow | undefined, { plans, excused }: SeasonPerson, week: Week): MyState['stands'] => {
  if (row?.rest) return 'rest week';
  if (excused.has(week)) return 'excused';
  const plan = plans.get(week)?.plan;
  if (plan === 'rest') return 'plans to rest';
  return plan === 'write' ? 'plans to write' : undefined;
};

const squareOf = ({ week, written, rests }: SeasonWeek, run: Run): Square => {
  if (written) return 'written';
  return rests || Object.hasOwn(run.rests, week) ? 'rest' : 'none';
};

const isKept = ({ rests }: Run, week: Week | undefined): boolean => week !== undefined && rests[week] === 'kept';

/** Whether a run is as long when the present week is over and nothing was written in it. */
const mayRest = (season: readonly SeasonWeek[], week: Week, run: Run, { rules }: Challenge): boolean => {
  const next = { week: plusWeeks(week, 1), written: false, rests: false, excused: false };
  const later = runOf([...season, next], rules.streak.between);
  return season.at(-1)?.week === week && run.current > 0 && later.current === run.current && isKept(later, week);
};

/** Whether a challenge sends anything that a setting is about, to whoever does not switch it off. */
export const sendsAny = (key: SettingKey, { notify }: Pick<Challenge, 'notify'>): boolean => {
  if (key === 'likes') return true;
  return key === 'remind' ? notify.remind !== 'off' : hasNotes(notify);
};

const hasNotes = ({ note, comeback, firststep }: Challenge['notify']): boolean =>
  [note, comeback, firststep].some((each) => each !== 'off');

const choicesOf = (challenge: Challenge): MyState['choices'] => ({
  ...(sendsAny('remind', challenge) ? { remind: SETTINGS.remind } : {}),
  likes: SETTINGS.likes,
  ...(sendsAny('notes', challenge) ? { notes: SETTINGS.notes } : {}),
});

const settingsOf = (challenge: Challenge, { settings }: SeasonPerson): MyState['settings'] => {
  const own = (key: SettingKey, otherwise: string): string => settings.get(key)?.value ?? otherwise;
  // What a challenge does not send, nobody can switch on.
  const ifSent = (key: 'remind' | 'notes'): string =>
    sendsAny(key, challenge) ? own(key, SETTINGS[key][0] as string) : 'off';
  return { remind: ifSent('remind'), likes: own('likes', challenge.notify.likes), notes: ifSent('notes') };
};
