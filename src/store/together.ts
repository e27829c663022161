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

/** Work on a name that has begun: it ends in one of two ways. */
export interface Expected {
  /** It is done; resolves when the shared run that it needs has ended, and rejects with its error. */
  done(): Promise<void>;
  /** It came to nothing. */
  failed(): void;
}

/**
 * Runs `work` once for all who work on a name side by side: those who had begun when the first of them is done wait for one another and share
 * one run; who begins later belongs to the next. So everybody waits only for what was under way already.
 */
export const gathered = (work: (name: string) => Promise<void>): ((name: string) => Expected) => {
  const open = new Map<string, Gathering>();
  return (name) => {
    const gathering: Gathering = open.get(name) ?? { underWay: 0, isNeeded: false, run: Promise.withResolvers() };
    open.set(name, gathering);
    gathering.underWay += 1;
    const end = (): void => {
      if (open.get(name) === gathering) open.delete(name);
      gathering.underWay -= 1;
      if (gathering.underWay === 0 && gathering.isNeeded) gathering.run.resolve(work(name));
    };
    return {
      done: () => {
        gathering.isNeeded = true;
        end();
        return gathering.run.promise;
      },
      failed: end,
    };
  };
};

interface Gathering {
  underWay: number;
  isNeeded: boolean;
  run: PromiseWithResolvers<void>;
}

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
