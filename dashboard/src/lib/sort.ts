/** What tables are sorted by. */
export type Column = 'name' | 'weeks' | 'posts' | 'likes';

/** An order of a table: by a column; names begin at the first, numbers at the most, `turned` the other way round. */
export interface Sorting {
  by: Column;
  turned: boolean;
}

/** What a row is sorted by. */
export interface Sortable {
  id: string;
  name: string;
  weeks: number;
  posts: number;
  likes: number;
}

const COLUMNS: readonly string[] = ['name', 'weeks', 'posts', 'likes'];

const isColumn = (word: string): word is Column => COLUMNS.includes(word);

/** Reads `likes`, or `-likes` for the other way round; anything else is by weeks. */
export const sortingIn = (word: string | undefined): Sorting => {
  const turned = word?.startsWith('-') ?? false;
  const by = turned ? word?.slice(1) : word;
  return by !== undefined && isColumn(by) ? { by, turned } : { by: 'weeks', turned: false };
};

/** As `sortingIn` reads it. */
export const sortingWord = ({ by, turned }: Sorting): string => `${turned ? '-' : ''}${by}`;

/** What a press on a column's head asks for: another column, or the same the other way round. */
export const pressed = (sorting: Sorting, by: Column): Sorting => ({
  by,
  turned: sorting.by === by ? !sorting.turned : false,
});

/** How a column is sorted, in the words of `aria-sort`. */
export const ariaSort = (sorting: Sorting, by: Column): 'ascending' | 'descending' | 'none' => {
  if (sorting.by !== by) return 'none';
  return (by === 'name') === sorting.turned ? 'descending' : 'ascending';
};

const NUMBERS = ['weeks', 'likes', 'posts'] as const;

/** The rows in an order; rows that are equal in it are told apart by weeks, likes and posts, and at last by their ids. */
export const sorted = <Row extends Sortable>(rows: readonly Row[], { by, turned }: Sorting, locale: string): Row[] => {
  const byName = new Intl.Collator(locale).compare;
  const compare = (a: Row, b: Row): number => (by === 'name' ? byName(a.name, b.name) : b[by] - a[by]);
  const rest = (a: Row, b: Row): number =>
    NUMBERS.reduce((found, number) => found || b[number] - a[number], 0) || (a.id < b.id ? -1 : 1);
  return rows.toSorted((a, b) => (turned ? compare(b, a) : compare(a, b)) || rest(a, b));
};
