/** How many letters must be typed otherwise (put in, left out, or another) to make one text of the other. */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (let to = 1; to <= other.length; to++) {
      const same = (row[to - 1] as number) + (letter === other[to - 1] ? 0 : 1);
      next.push(Math.min(same, (row[to] as number) + 1, (next[to - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
};

/** The known name that somebody may have meant; undefined where none is near. Large and small letters are the same. */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  const typed = name.toLowerCase();
  const [best] = known
    .map((each) => ({ each, slips: distance(typed, each.toLowerCase()) }))
    .sort((one, other) => one.slips - other.slips);
  if (best && best.slips <= Math.max(2, Math.floor(typed.length / 3))) return best.each;
  return typed.length < 3 ? undefined : known.find((each) => each.toLowerCase().includes(typed));
};
