import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Fired, nothingFired, type Site } from './faults.ts';
import { type Result, simulate } from './run.ts';

/** What many runs came to. */
export interface Sum {
  runs: number;
  events: number;
  deliveries: number;
  facts: number;
  messages: number;
  restarts: number;
  fired: Fired;
  failures: { seed: number; fault: string }[];
}

const nothing = (): Sum => ({
  runs: 0,
  events: 0,
  deliveries: 0,
  facts: 0,
  messages: 0,
  restarts: 0,
  fired: nothingFired(),
  failures: [],
});

const add = (sum: Sum, result: Result): void => {
  sum.runs += 1;
  sum.events += result.events;
  sum.deliveries += result.deliveries;
  sum.facts += result.facts;
  sum.messages += result.posts;
  sum.restarts += result.restarts;
  for (const [site, { asked, struck }] of Object.entries(result.fired) as [Site, Fired[Site]][]) {
    sum.fired[site].asked += asked;
    sum.fired[site].struck += struck;
  }
  if (result.faults[0]) sum.failures.push({ seed: result.seed, fault: result.faults[0] });
};

/** The line that repeats a run. */
export const reproduce = (seed: number, events: number): string =>
  `npm run simulate -- --seed ${seed} --runs 1 --events ${events}`;

export interface PoolOptions {
  from: number;
  runs: number;
  events: number;
  threads?: number;
  /** Begins no further run after so many milliseconds of the threads' time together. */
  milliseconds?: number;
  progress?: (sum: Sum) => void;
}

/** Runs many seeds on all cores; a run that throws is a failure like any other. */
export const simulateMany = async (options: PoolOptions): Promise<Sum> => {
  const { from, runs, events, threads = Math.min(runs, availableParallelism()) } = options;
  const sum = nothing();
  let next = from;
  const began = performance.now();
  const more = (): boolean =>
    next < from + runs && (options.milliseconds === undefined || performance.now() - began < options.milliseconds);
  const lane = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), {
        workerData: { simulation: true },
        // What a run throws away is most of what it makes: with more room for it, little of it is ever copied.
        resourceLimits: { maxYoungGenerationSizeMb: 96 },
      });
      const give = (): void => {
        if (more()) worker.postMessage({ seed: next++, events });
        else void worker.terminate().then(() => resolve());
      };
      worker.on('error', reject);
      worker.on('message', ({ seed, result, error }: { seed: number; result?: Result; error?: string }) => {
        if (result) add(sum, result);
        else sum.failures.push({ seed, fault: error ?? 'failed' });
        options.progress?.(sum);
        give();
      });
      give();
    });
  await Promise.all(Array.from({ length: threads }, lane));
  sum.failures.sort((one, other) => one.seed - other.seed);
  return sum;
};

const port = parentPort;
if (!isMainThread && port && (workerData as { simulation?: boolean } | null)?.simulation) {
  port.on('message', ({ seed, events }: { seed: number; events: number }) => {
    simulate({ seed, events }).then(
      ({ told: _, ...result }) => port.postMessage({ seed, result }),
      (error: unknown) =>
        port.postMessage({ seed, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
}
