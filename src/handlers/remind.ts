import { calendarOf } from '../events/week.ts';
import type { SeasonPerson } from '../projections/season-people.ts';
import { countedBefore, isTold, timesTold } from './lapse.ts';
import { lotOf } from './lot.ts';
import type { Decider, PersonalScene } from './personal.ts';

/** So often in a lapse; then silence. */
const MOST = 2;
/** Who wrote in one of so many counted weeks is still there. */
const LATELY_WEEKS = 4;
/** So many different wordings there are. */
const WORDINGS = 4;

/** What a reminder's `says.shows` has: which wording it is. */
export const wordingShown = (wording: number): string => `wording-${wording}`;

/** Asks who wrote lately, or planned to, for this week's post: on Saturday, or on Sunday who mostly writes late. */
export const remind: Decider = (scene) => {
  const { person, slot, people } = scene;
  const { week } = slot;
  if (person.settings.get('remind')?.value === 'off' || slot.name !== dayFor(scene) || person.posts.has(week))
    return undefined;
  const isPlanned = person.plans.get(week)?.plan === 'write';
  const lately = countedBefore(people, week).slice(-LATELY_WEEKS);
  const isAwaited = lately.some((each) => person.posts.has(each)) && !person.excused.has(week);
  if ((!isPlanned && !isAwaited) || timesTold(person, 'remind', week) >= MOST) return undefined;
  return { kind: 'remind', why: isPlanned ? 'planned to write' : 'wrote lately', wording: wordingFor(scene) };
};

/** The day on which somebody is reminded. */
const dayFor = ({ challenge, person, slot }: PersonalScene): 'saturday' | 'sunday' => {
  const own = person.settings.get('remind')?.value;
  if (own === 'sat' || own === 'sun') return own === 'sat' ? 'saturday' : 'sunday';
  return writesLate(challenge.timeZone, person, slot.week) ? 'sunday' : 'saturday';
};

const LATE_HOURS = 130;
const [ENOUGH_WEEKS, LAST_WEEKS] = [2, 4];

/** Whether the first posts of the last four written weeks mostly came later than 130 hours after their week's beginning. */
const writesLate = (timeZone: string, { posts }: SeasonPerson, week: string): boolean => {
  const calendar = calendarOf(timeZone);
  const before = [...posts].filter(([each]) => each < week).slice(-LAST_WEEKS);
  const hours = before.map(([each, { first }]) => (Number(first) - calendar.beginningOf(each)) / 3600);
  return before.length >= ENOUGH_WEEKS && medianOf(hours) > LATE_HOURS;
};

/** The middle, or the mean of the middle two. */
const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((left, right) => left - right);
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  return ((sorted[low] ?? 0) + (sorted[high] ?? 0)) / 2;
};

/** Which wording somebody gets: by lot, but never the last one again. */
const wordingFor = ({ challenge, person, slot }: PersonalScene): number => {
  const drawn = Math.floor(lotOf('wording', challenge.channel, person.user, slot.week) * WORDINGS);
  const last = person.told.findLast((told) => told.kind === 'remind' && isTold(told) && told.week !== slot.week);
  return last?.shows === wordingShown(drawn) ? (drawn + 1) % WORDINGS : drawn;
};
