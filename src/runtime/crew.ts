import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { errorFrom, type ToldError } from '../events/errors.ts';
import { doMonth, type MonthDone, type MonthTask, type Storage } from './history.ts';
import type { Environment } from './wire.ts';

/** Who does the months of a history. */
export interface Crew {
  /** How many months may be under way at a time. */
  size: number;
  do(task: MonthTask): Promise<MonthDone>;
  /** Lets everybody go; resolves when they have gone. */
  dismiss(): Promise<void>;
}

/** This process alone. Two months at a time: the writes of one go to the disk while the other is folded. */
export const alone = (storage: Storage): Crew => ({
  size: 2,
  do: (task) => doMonth(task, storage),
  dismiss: async () => {},
});

/** Where the threads find log and state; they open them themselves. */
export interface Whereabouts {
  log: string;
  state: string;
  environment: Environment;
}

/** What a thread answers to the task with the same number. */
export interface Answer {
  number: number;
  done?: MonthDone;
  error?: ToldError;
}

// A thread starts in a fifth of a second, in which this process alone would fold a year.
const MONTHS_PER_THREAD = 12;

/** Threads, one for each year of history and as many as there are cores; undefined when that is one. */
export const hireCrew = (months: number, whereabouts: Whereabouts): Crew | undefined => {
  const size = Math.min(availableParallelism(), Math.floor(months / MONTHS_PER_THREAD));
  return size > 1 ? crewOf(size, whereabouts) : undefined;
};

// Beside this file, in the sources as in the bundle.
const threadFile = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './crew-thread.ts' : './crew-thread.mjs', import.meta.url);

interface Hand {
  worker: Worker;
  waiting: Map<number, { resolve: (done: MonthDone) => void; reject: (error: unknown) => void }>;
  /** Why it does nothing any more. */
  gone?: unknown;
}

/** So many threads. */
export const crewOf = (size: number, whereabouts: Whereabouts): Crew => {
  const hands = Array.from({ length: size }, () => hire(whereabouts));
  let number = 0;
  return {
    size: size * 2, // While one month is written another is folded.
    do: (task) =>
      new Promise((resolve, reject) => {
        const hand = hands.reduce((least, other) => (other.waiting.size < least.waiting.size ? other : least));
        if (hand.gone !== undefined) return reject(hand.gone); // It would never answer.
        number += 1;
        hand.waiting.set(number, { resolve, reject });
        hand.worker.postMessage({ number, task });
      }),
    dismiss: async () => {
      await Promise.all(hands.map(({ worker }) => worker.terminate()));
    },
  };
};

const hire = (whereabouts: Whereabouts): Hand => {
  const worker = new Worker(threadFile(), { workerData: whereabouts });
  const hand: Hand = { worker, waiting: new Map() };
  const { waiting } = hand;
  worker.on('message', ({ number, done, error }: Answer) => {
    const call = waiting.get(number);
    waiting.delete(number);
    if (done) call?.resolve(done);
    else call?.reject(errorFrom(error));
  });
  const fail = (error: unknown): void => {
    hand.gone ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`a thread of the crew ended with ${code}`)));
  return hand;
};
