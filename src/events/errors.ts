/**
 * The four errors, named by what the caller does next. Every message says what, expected, got, where; never a secret and
 * never a member's text.
 */
abstract class TilError extends Error {
  abstract readonly code: 'conflict' | 'unavailable' | 'corrupt' | 'refused';
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Somebody else was first: reload and decide again. */
export class Conflict extends TilError {
  readonly code = 'conflict';
}

/** Not now: try later; the queue does. */
export class Unavailable extends TilError {
  readonly code = 'unavailable';
}

/** What is stored is not what was written: stop and name the key. */
export class Corrupt extends TilError {
  readonly code = 'corrupt';
}

/** What was asked cannot be done as asked: tell the person. */
export class Refused extends TilError {
  readonly code = 'refused';
}

/** Whether an error lasts until a person mends something. One that is none of the four may be anything, so it counts as passing. */
export const isLasting = (error: unknown): error is Refused | Corrupt =>
  error instanceof Refused || error instanceof Corrupt;

/** An error as data, for another process. */
export interface SerializedError {
  code?: string;
  message: string;
}

/** What another process must know of an error. */
export const serializeError = (error: unknown): SerializedError =>
  error instanceof TilError ? { code: error.code, message: error.message } : { message: String(error) };

/** The error that another process passed on. */
export const deserializeError = ({ code, message }: SerializedError = { message: 'nothing was told' }): Error => {
  const kind = [Conflict, Unavailable, Corrupt, Refused].find((each) => new each('').code === code) ?? Error;
  return new kind(message);
};
