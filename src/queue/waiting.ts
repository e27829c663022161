import { setTimeout as startTimer } from 'node:timers';
import { Refused } from '../events/errors.ts';

/** Time for a queue: milliseconds, and a timer. `after` gives a function that cancels the timer. */
export interface QueueClock {
  now(): number;
  after?(milliseconds: number, call: () => void): () => void;
}

/** The machine's own time as it was when the process started, and goes on since: whoever sets its clock makes no job wait. */
export const machineClock: QueueClock = { now: () => performance.timeOrigin + performance.now() };

/** Wakes those who wait for a job. */
export interface Signal {
  notify(): void;
  /** Ends at the next `notify`, or after some milliseconds. */
  wait(milliseconds: number): Promise<void>;
}

/** A signal that nobody waits for yet. */
export const createSignal = (clock: QueueClock): Signal => {
  const wakes = new Set<() => void>();
  const after = clock.after ?? realAfter;
  return {
    notify: () => {
      for (const wake of [...wakes]) wake();
    },
    wait: (milliseconds) =>
      new Promise((resolve) => {
        const wake = (): void => {
          callOff();
          wakes.delete(wake);
          resolve();
        };
        const callOff = after(milliseconds, wake);
        wakes.add(wake);
      }),
  };
};

const LONGEST_TIMER_MS = 2 ** 31 - 1; // Node fires a longer one at once.

const realAfter = (milliseconds: number, call: () => void): (() => void) => {
  const timer = startTimer(call, Math.min(Math.ceil(milliseconds), LONGEST_TIMER_MS));
  return () => clearTimeout(timer);
};

/** Tries to take until there is a job, or `waitSeconds` have passed. `nextChange` says when trying again makes sense without a signal. */
export const takeWaiting = async <Result>(
  attempt: () => Result[],
  waitSeconds: number,
  {
    clock,
    signal,
    nextChange,
    closed,
  }: { clock: QueueClock; signal: Signal; nextChange(): number | undefined; closed(): boolean },
): Promise<Result[]> => {
  const end = clock.now() + waitSeconds * 1000;
  for (;;) {
    const taken = attempt();
    const now = clock.now();
    if (taken.length > 0 || now >= end) return taken;
    await signal.wait(Math.max(0, Math.min(end, nextChange() ?? end) - now));
    if (closed()) return [];
  }
};

/** Throws `Refused` unless `max` is one that every adapter can take. */
export const requireMax = (max: number): void => {
  if (Number.isInteger(max) && max >= 1 && max <= 10) return;
  throw new Refused(`cannot take ${max} jobs at once: expected a whole number from 1 to 10`);
};
