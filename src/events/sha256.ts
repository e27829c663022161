// SHA-256 (FIPS 180-4) in plain arithmetic: this core imports nothing of Node, and the digest must come without waiting for it.

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

const PRIMES = Array.from({ length: 311 }, (_, at) => at + 2).filter((number) => {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return true;
});

/** The first 32 bits of a number's fraction. Exact: a root below seven leaves a double 50 bits for it. */
const fraction = (root: number): number => Math.floor((root % 1) * 2 ** 32);

const START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUNDS = PRIMES.slice(0, 64).map((prime) => fraction(Math.cbrt(prime)));

/** The message, a one, zeros, and its length in bits: whole blocks of 64 bytes. */
const padded = (bytes: Uint8Array): DataView => {
  const whole = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(whole.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(whole.length - 4, (bytes.length * 8) >>> 0);
  return view;
};

const scheduleOf = (view: DataView, block: number): Uint32Array => {
  const words = new Uint32Array(64);
  for (let at = 0; at < 16; at++) words[at] = view.getUint32(block + at * 4);
  for (let at = 16; at < 64; at++) {
    const [early, late] = [words[at - 15] as number, words[at - 2] as number];
    const small = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const large = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    words[at] = (words[at - 16] as number) + small + (words[at - 7] as number) + large;
  }
  return words;
};

type State = [number, number, number, number, number, number, number, number];

const compress = (state: Uint32Array, words: Uint32Array): void => {
  let [a, b, c, d, e, f, g, h] = [...state] as State;
  for (let at = 0; at < 64; at++) {
    const mixed = (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g));
    const first = (h + mixed + (ROUNDS[at] as number) + (words[at] as number)) | 0;
    const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  for (const [at, word] of [a, b, c, d, e, f, g, h].entries()) state[at] = (state[at] as number) + word;
};

/** The SHA-256 of bytes, in hexadecimal. */
export const sha256 = (bytes: Uint8Array): string => {
  const view = padded(bytes);
  const state = Uint32Array.from(START);
  for (let block = 0; block < view.byteLength; block += 64) compress(state, scheduleOf(view, block));
  return [...state].map((word) => word.toString(16).padStart(8, '0')).join('');
};
