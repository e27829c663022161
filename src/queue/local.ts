import { readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { Unavailable } from '../events/errors.ts';
import { setAsideIn } from './database.ts';
import { groupCalls } from './group-calls.ts';
import { type LocalFile, localFile, type OnDamage } from './local-file.ts';
import type { Job, NewJob, Queue } from './queue.ts';
import type { Depth, Table } from './table.ts';
import { holdTakerLock, type TakerLock } from './taker-lock.ts';
import { createSignal, machineClock, type QueueClock, requireMax, takeWaiting } from './waiting.ts';
import { watchFolder } from './watch-folder.ts';

/** How a local queue behaves. `onDamage` is called for what cannot be read, after that has been set aside. */
export interface LocalQueueOptions {
  clock?: QueueClock;
  visibilitySeconds?: number;
  onDamage?: OnDamage;
}

/** What a queue has set aside: it can be looked through and erased. */
export interface SetAside {
  /** Everything set aside: the name by which it is erased, and its content as text. */
  list(): Promise<readonly { name: string; text: string }[]>;
  /** Erases one for good. */
  erase(name: string): Promise<void>;
}

/** A queue on this machine's disk. Any process may put and list; one at a time may take. */
export interface LocalQueue extends Queue {
  /** Becomes the taker; the first `take` does so too. Throws `Refused` while another process, or another queue here, is the taker. */
  openTaker(): Promise<void>;
  /** How full it is. */
  depth(): Depth;
  /** Every job that is not done, the oldest first, taken or not. */
  list(): Promise<NewJob[]>;
  /** What was set aside because it could not be read. */
  setAside: SetAside;
  /** Becomes the taker, and removes all traces of jobs that are done from the disk. */
  eraseTraces(): Promise<void>;
  /** Ends all waiting takes with nothing, waits for the last put, and lets another process take. */
  close(): Promise<void>;
}

/**
 * The queue in the folder `root`: a table in `queue.sqlite`. Jobs of other processes are noticed within about a second. Jobs that were
 * taken and not done when a process died come again at the next start, and that take counts in `received`.
 */
export const openLocalQueue = (root: string, options: LocalQueueOptions = {}): LocalQueue => {
  const { clock = machineClock, visibilitySeconds = 180, onDamage = () => undefined } = options;
  const folder = resolve(root);
  const file = localFile(folder, onDamage);
  const signal = createSignal(clock);
  const taker = takerOf(folder, { file, now: clock.now, notify: signal.notify });
  let closed = false;

  const requireOpen = (): void => {
    if (closed) throw new Unavailable(`the queue ${folder} has been closed`);
  };

  const use: LocalFile['use'] = (work) => {
    requireOpen();
    return file.use(work);
  };

  const grouped = groupedOn(use, signal.notify);
  const puts = grouped<NewJob>((table, jobs) => table.put(jobs, clock.now()));
  // Of what people asked for, every trace is erased at once, which takes two forced writes.
  const dones = grouped<Job>((table, jobs) => table.done(jobs));

  const becomeTaker = (): void => {
    requireOpen();
    taker.become();
  };

  const attempt = (max: number) => () => {
    if (closed) return [];
    const now = clock.now();
    return use((table) => table.take(max, now, now + visibilitySeconds * 1000));
  };

  return {
    put: (jobs) => puts.call(jobs.map(({ id, group, body }) => ({ id, group, body }))),
    take: async (max, waitSeconds) => {
      requireMax(max);
      becomeTaker();
      const nextChange = () => use((table) => table.nextChange());
      return takeWaiting(attempt(max), waitSeconds, { clock, signal, nextChange, closed: () => closed });
    },
    done: async (jobs) => {
      becomeTaker();
      await dones.call(jobs);
    },
    retry: async (job, delaySeconds) => {
      becomeTaker();
      use((table) => table.retry(job, clock.now(), delaySeconds * 1000));
      signal.notify();
    },
    openTaker: async () => becomeTaker(),
    depth: () => use((table) => table.depth(clock.now())),
    list: async () => use((table) => table.list()),
    setAside: setAsideOf(folder),
    eraseTraces: async () => {
      becomeTaker();
      use((table) => table.eraseTraces());
    },
    close: async () => {
      puts.flush();
      dones.flush();
      closed = true;
      signal.notify();
      file.close();
      taker.leave();
    },
  };
};

/** What is done to the table in one turn is done together; then whoever waits is told. */
const groupedOn =
  (use: LocalFile['use'], notify: () => void) =>
  <Item>(work: (table: Table, items: Item[]) => void) =>
    groupCalls<Item>((items) => {
      use((table) => work(table, items));
      notify();
    });

const setAsideOf = (folder: string): SetAside => ({
  list: async () => setAsideIn(folder).map((name) => ({ name, text: readFileSync(name, 'latin1') })),
  erase: async (name) => rmSync(name, { force: true }),
});

/** The taker holds the lock, and watches for jobs that other processes put. */
const takerOf = (folder: string, ports: { file: LocalFile; now(): number; notify(): void }) => {
  const { file, now, notify } = ports;
  let taking: { lock: TakerLock; stopWatching(): void } | undefined;

  const look = (): void => {
    try {
      if (!file.hasChangedElsewhere()) return;
    } catch {
      // The next take throws the reason.
    }
    notify();
  };

  return {
    become: (): void => {
      if (taking) return;
      const lock = holdTakerLock(folder);
      try {
        file.startTaking(now());
        taking = { lock, stopWatching: watchFolder(folder, look) };
      } catch (error) {
        lock.release();
        throw error;
      }
    },
    leave: (): void => {
      taking?.stopWatching();
      taking?.lock.release();
      taking = undefined;
    },
  };
};
