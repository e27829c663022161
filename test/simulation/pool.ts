import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { type Fired, nothingFired, type Site } from './faults.ts';
import { type Alone, addAlone, nobodyTold } from './personal-told.ts';
import type { Result } from './run.ts';

/** A run in which something was found. */
export interface Failure {
  seed: number;
  fault: string;
}

/** What many runs came to. */
export interface Sum {
  runs: number;
  deeds: number;
  deliveries: number;
  events: number;
  messages: number;
  restarts: number;
  fired: Fired;
  alone: Alone;
  failures: Failure[];
}

const nothing = (): Sum => ({
  runs: 0,
  deeds: 0,
  deliveries: 0,
  events: 0,
  messages: 0,
  restarts: 0,
  fired: nothingFired(),
  alone: nobodyTold(),
  failures: [],
});

const add = (sum: Sum, result: Omit<Result, 'told'>): void => {
  sum.runs += 1;
  sum.deeds += result.deeds;
  sum.deliveries += result.deliveries;
  sum.events += result.events;
  sum.messages += result.posts;
  sum.restarts += result.restarts;
  for (const [site, { asked, struck }] of Object.entries(result.fired) as [Site, Fired[Site]][]) {
    sum.fired[site].asked += asked;
    sum.fired[site].struck += struck;
  }
  addAlone(sum.alone, result.alone);
  if (result.faults[0]) sum.failures.push({ seed: result.seed, fault: result.faults[0] });
};

/** The line that repeats a run. */
export const reproduce = (seed: number, events: number): string =>
  `npm run simulate -- --seed ${seed} --runs 1 --events ${events}`;

/** What a process is asked: one run. */
export interface Ask {
  seed: number;
  events: number;
}

/** What it answers. */
export interface Told {
  seed: number;
  result?: Omit<Result, 'told'>;
  error?: string;
}

export interface PoolOptions {
  from: number;
  runs: number;
  /** Goes on after `runs` until all logs together hold so many. */
  total?: number;
  /** About so many in each run. */
  events: number;
  processes?: number;
  progress?: (sum: Sum) => void;
}

/** Runs many seeds on all cores; a run that throws is a failure like any other. */
export const simulateMany = async (options: PoolOptions): Promise<Sum> => {
  const { from, runs, total = 0, events, processes = availableParallelism() } = options;
  const sum = nothing();
  let next = from;
  const more = (): boolean => next < from + runs || sum.events < total;
  const lane = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(new URL('./pool-process.ts', import.meta.url), {
        serialization: 'advanced',
        // What a run throws away is most of what it makes: with more room for it, little of it is ever copied. The runs are alike, so
        // what was compiled for one is of use to the next; and the errors that are thrown on purpose need no stack.
        execArgv: [
          '--min-semi-space-size=32',
          '--max-semi-space-size=32',
          '--no-flush-bytecode',
          '--stack-trace-limit=0',
        ],
      });
      const give = (): void => {
        if (more()) child.send({ seed: next++, events } satisfies Ask);
        else child.disconnect();
      };
      child.on('error', reject);
      child.on('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`a simulating process ended with ${code}`)),
      );
      child.on('message', ({ seed, result, error }: Told) => {
        if (result) add(sum, result);
        else sum.failures.push({ seed, fault: error ?? 'failed' });
        options.progress?.(sum);
        give();
      });
      give();
    });
  await Promise.all(Array.from({ length: processes }, lane));
  sum.failures.sort((one, other) => one.seed - other.seed);
  return sum;
};
