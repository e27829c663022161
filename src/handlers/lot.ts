import { sha256 } from '../events/sha256.ts';

const utf8 = new TextEncoder();

/** Chance that comes out the same whoever asks and whenever: a number from 0 to below 1 that follows from the words alone. */
export const lotOf = (...words: readonly string[]): number =>
  Number.parseInt(sha256(utf8.encode(words.join('/'))).slice(0, 8), 16) / 2 ** 32;
