import { type Heap, heap } from './heap.ts';

/**
 * Virtual time. Whoever waits is parked, and the timeline wakes one at a time, in the order of time and, within a millisecond, by
 * chance: so every wait is a place where another may go first, and the same chance gives the same order.
 */
export interface Timeline {
  /** Milliseconds since 1970, as Slack's own clock has them. */
  now(): number;
  /** Parks the caller. Those of a process that has died are never woken. */
  wait(milliseconds: number, process?: Life): Promise<void>;
  at(milliseconds: number, call: () => void): void;
  /** Wakes whoever is due until then. Rejects when something that runs by itself has failed. */
  runUntil(milliseconds: number): Promise<void>;
  /** Starts something that runs by itself. */
  start(work: () => Promise<unknown>): void;
  /** A digest of all that happened, and in which order. */
  trace(): string;
  note(site: string): void;
  steps(): number;
}

/** Whether a process lives, and until when it is held up. */
export interface Life {
  alive: boolean;
  heldUntil: number;
}

interface Parked {
  call: () => void;
  process: Life | undefined;
}

// The longest runs take a tenth of it.
const MOST_STEPS = 2_000_000;

// The event loop gets a turn now and then: a test runner must hear from us.
const STEPS_BETWEEN_BREATHS = 2000;

/** A timeline that begins at `start` (milliseconds) and draws its order from `random`. */
export const createTimeline = (start: number, random: () => number): Timeline => {
  let time = start;
  let steps = 0;
  let failure: { error: unknown } | undefined;
  let low = 0x811c9dc5;
  let high = 0x01000193;
  const parked: Heap<number, Parked> = heap();

  const mix = (value: number): void => {
    low = Math.imul(low ^ value, 0x01000193) >>> 0;
    high = (Math.imul(high ^ (value >>> 7) ^ low, 0x85ebca6b) >>> 0) ^ (high >>> 13);
  };

  const park = (at: number, entry: Parked): void => parked.push(at + random(), entry);

  const wakeNext = (until: number): boolean => {
    for (let next = parked.first(); next && next.rank <= until; next = parked.first()) {
      parked.pop();
      const { call, process } = next.value;
      if (process && !process.alive) continue;
      time = Math.max(time, Math.floor(next.rank));
      if (process && process.heldUntil > time) {
        park(process.heldUntil, next.value);
        continue;
      }
      steps += 1;
      mix(time & 0x7fffffff);
      call();
      return true;
    }
    return false;
  };

  return {
    now: () => time,
    wait: (milliseconds, process) => new Promise((resolve) => park(time + milliseconds, { call: resolve, process })),
    at: (milliseconds, call) => park(milliseconds, { call, process: undefined }),
    start: (work) => {
      work().catch((error: unknown) => {
        failure ??= { error };
      });
    },
    runUntil: (until) =>
      new Promise((resolve, reject) => {
        const step = (): void => {
          if (failure) reject(failure.error as Error);
          else if (steps > MOST_STEPS) reject(new Error(`no rest after ${steps} steps`));
          else if (!wakeNext(until)) {
            time = Math.max(time, until);
            resolve();
          }
          // A tick asked for by a microtask comes when all microtasks are done: everybody is parked again, or has ended.
          else if (steps % STEPS_BETWEEN_BREATHS === 0) setImmediate(step);
          else queueMicrotask(() => process.nextTick(step));
        };
        setImmediate(step);
      }),
    trace: () => `${high.toString(16).padStart(8, '0')}${low.toString(16).padStart(8, '0')}`,
    note: (site) => {
      for (let at = 0; at < site.length; at++) mix(site.charCodeAt(at));
    },
    steps: () => steps,
  };
};
