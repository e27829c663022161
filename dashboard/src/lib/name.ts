const HANGUL = /\p{Script=Hangul}/u;
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu;
const HUES = 12;

/** A letter or two for a face: the given name's first of a Korean name, so that a face does not say the name twice; else of two words. */
export const initials = (name: string): string => {
  const words = name
    .replace(INVISIBLE, '')
    .trim()
    .split(/[\s._-]+/)
    .filter(Boolean);
  const [first = '?', second] = words;
  const letters = Array.from(first);
  if (HANGUL.test(first)) return letters.at(letters.length === 3 || letters.length === 4 ? -2 : 0) ?? '';
  const [initial = '?'] = letters;
  const [next = ''] = Array.from(second ?? '');
  return `${initial}${next}`.toUpperCase();
};

/** The name, or the id of whoever has none that can be seen. */
export const nameOr = (name: string | undefined, id: string): string => {
  const visible = name?.replace(INVISIBLE, '').trim();
  return name === undefined || visible === '' ? id : name;
};

/** A hue (degrees) that stays the same for an id, out of a dozen that can be told apart. */
export const hueOf = (id: string): number => {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return (sum % HUES) * (360 / HUES);
};
