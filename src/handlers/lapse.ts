import { compareTs, laterTs, type Ts } from '../events/timestamp.ts';
import type { Week } from '../events/week.ts';
import type { PersonalKind } from '../projections/month-rows.ts';
import type { SeasonPeople, SeasonPerson, Told } from '../projections/season-people.ts';

/** The weeks before one that count: open, and not of rest. Ascending. */
export const countedBefore = ({ weeks }: SeasonPeople, week: Week): Week[] =>
  [...weeks].flatMap(([each, { openedAt, rest }]) => (each < week && openedAt && !rest ? [each] : []));

/** The counted weeks before one that somebody has missed since the last week in which they wrote. None of who never wrote. */
export const missedBefore = (people: SeasonPeople, { posts, excused }: SeasonPerson, week: Week): Week[] => {
  const last = [...posts.keys()].at(-1);
  return last === undefined ? [] : countedBefore(people, week).filter((each) => each > last && !excused.has(each));
};

/** The last counted post of somebody. */
const lastPostOf = ({ posts }: SeasonPerson): Ts | undefined =>
  [...posts.values()].reduce<Ts | undefined>((last, post) => laterTs(last, post.last), undefined);

/** The settings by which somebody asks to be told something. */
const ASKS: Readonly<Record<string, readonly string[]>> = { remind: ['on', 'sat', 'sun'], notes: ['on'] };

/** When somebody last asked to be told something: they planned to write, or set it so. */
const lastChoiceOf = ({ plans, settings }: SeasonPerson): Ts | undefined => {
  const planned = [...plans.values()].flatMap(({ plan, at }) => (plan === 'write' ? [at] : []));
  const set = [...settings].flatMap(([key, { value, at }]) => (ASKS[key]?.includes(value) ? [at] : []));
  return [...planned, ...set].reduce<Ts | undefined>((last, at) => laterTs(last, at), undefined);
};

/** Since when what somebody is told is counted: their last counted post, or their last choice to be told. */
export const lapseSince = (person: SeasonPerson): Ts | undefined => laterTs(lastPostOf(person), lastChoiceOf(person));

/**
 * Whether asking to be told once more changes anything: by it what one is told is counted anew, so only after something was told. `value`
 * of `key` is asked for.
 */
export const asksAnew = (person: SeasonPerson, key: string, value: string): boolean => {
  const since = lapseSince(person);
  const counted = person.told.filter((told) => told.kind !== 'firststep' && isTold(told));
  return (
    ASKS[key]?.includes(value) === true && counted.some(({ at }) => since === undefined || compareTs(at, since) > 0)
  );
};

/** Whether a message reached somebody, as far as is known: of one that is unclear the worse is assumed. */
export const isTold = ({ became }: Told): boolean => became === 'delivered' || became === 'unclear';

/**
 * How often somebody was told something of a kind in this lapse, in other weeks than one: of a message of that week that may have come, or
 * not, it is decided again whether it is due.
 */
export const timesTold = (person: SeasonPerson, kind: PersonalKind, now: Week): number => {
  const since = lapseSince(person);
  const others = person.told.filter((told) => told.kind === kind && told.week !== now && isTold(told));
  return others.filter(({ at }) => since === undefined || compareTs(at, since) > 0).length;
};
