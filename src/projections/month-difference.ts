import { compareTs, type Ts } from '../events/timestamp.ts';
import type { Week } from '../events/week.ts';
import type { MonthView } from './month-view.ts';

/** How a post counts: for which week, in time or late. */
export interface Counting {
  week: Week;
  late: boolean;
}

/** A post that counts otherwise; null: it does not count. */
export interface PostDifference {
  ts: Ts;
  author: string;
  before: Counting | null;
  after: Counting | null;
}

/** Who is in a list, by id. */
export interface ListDifference {
  before: string[];
  after: string[];
}

const LISTS = {
  challengers: ({ snapshot }: MonthView) => snapshot.challengers.map(({ id }) => id),
  special: ({ snapshot }: MonthView) => snapshot.special,
  finishers: ({ snapshot }: MonthView) => (snapshot.finishers ?? []).map(({ id }) => id),
};

/** What two views of a month differ in: posts that count otherwise, by ts, and of the lists, those in which not the same people are. */
export type MonthDifference = { posts: PostDifference[] } & { [List in keyof typeof LISTS]?: ListDifference };

/** Compares two views of one month. */
export const differenceOf = (before: MonthView, after: MonthView): MonthDifference => {
  const difference: MonthDifference = { posts: postsThatDiffer(before, after) };
  for (const [name, of] of Object.entries(LISTS)) {
    const list = { before: of(before), after: of(after) };
    if (list.before.toSorted().join() !== list.after.toSorted().join()) difference[name as keyof typeof LISTS] = list;
  }
  return difference;
};

const postsThatDiffer = (before: MonthView, after: MonthView): PostDifference[] => {
  const [were, are] = [countingOf(before), countingOf(after)];
  const all = new Map([...were, ...are]);
  return [...all.keys()].sort(compareTs).flatMap((ts) => {
    const [was, is] = [were.get(ts), are.get(ts)];
    if (was?.week === is?.week && was?.late === is?.late) return [];
    const { author } = all.get(ts) as Counting & { author: string };
    return [{ ts, author, before: was ? counting(was) : null, after: is ? counting(is) : null }];
  });
};

const counting = ({ week, late }: Counting): Counting => ({ week, late });

const countingOf = ({ weekSnapshots }: MonthView): Map<Ts, Counting & { author: string }> =>
  new Map(
    weekSnapshots.flatMap(({ week, posts }) =>
      posts.map(({ ts, author, late }) => [ts, { week, late, author }] as const),
    ),
  );
