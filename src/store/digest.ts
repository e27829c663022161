import { hash } from 'node:crypto';

/** The SHA-256 of a text or of bytes in hexadecimal, or as much of its beginning as is asked for (32 characters are 128 bits). */
export const digestOf = (content: string | Uint8Array, length = 64): string =>
  hash('sha256', content, 'hex').slice(0, length);
