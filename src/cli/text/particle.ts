/** How digits are read, which decides how they end; in tens, hundreds and thousands a 0 ends in a consonant, too. */
const DIGITS = ['영', '일', '이', '삼', '사', '오', '육', '칠', '팔', '구'];

/** The letters of abbreviations, such as ID and URL, whose names end in a consonant; those of all others end in a vowel. */
const LETTERS: Record<string, string> = { L: '엘', M: '엠', N: '엔', R: '알' };

/** The last syllable of a word as it is read, its brackets and quotation marks left out; undefined where nobody knows how that is. */
const lastSyllable = (word: string): string | undefined => {
  const text = word.replace(/(\s*\([^()]*\))+$/, '').replace(/[\s"'”’\])]+$/, '');
  const last = text.normalize('NFC').at(-1) ?? '';
  if (/^\d$/.test(last)) return DIGITS[Number(last)];
  if (/(?<![A-Za-z])[A-Z]{2,}$/.test(text)) return LETTERS[last] ?? '이';
  return /^[가-힣]$/.test(last) ? last : undefined;
};

/** A word with its particle, such as 이 or 가; with both, as 이(가), where nobody knows how the word is read. */
const withParticle = (word: string, afterConsonant: string, afterVowel: string): string => {
  const syllable = lastSyllable(word);
  if (syllable === undefined) return `${word}${afterConsonant}(${afterVowel})`;
  const hasFinal = (syllable.charCodeAt(0) - 0xac00) % 28 > 0;
  return `${word}${hasFinal ? afterConsonant : afterVowel}`;
};

export const asSubject = (word: string): string => withParticle(word, '이', '가');
export const asObject = (word: string): string => withParticle(word, '을', '를');
export const asTopic = (word: string): string => withParticle(word, '은', '는');

/** Somebody by their name, politely. Some write 님 into their own name. */
export const asPerson = (name: string): string => (name.endsWith('님') ? name : `${name} 님`);
