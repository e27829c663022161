import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { deserializeError, type SerializedError } from '../events/errors.ts';
import type { Environment } from '../setup/environment.ts';
import { doMonth, type MonthDone, type MonthTask, type Storage } from './month.ts';

/** The worker pool for the months of a history. */
export interface WorkerPool {
  /** How many months may be under way at a time. */
  size: number;
  do(task: MonthTask): Promise<MonthDone>;
  /** Ends the other processes; resolves when they have ended. */
  close(): Promise<void>;
}

/** This process alone. Two months at a time: the writes of one go to the disk while the other is folded. */
export const inProcess = (storage: Storage): WorkerPool => ({
  size: 2,
  do: (task) => doMonth(task, storage),
  close: async () => {},
});

/** Where the processes find log and state; they open them themselves. */
export interface Whereabouts {
  log: string;
  state: string;
  environment: Environment;
}

/** A call to a process. */
export interface Call {
  number: number;
  task: MonthTask;
  whereabouts: Whereabouts;
}

/** The answer to the call with the same number. */
export interface Answer {
  number: number;
  done?: MonthDone;
  error?: SerializedError;
}

// A process starts in half a second or more, in which this one alone folds a year.
const MONTHS_PER_PROCESS = 12;

/** This process and others, one for each year of history and as many as there are cores; undefined when that is one. */
export const poolFor = (months: number, storage: Storage, whereabouts: Whereabouts): WorkerPool | undefined => {
  const size = Math.min(availableParallelism(), Math.floor(months / MONTHS_PER_PROCESS));
  return size > 1 ? startPool(size, storage, whereabouts) : undefined;
};

/** A pool of so many processes, this one included; it works while the others start. */
export const startPool = (size: number, storage: Storage, whereabouts: Whereabouts): WorkerPool => {
  const others = Array.from({ length: size - 1 }, () => poolProcess(whereabouts));
  const hands = [inProcess(storage), ...others].map((pool) => ({ pool, busy: 0 }));
  return {
    size: hands.reduce((sum, { pool }) => sum + pool.size, 0),
    do: async (task) => {
      const hand = hands.reduce((least, other) => (other.busy < least.busy ? other : least));
      hand.busy += 1;
      return await hand.pool.do(task).finally(() => (hand.busy -= 1));
    },
    close: async () => {
      await Promise.all(others.map((other) => other.close()));
    },
  };
};

// Beside this file, in the sources as in the bundle.
const processFile = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './pool-process.ts' : './pool-process.mjs', import.meta.url);

/**
 * One process of its own. It is no thread: Node strips types by WebAssembly, and V8 now and then ends everything when two threads
 * compile or free such code at a time.
 */
export const poolProcess = (whereabouts: Whereabouts): WorkerPool => {
  const child = fork(processFile(), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  const exit = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  const waiting = new Map<number, { resolve: (done: MonthDone) => void; reject: (error: unknown) => void }>();
  let number = 0;
  let gone: unknown;
  child.on('message', ({ number, done, error }: Answer) => {
    const call = waiting.get(number);
    waiting.delete(number);
    if (done) call?.resolve(done);
    else call?.reject(deserializeError(error));
  });
  const fail = (error: unknown): void => {
    gone ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  child.on('error', fail);
  child.on('exit', (code, signal) => fail(new Error(`a process of the pool ended with ${code ?? signal}`)));
  return {
    size: 2, // While one month is written another is folded.
    do: (task) =>
      new Promise((resolve, reject) => {
        if (gone !== undefined) return reject(gone); // It would never answer.
        number += 1;
        waiting.set(number, { resolve, reject });
        const call: Call = { number, task, whereabouts };
        child.send(call, (error) => void (error && child.kill()));
      }),
    close: async () => {
      if (child.connected) child.disconnect();
      await exit;
    },
  };
};
