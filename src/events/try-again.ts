import { Conflict } from './errors.ts';

/** Told of each failure and of which try it was, from 1: waits as long as it likes, or throws what ends the trying. */
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

/** Only another's writing is worth another try, and `most` tries are enough; `before` comes before each further one. */
export const untilNoConflict =
  (most: number, before?: () => unknown): Until =>
  async (error, attempt) => {
    if (!(error instanceof Conflict) || attempt === most) throw error;
    await before?.();
  };
