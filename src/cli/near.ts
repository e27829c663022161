/** How many letters must be put in, taken out or changed to make one text another. */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [above, letter] of [...one].entries()) {
    const next = [above + 1];
    for (let at = 1; at <= other.length; at++)
      next.push(
        Math.min(
          (row[at] as number) + 1,
          (next[at - 1] as number) + 1,
          (row[at - 1] as number) + (other[at - 1] === letter ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[other.length] as number;
};

/** Further away it is no slip of a finger. */
const FARTHEST = 2;

/** The texts that are nearest to one, if any could be meant by it: all that are as near. */
export const nearest = (text: string, known: readonly string[]): string[] => {
  const distances = known.map((each) => [each, distance(text, each)] as const);
  const least = Math.min(...distances.map(([, far]) => far));
  return least > FARTHEST ? [] : distances.filter(([, far]) => far === least).map(([each]) => each);
};
