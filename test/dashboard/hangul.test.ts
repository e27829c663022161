import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialOf, isFound } from '../../dashboard/src/lib/hangul.ts';

const syllable = fc.integer({ min: 0xac00, max: 0xd7a3 }).map((code) => String.fromCodePoint(code));
const name = fc.string({ unit: syllable, minLength: 1, maxLength: 6 });

describe('a name is found', () => {
  test.each([
    ['ㄱㅅㅇ', '김서연'],
    ['ㅅㅇ', '김서연'],
    ['서ㅇ', '김서연'],
    ['기', '김서연'],
    ['김', '김서연'],
    ['김 서', '김서연'],
    ['ㅃ', '오빠'],
    ['', '김서연'],
    ['  ', '김서연'],
    ['ADA', 'ada'],
    ['love', 'Ada Lovelace'],
    ['김서연'.normalize('NFD'), '김서연'],
    ['김서연', '김서연'.normalize('NFD')],
  ])('%s finds %s', (typed, known) => expect(isFound(typed, known)).toBe(true));

  test.each([
    ['ㄱㅇ', '김서연'],
    ['긴', '김서연'],
    ['김', '기서연'],
    ['ㄱ', 'kim'],
    ['연서', '김서연'],
    ['a', ''],
    ['서연이', '김서연'],
  ])('%s does not find %s', (typed, known) => expect(isFound(typed, known)).toBe(false));

  test('by any piece of it, and by its first consonants', () => {
    fc.assert(
      fc.property(name, fc.nat(), fc.nat(), (whole, from, length) => {
        const letters = [...whole];
        const piece = letters.slice(from % letters.length).slice(0, 1 + (length % letters.length));
        expect(isFound(piece.join(''), whole)).toBe(true);
        expect(isFound(piece.map(initialOf).join(''), whole)).toBe(true);
      }),
    );
  });

  test('by each syllable before its last consonant is typed', () => {
    fc.assert(
      fc.property(syllable, (letter) => {
        const code = letter.codePointAt(0) ?? 0;
        expect(isFound(String.fromCodePoint(code - ((code - 0xac00) % 28)), letter)).toBe(true);
      }),
    );
  });
});
