// A name is found while it is typed: by its first consonants (ㄱㅅㅇ), and by a syllable that has no end yet (기 finds 김).
const INITIALS = [...'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'];
const FIRST = 0xac00;
const LAST = 0xd7a3;
const ENDINGS = 28;
const PER_INITIAL = 21 * ENDINGS;

/** The place of a syllable among the 11,172 that Unicode has in order, or undefined for what is none. */
const placeOf = (letter: string): number | undefined => {
  const code = letter.codePointAt(0) ?? 0;
  return code >= FIRST && code <= LAST ? code - FIRST : undefined;
};

/** The consonant that a syllable begins with; any other letter as it is. */
export const initialOf = (letter: string): string => {
  const place = placeOf(letter);
  return place === undefined ? letter : (INITIALS[Math.floor(place / PER_INITIAL)] ?? letter);
};

const fits = (typed: string, letter: string): boolean => {
  if (typed === letter || typed === initialOf(letter)) return true;
  const [begun, whole] = [placeOf(typed), placeOf(letter)];
  if (begun === undefined || whole === undefined || begun % ENDINGS !== 0) return false;
  return whole - begun > 0 && whole - begun < ENDINGS;
};

const lettersOf = (text: string): string[] => Array.from(text.normalize('NFC').toLowerCase().replace(/\s+/g, ''));

/** Whether what is typed is somewhere in a name: letters of any case, first consonants, and syllables that lack their end. */
export const isFound = (typed: string, name: string): boolean => {
  const [wanted, letters] = [lettersOf(typed), lettersOf(name)];
  return letters.length === 0
    ? wanted.length === 0
    : letters.some((_, start) => wanted.every((letter, place) => fits(letter, letters[start + place] ?? '')));
};
