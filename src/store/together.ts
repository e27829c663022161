/** A semaphore with so many places; resolves to a release function. */
export const gate = (places: number): (() => Promise<() => void>) => {
  const waiting: (() => void)[] = [];
  let free = places;
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return leave;
  };
};

/** Runs `work` at most once at a time for each name; those who ask while it runs share the run after it. */
export const grouped = (work: (name: string) => Promise<void>): ((name: string) => Promise<void>) => {
  const runs = new Map<string, { now: Promise<void>; next?: Promise<void> }>();
  const start = (name: string): Promise<void> => {
    const run: { now: Promise<void>; next?: Promise<void> } = { now: work(name) };
    runs.set(name, run);
    const end = (): void => {
      if (run.next === undefined) runs.delete(name);
    };
    run.now.then(end, end);
    return run.now;
  };
  return (name) => {
    const run = runs.get(name);
    if (!run) return start(name);
    run.next ??= run.now.catch(() => undefined).then(() => start(name));
    return run.next;
  };
};

/**
 * Maps with at most `limit` under way at a time, results in order. When one fails no further one is begun, and the error comes when all
 * those under way have ended.
 */
export const mapOrdered = async <In, Out>(
  items: readonly In[],
  limit: number,
  map: (item: In) => Promise<Out>,
): Promise<Out[]> => {
  const results = new Array<Out>(items.length);
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const position = next++;
      results[position] = await map(items[position] as In);
    }
  };
  const stop = (error: unknown): never => {
    next = items.length;
    throw error;
  };
  const lanes = Array.from({ length: Math.min(limit, items.length) }, () => lane().catch(stop));
  const failed = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected');
  if (failed) throw (failed as PromiseRejectedResult).reason;
  return results;
};

/** Runs work under the same name one after the other. */
export const createTurns = () => {
  const last = new Map<string, Promise<unknown>>();
  return <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work, work);
    last.set(name, turn);
    const forget = () => {
      if (last.get(name) === turn) last.delete(name);
    };
    turn.then(forget, forget);
    return turn;
  };
};
