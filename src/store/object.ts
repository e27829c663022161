import { Corrupt, Refused, Unavailable } from '../events/errors.ts';
import { type Bucket, type Stored, validKey } from './bucket.ts';
import { digestOf } from './digest.ts';

/** The ETag of bytes on one machine: the first 128 bits of their SHA-256, in hexadecimal. */
export const etagOf = (bytes: Uint8Array): string => digestOf(bytes, 32);

/** Throws `Refused` for a key that not every adapter could store. A first component with a leading dot is kept for the adapter itself. */
export const requireKey = (key: string): void => {
  if (validKey(key) && !key.startsWith('.')) return;
  throw new Refused(
    `the key ${JSON.stringify(key.slice(0, 200))} cannot be stored: expected components of [A-Za-z0-9._-] (1 to 255 bytes, no "." or "..", ` +
      'no leading dot in the first), joined by "/", at most 1,024 bytes',
  );
};

const PREFIX = /^[A-Za-z0-9._/-]{0,1024}$/;

/** Throws `Refused` for a prefix with which no key can begin. It may end in the middle of a component. */
export const requirePrefix = (prefix: string): void => {
  const whole = prefix.split('/').slice(0, -1);
  if (PREFIX.test(prefix) && whole.every((part) => part !== '' && part !== '.' && part !== '..')) return;
  throw new Refused(
    `the prefix ${JSON.stringify(prefix.slice(0, 200))} cannot be listed: expected the beginning of a key`,
  );
};

/** Throws `Refused` for what is no folder of keys: the empty prefix, or one that ends in `/`. */
export const requireFolder = (prefix: string): void => {
  requirePrefix(prefix);
  if (prefix === '' || prefix.endsWith('/')) return;
  throw new Refused(
    `the folder ${JSON.stringify(prefix.slice(0, 200))} cannot be looked into: expected a "/" at its end`,
  );
};

/** Errors of a disk about one file: a bad sector, a file that belongs to another user. */
const UNREADABLE = new Set(['EIO', 'EACCES', 'EPERM']);

/** An error about one object that is damaged or unreadable, named by `where`; undefined for any other error. */
export const corruptOf = (error: unknown, where: string): Corrupt | undefined => {
  if (error instanceof Corrupt) return error;
  const code = error instanceof Unavailable ? String((error.cause as { code?: unknown } | undefined)?.code) : '';
  return UNREADABLE.has(code) ? new Corrupt(`${where}: cannot be read (${code})`, { cause: error }) : undefined;
};

/** Gets an object for a caller that can go on without it: throws `Corrupt`, naming it, when only this one cannot be read. */
export const getReadable = async (bucket: Bucket, key: string): Promise<Stored | undefined> => {
  try {
    return await bucket.get(key);
  } catch (error) {
    throw corruptOf(error, key) ?? error;
  }
};
