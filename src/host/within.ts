import { setTimeout as wait } from 'node:timers/promises';

/** Resolves after so many milliseconds, and holds up no process that wants to end. */
export const afterMilliseconds = (milliseconds: number): Promise<unknown> =>
  wait(milliseconds, undefined, { ref: false });

/** The result of some work, or undefined when it takes longer. */
export const within = async <T>(
  milliseconds: number,
  work: Promise<T>,
  after: (milliseconds: number) => Promise<unknown> = afterMilliseconds,
): Promise<T | undefined> => {
  work.catch(() => undefined); // A failure after the time limit concerns nobody.
  return Promise.race([work, after(Math.max(0, milliseconds)).then(() => undefined)]);
};
