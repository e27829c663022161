import { Refused, Unavailable } from '../events/errors.ts';
import { keys } from '../pipeline/keys.ts';
import type { LocalQueue } from '../queue/local.ts';
import type { Queue } from '../queue/queue.ts';
import type { Bucket } from '../store/bucket.ts';
import type { Health } from './health.ts';

/** Where everything is kept. */
export interface Stores {
  log: Bucket;
  state: Bucket;
  queue: Queue & Partial<LocalQueue>;
  /** The paths of what the queue could not read and has set aside, each once. */
  damaged?: (() => string[]) | undefined;
}

/** Stores that stay the same handles when what is behind them is opened anew, and that know what went wrong last. */
export interface WatchedStores extends Stores {
  /** For how many milliseconds something has been wrong without a success of its kind in between; 0 when nothing is. */
  lasting(): number;
  /** Closes all and opens it again: what a failed write left unknown is not used on. */
  reopen(): Promise<void>;
  /** Sees whether all could be written and read now. */
  probe(): Promise<void>;
  /** Nothing is held to be wrong any more: it was all tried again. */
  forgive(): void;
  waiting(): number | null;
  close(): Promise<void>;
}

/** A kind of access: each is only proved to be good by its like. */
type Access = 'log.read' | 'log.write' | 'state.read' | 'state.write' | 'queue.put' | 'queue.take' | 'disk.probe';

export interface WatchPorts {
  health: Health;
  /** Opens everything anew; without it, what is open is used on. */
  open?: (() => Promise<Stores>) | undefined;
  /** Throws `Unavailable` while bytes cannot be forced to the disks on which the stores lie. */
  probe?: (() => Promise<void>) | undefined;
  now?: () => number;
}

const VARIABLES: Record<string, string> = { log: 'TIL_LOG', state: 'TIL_STATE', queue: 'TIL_QUEUE' };

/** Watches stores and tells `health` of `disk` (log and state) and `queue`. */
export const watchStores = (
  first: Stores,
  { health, open, probe, now = () => performance.now() }: WatchPorts,
): WatchedStores => {
  let stores = first;
  const wrong = new Map<Access, number>();
  const tellHealth = (): void => {
    const kinds = [...wrong.keys()];
    health.set('queue', kinds.some(isOfQueue));
    health.set('disk', !kinds.every(isOfQueue));
  };

  const watched = async <T>(access: Access, work: () => Promise<T>): Promise<T> => {
    try {
      const result = await work();
      if (wrong.delete(access)) tellHealth();
      return result;
    } catch (error) {
      if (error instanceof Unavailable && !wrong.has(access)) {
        wrong.set(access, now());
        tellHealth();
      }
      throw withVariable(error, access);
    }
  };

  const bucket = (name: 'log' | 'state'): Bucket => ({
    get: (key) => watched(`${name}.read`, () => stores[name].get(key)),
    list: (prefix, after) => watched(`${name}.read`, () => stores[name].list(prefix, after)),
    folders: (prefix) => watched(`${name}.read`, () => stores[name].folders(prefix)),
    putNew: (key, bytes) => watched(`${name}.write`, () => stores[name].putNew(key, bytes)),
    putIf: (key, bytes, etag) => watched(`${name}.write`, () => stores[name].putIf(key, bytes, etag)),
  });

  const state = bucket('state');
  return {
    log: bucket('log'),
    state,
    probe: async () => {
      if (probe) await watched('disk.probe', probe);
      await state.get(keys.challenges);
    },
    queue: {
      put: (jobs) => watched('queue.put', () => stores.queue.put(jobs)),
      take: (max, seconds) => watched('queue.take', () => stores.queue.take(max, seconds)),
      done: (jobs) => watched('queue.take', () => stores.queue.done(jobs)),
      retry: (job, seconds) => watched('queue.take', () => stores.queue.retry(job, seconds)),
      openTaker: () => watched('queue.take', async () => stores.queue.openTaker?.()),
    },
    lasting: () => (wrong.size === 0 ? 0 : now() - Math.min(...wrong.values())),
    forgive: () => {
      wrong.clear();
      tellHealth();
    },
    reopen: async () => {
      if (!open) return;
      await stores.queue.close?.().catch(() => undefined); // It may be what is broken.
      stores = await open();
    },
    damaged: () => stores.damaged?.() ?? [],
    waiting: () => {
      try {
        return stores.queue.depth?.().jobs ?? null;
      } catch {
        return null; // That it cannot be read is told by whoever takes from it.
      }
    },
    close: async () => stores.queue.close?.(),
  };
};

const isOfQueue = (access: Access): boolean => access.startsWith('queue.');

/** Whoever must move a file out of the way is told by which variable the folder is named. */
const withVariable = (error: unknown, access: Access): unknown => {
  const variable = VARIABLES[access.split('.')[0] ?? ''] ?? 'the variable of that folder';
  if (!(error instanceof Refused) || (error.cause as NodeJS.ErrnoException | undefined)?.syscall === undefined)
    return error;
  return new Refused(`${error.message}; move it away, or let ${variable} name another folder`, { cause: error.cause });
};
