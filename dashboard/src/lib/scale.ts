const STEPS = [1, 2, 5, 10];

/** Round numbers from 0 to at least `max`, about `count` of them, never fractions: what is counted here is whole. */
export const ticks = (max: number, count = 3): number[] => {
  const rough = Math.max(max, 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, (STEPS.find((size) => size * power >= rough) ?? 10) * power);
  const last = Math.ceil(Math.max(max, 1) / step);
  return Array.from({ length: last + 1 }, (_, index) => index * step);
};

/** Maps 0…max to from…to. */
export const linear =
  (max: number, from: number, to: number) =>
  (value: number): number =>
    max === 0 ? from : from + (value / max) * (to - from);

/** Neighbours with the same key, as runs with the places at which they begin and end (exclusive). */
export const runs = <Item>(items: readonly Item[], key: (item: Item) => string): Run[] => {
  const found: Run[] = [];
  items.forEach((item, place) => {
    const last = found.at(-1);
    if (last?.key === key(item)) last.end = place + 1;
    else found.push({ key: key(item), start: place, end: place + 1 });
  });
  return found;
};

/** A run of neighbours. */
export interface Run {
  key: string;
  start: number;
  end: number;
}
