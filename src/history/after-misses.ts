import type { Week } from '../events/week.ts';
import type { SeasonPeople, SeasonPerson } from '../projections/season-people.ts';
import type { Share } from './proportions.ts';

/** How often people wrote in a week, by how many weeks in a row they had missed before it. */
export type AfterMisses = Record<'0' | '1' | '2+', Share>;

/**
 * Of all counted weeks before one, from each person's first written week on. An excused week without a post, and a week of rest, are none;
 * but who writes in one has missed nothing after it.
 */
export const afterMisses = ({ weeks, people }: SeasonPeople, before: Week): AfterMisses => {
  const sum: AfterMisses = { '0': none(), '1': none(), '2+': none() };
  const over = [...weeks].filter(([week, { openedAt }]) => openedAt && week < before);
  for (const person of people.values()) {
    let missed: number | undefined; // Nothing before the first written week.
    for (const [week, { rest }] of over) {
      const wrote = person.posts.has(week);
      if (missed !== undefined && isTrial(person, week, rest)) {
        const share = sum[missed === 0 ? '0' : missed === 1 ? '1' : '2+'];
        share.of += 1;
        if (wrote) share.wrote += 1;
        else missed += 1;
      }
      if (wrote) missed = 0;
    }
  }
  return sum;
};

const none = (): Share => ({ of: 0, wrote: 0 });

const isTrial = ({ posts, excused }: SeasonPerson, week: Week, rest: true | undefined): boolean =>
  !rest && (posts.has(week) || !excused.has(week));

/** What is known of other challenges: the original's one season, and a public Korean study group of eight cohorts. */
export const BASELINES: {
  original: AfterMisses;
  studyGroup: Record<keyof AfterMisses, { part: number; of?: number }>;
} = {
  original: { '0': { wrote: 84, of: 101 }, '1': { wrote: 5, of: 17 }, '2+': { wrote: 3, of: 76 } },
  studyGroup: { '0': { part: 0.75 }, '1': { part: 0.27, of: 585 }, '2+': { part: 0.02, of: 2903 } },
};
