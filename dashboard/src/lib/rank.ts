/** A row with its place; equal scores share one, and the next place is left out (1, 2, 2, 4). */
export interface Ranked<Row> {
  rank: number;
  row: Row;
}

/** Ranks rows by score, highest first; rows with equal scores keep the order of their ids. */
export const ranked = <Row extends { id: string }>(
  rows: readonly Row[],
  score: (row: Row) => number,
): Ranked<Row>[] => {
  const sorted = [...rows].sort((a, b) => score(b) - score(a) || (a.id < b.id ? -1 : 1));
  let rank = 1;
  return sorted.map((row, place) => {
    const before = sorted[place - 1];
    if (before === undefined || score(before) !== score(row)) rank = place + 1;
    return { rank, row };
  });
};

/** Adds up posts and likes per member. */
export const sumByAuthor = (posts: readonly { author: string; likes: number }[]): MemberScore[] => {
  const sums = new Map<string, MemberScore>();
  for (const { author, likes } of posts) {
    const sum = sums.get(author) ?? { id: author, posts: 0, likes: 0 };
    sums.set(author, { id: author, posts: sum.posts + 1, likes: sum.likes + likes });
  }
  return [...sums.values()];
};

/** What a member has in a ranking. */
export interface MemberScore {
  id: string;
  posts: number;
  likes: number;
}
