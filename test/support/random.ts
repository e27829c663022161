/** A whole number from 0 up to, but not including, `limit`. */
export const below = (random: () => number, limit: number): number => Math.floor(random() * limit);

/** The bytes with one bit turned over. */
export const withFlippedBit = (bytes: Uint8Array, bit: number): Uint8Array => {
  const flipped = Uint8Array.from(bytes);
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
};

/** The text with one bit of one of its characters (all below 128) turned over. */
export const textWithFlippedBit = (text: string, bit: number): string =>
  Buffer.from(withFlippedBit(Buffer.from(text, 'latin1'), bit)).toString('latin1');
