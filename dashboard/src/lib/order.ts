import type { PostRow } from '../../../src/projections/contract.ts';

/** The orders in which a week's posts can be read. */
export const orders = ['time', 'likes', 'unread'] as const;

/** An order of a week's posts; `unread`: the least liked first, as Friday's digest has it. */
export type Order = (typeof orders)[number];

const byTime = (a: PostRow, b: PostRow): number => (a.ts < b.ts ? -1 : 1);

/** A week's posts in an order; `time` is the snapshot's own. With `unread` an author's second post comes after everybody's first. */
export const inOrder = (posts: readonly PostRow[], order: Order): readonly PostRow[] => {
  if (order === 'time') return posts;
  if (order === 'likes') return posts.toSorted((a, b) => b.likes - a.likes || byTime(a, b));
  const leastLiked = posts.toSorted((a, b) => a.likes - b.likes || byTime(a, b));
  const seen = new Map<string, number>();
  const rounds = leastLiked.map((post) => {
    const round = seen.get(post.author) ?? 0;
    seen.set(post.author, round + 1);
    return { post, round };
  });
  return rounds.toSorted((a, b) => a.round - b.round).map(({ post }) => post);
};
