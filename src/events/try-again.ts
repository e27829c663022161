import { Conflict } from './errors.ts';

/** Called with each failure and the number of the try, from 1: waits as long as it likes, or throws to end the trying. */
export type Until = (error: unknown, attempt: number) => unknown;

/** Does work again until it succeeds, or until `until` throws. */
export const tryAgain = async <T>(work: () => Promise<T>, until: Until): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      await until(error, attempt);
    }
  }
};

/** Tries again only after a Conflict, `most` times in all; `before` runs before each further try. */
export const untilNoConflict =
  (most: number, before?: () => unknown): Until =>
  async (error, attempt) => {
    if (!(error instanceof Conflict) || attempt === most) throw error;
    await before?.();
  };
