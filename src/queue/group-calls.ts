interface WaitingCall<Item> {
  items: readonly Item[];
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * All calls of one turn of the event loop are written together, so one forced write serves them all, and keeps their order. While the disk is
 * slow, more of them come together.
 */
export const groupCalls = <Item>(write: (items: Item[]) => void) => {
  const waiting: WaitingCall<Item>[] = [];

  const flush = (): void => {
    const calls = waiting.splice(0);
    if (calls.length === 0) return;
    try {
      write(calls.flatMap(({ items }) => items));
      for (const { resolve } of calls) resolve();
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  };

  return {
    /** Resolves when these are written; rejects as `write` throws. */
    call: (items: readonly Item[]): Promise<void> =>
      new Promise((resolve, reject) => {
        if (items.length === 0) return resolve();
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ items, resolve, reject });
      }),
    /** Writes what waits, without waiting for the turn to end. */
    flush,
  };
};
