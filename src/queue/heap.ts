/** Things in the order of their ranks, the smallest first; putting and taking cost the logarithm of how many there are. */
export interface Heap<Rank, Value> {
  push(rank: Rank, value: Value): void;
  first(): { rank: Rank; value: Value } | undefined;
  pop(): void;
}

/** An empty heap. */
export const heap = <Rank extends string | number, Value>(): Heap<Rank, Value> => {
  const items: { rank: Rank; value: Value }[] = [];

  const smaller = (left: number, right: number): boolean => {
    const [one, other] = [items[left], items[right]];
    return one !== undefined && other !== undefined && one.rank < other.rank;
  };

  const swap = (left: number, right: number): void => {
    const [one, other] = [items[left], items[right]];
    if (one && other) [items[left], items[right]] = [other, one];
  };

  const sink = (from: number): void => {
    for (let at = from; ; ) {
      const child = smaller(2 * at + 2, 2 * at + 1) ? 2 * at + 2 : 2 * at + 1;
      if (!smaller(child, at)) return;
      swap(at, child);
      at = child;
    }
  };

  return {
    push: (rank, value) => {
      items.push({ rank, value });
      for (let at = items.length - 1; at > 0 && smaller(at, (at - 1) >> 1); at = (at - 1) >> 1) swap(at, (at - 1) >> 1);
    },
    first: () => items[0],
    pop: () => {
      swap(0, items.length - 1);
      items.pop();
      sink(0);
    },
  };
};
