import { Refused, Unavailable } from '../events/errors.ts';
import { keys } from '../pipeline/keys.ts';
import type { LocalQueue } from '../queue/local.ts';
import type { Queue } from '../queue/queue.ts';
import type { Bucket } from '../store/bucket.ts';
import type { Doubt } from '../store/doubt.ts';
import type { EraseTraces } from '../store/trace-sums.ts';
import type { Health } from './health.ts';

/** Where everything is kept. */
export interface Stores {
  log: Bucket;
  state: Bucket;
  /** Whether the state can be read; absent where all that was ever put is there. */
  doubt?: Doubt | undefined;
  queue: Queue & Partial<LocalQueue>;
  /** The paths of what the queue could not read and has set aside, each once. */
  damaged?: (() => string[]) | undefined;
  /** Absent: old traces stay. */
  eraseTraces?: EraseTraces | undefined;
}

/** Stores whose handles stay the same when what is behind them is opened anew, and that remember what went wrong last. */
export interface WatchedStores extends Stores {
  /** For how many milliseconds something has been wrong without a success of its kind in between; 0 when nothing is. */
  lasting(): number;
  /** Closes everything and opens it again, since after a failed write a store must not be used on. */
  reopen(): Promise<void>;
  /** Tries whether everything can be written and read now. */
  probe(): Promise<void>;
  /** Forgets past failures, because everything was tried again. */
  forgive(): void;
  waiting(): number | null;
  close(): Promise<void>;
}

/** A kind of access. A success of one kind proves nothing about another. */
type Access = 'log.read' | 'log.write' | 'state.read' | 'state.write' | 'queue.put' | 'queue.take' | 'disk.probe';

export interface WatchPorts {
  health: Health;
  /** Opens everything anew; without it, the open stores stay in use. */
  open?: (() => Promise<Stores>) | undefined;
  /** Throws `Unavailable` while bytes cannot be forced to the disks on which the stores lie. */
  probe?: (() => Promise<void>) | undefined;
  now?: () => number;
}

const VARIABLES: Record<string, string> = { log: 'TIL_LOG', state: 'TIL_STATE', queue: 'TIL_QUEUE' };

/** Watches stores and sets the reasons `disk` (log and state) and `queue` in `health`. */
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
    get: (key, known) => watched(`${name}.read`, () => stores[name].get(key, known)),
    list: (prefix, after) => watched(`${name}.read`, () => stores[name].list(prefix, after)),
    folders: (prefix) => watched(`${name}.read`, () => stores[name].folders(prefix)),
    putNew: (key, bytes) => watched(`${name}.write`, () => stores[name].putNew(key, bytes)),
    putIf: (key, bytes, etag) => watched(`${name}.write`, () => stores[name].putIf(key, bytes, etag)),
  });

  const state = bucket('state');
  return {
    log: bucket('log'),
    state,
    doubt: doubtOf(() => stores),
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
      await stores.queue.close?.().catch(() => undefined); // Closing may fail for the very reason it is reopened.
      stores = await open();
    },
    damaged: () => stores.damaged?.() ?? [],
    waiting: () => waitingIn(stores),
    close: async () => stores.queue.close?.(),
  };
};

const waitingIn = ({ queue }: Stores): number | null => {
  try {
    return queue.depth?.().jobs ?? null;
  } catch {
    return null; // Whoever takes from the queue reports that it cannot be read.
  }
};

/** The doubt about what is open now. */
const doubtOf = (stores: () => Stores): Doubt => ({
  isThere: (channels) => stores().doubt?.isThere(channels) ?? false,
  dispel: async (channels) => stores().doubt?.dispel(channels),
});

const isOfQueue = (access: Access): boolean => access.startsWith('queue.');

/** Adds the variable that names the folder, for whoever must move a file out of the way. */
const withVariable = (error: unknown, access: Access): unknown => {
  const variable = VARIABLES[access.split('.')[0] ?? ''] ?? 'the variable of that folder';
  if (!(error instanceof Refused) || (error.cause as NodeJS.ErrnoException | undefined)?.syscall === undefined)
    return error;
  return new Refused(`${error.message}; move it away, or let ${variable} name another folder`, { cause: error.cause });
};
