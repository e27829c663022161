/** So many are followed at a time: the weeks of two months of two challenges. */
const FOLLOWED = 20;

/**
 * Makes something of a value that is replaced and never changed, and remembers it: of the value that takes the place of another under its
 * name it is made from what was made of that, so that it costs as much as has changed. `onward` makes what `anew` would, or gives undefined
 * where it cannot.
 */
export const createFollower = <In extends object, Out>(
  anew: (value: In) => Out,
  onward: (made: Out, last: In, value: In) => Out | undefined,
) => {
  const latest = new Map<string, { value: In; made: Out }>();
  return (name: string, value: In): Out => {
    const last = latest.get(name);
    if (last?.value === value) return last.made;
    const made = (last && onward(last.made, last.value, value)) ?? anew(value);
    latest.delete(name);
    latest.set(name, { value, made });
    if (latest.size > FOLLOWED) latest.delete(latest.keys().next().value as string);
    return made;
  };
};

/** A part of a table that is another than before; `was` is undefined where there was none. */
interface ChangedPart<Part> {
  key: string;
  was: Part | undefined;
  is: Part;
}

/** The parts of a table that are others than in `last`, where parts are replaced and never changed; undefined where some are gone. */
export const changedParts = <Part extends object>(
  last: Readonly<Record<string, Part>>,
  next: Readonly<Record<string, Part>>,
): ChangedPart<Part>[] | undefined => {
  if (last === next) return [];
  const changed: ChangedPart<Part>[] = [];
  let kept = 0;
  for (const key of Object.keys(next)) {
    const was = last[key];
    const is = next[key] as Part;
    if (was) kept += 1;
    if (was !== is) changed.push({ key, was, is });
  }
  return kept === Object.keys(last).length ? changed : undefined;
};
