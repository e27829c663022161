/** Things in the order of their ranks, the smallest first; putting and taking cost the logarithm of how many there are. */
export interface Heap<Rank, Value> {
  push(rank: Rank, value: Value): void;
  first(): { rank: Rank; value: Value } | undefined;
  pop(): void;
}

interface Item<Rank, Value> {
  rank: Rank;
  value: Value;
}

/** An empty heap. */
export const heap = <Rank extends string | number, Value>(): Heap<Rank, Value> => {
  const items: Item<Rank, Value>[] = [];
  const at = (position: number) => items[position] as Item<Rank, Value>;

  /** Puts an item into a hole, or above it: what is larger moves down. */
  const rise = (item: Item<Rank, Value>, from: number): void => {
    let hole = from;
    for (let parent = (hole - 1) >> 1; hole > 0 && item.rank < at(parent).rank; parent = (hole - 1) >> 1) {
      items[hole] = at(parent);
      hole = parent;
    }
    items[hole] = item;
  };

  /** Puts an item into a hole, or below it: what is smaller moves up. */
  const sink = (item: Item<Rank, Value>, from: number): void => {
    let hole = from;
    for (let child = 2 * hole + 1; child < items.length; child = 2 * hole + 1) {
      if (child + 1 < items.length && at(child + 1).rank < at(child).rank) child += 1;
      if (at(child).rank >= item.rank) break;
      items[hole] = at(child);
      hole = child;
    }
    items[hole] = item;
  };

  return {
    push: (rank, value) => rise({ rank, value }, items.length),
    first: () => items[0],
    pop: () => {
      const last = items.pop();
      if (last && items.length > 0) sink(last, 0);
    },
  };
};
