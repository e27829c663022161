import type { MemberWeek, MonthMember, WeekSnapshot } from './contract.ts';

/** What somebody did in a month. */
type Counts = Omit<MonthMember, 'challenger'>;

/** What each author did in the weeks of a month, by id: all that a month's snapshot tells of them, except who is a challenger. */
export const memberRows = (weeks: readonly WeekSnapshot[]): Counts[] => {
  const rows = new Map<string, Counts>();
  for (const week of weeks)
    for (const [id, cell] of cellsOf(week)) {
      let row = rows.get(id);
      if (!row) rows.set(id, (row = { id, posts: 0, likes: 0, weeks: {} }));
      row.posts += cell.posts;
      row.likes += cell.likes;
      row.weeks[week.week] = cell;
    }
  return [...rows.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
};

/** A week's snapshot is replaced and never changed, so what it says of each author is remembered. */
const cells = new WeakMap<WeekSnapshot, ReadonlyMap<string, MemberWeek>>();

const cellsOf = (week: WeekSnapshot): ReadonlyMap<string, MemberWeek> => {
  const known = cells.get(week);
  if (known) return known;
  const byAuthor = new Map<string, MemberWeek>();
  for (const { author, likes, late } of week.posts) {
    let cell = byAuthor.get(author);
    if (!cell) byAuthor.set(author, (cell = { posts: 0, likes: 0, late: 0 }));
    cell.posts += 1;
    cell.likes += likes;
    if (late) cell.late += 1;
  }
  cells.set(week, byAuthor);
  return byAuthor;
};

/** Whose rows in a month differ. */
export const changedRows = (before: readonly MonthMember[], after: readonly MonthMember[]): string[] =>
  differing(before, after, (last, row) => sameCounts(last, row) && last.challenger === row.challenger);

/** Whose counts in a month differ, whoever is a challenger. */
export const changedCounts = (before: readonly Counts[], after: readonly Counts[]): string[] =>
  differing(before, after, sameCounts);

const differing = <Row extends Counts>(
  before: readonly Row[],
  after: readonly Row[],
  isSame: (last: Row, row: Row) => boolean,
): string[] => {
  const last = new Map(before.map((row) => [row.id, row]));
  const changed: string[] = [];
  for (const row of after) {
    const own = last.get(row.id);
    if (!own || !isSame(own, row)) changed.push(row.id);
    last.delete(row.id);
  }
  return [...changed, ...last.keys()];
};

const sameCounts = (last: Counts, row: Counts): boolean =>
  last.posts === row.posts &&
  last.likes === row.likes &&
  Object.keys(last.weeks).length === Object.keys(row.weeks).length &&
  Object.entries(row.weeks).every(([week, cell]) => sameCell(last.weeks[week], cell));

const sameCell = (last: MemberWeek | undefined, cell: MemberWeek): boolean =>
  last !== undefined && last.posts === cell.posts && last.likes === cell.likes && last.late === cell.late;
