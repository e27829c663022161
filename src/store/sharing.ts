type Parts = Record<string, unknown>;

/**
 * `next`, with every part that equals the corresponding part of `last` replaced by it; `last` itself when everything is equal. So whatever is
 * cached by the identity of a part (its text, how it was read) is found again. Neither argument is changed.
 */
export const sharing = <T>(last: unknown, next: T): T => {
  if (last === next) return next;
  if (typeof last !== 'object' || typeof next !== 'object' || last === null || next === null) return next;
  if (Array.isArray(last) !== Array.isArray(next)) return next;
  return (Array.isArray(next) ? sharedItems(last as unknown[], next) : sharedParts(last as Parts, next as Parts)) as T;
};

const sharedItems = (last: unknown[], next: unknown[]): unknown[] => {
  let equal = last.length === next.length;
  let copy: unknown[] | undefined;
  for (let position = 0; position < next.length; position++) {
    const was = last[position];
    const is = next[position];
    if (was === is) continue;
    const shared = sharing(was, is);
    if (shared !== was) equal = false;
    if (shared !== is) (copy ??= [...next])[position] = shared;
  }
  return equal ? last : (copy ?? next);
};

const sharedParts = (last: Parts, next: Parts): Parts => {
  const keys = Object.keys(next);
  let equal = keys.length === Object.keys(last).length;
  let copy: Parts | undefined;
  for (const key of keys) {
    const was = last[key];
    const is = next[key];
    if (was === is && (is !== undefined || Object.hasOwn(last, key))) continue;
    // What `last` has under this name may be no part of it.
    const shared = key === '__proto__' ? is : sharing(was, is);
    if (shared !== was || !Object.hasOwn(last, key)) equal = false;
    if (shared !== is) (copy ??= { ...next })[key] = shared;
  }
  return equal ? last : (copy ?? next);
};
