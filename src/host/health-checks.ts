import { setTimeout as wait } from 'node:timers/promises';
import type { ClockCheck } from '../setup/clock-check.ts';
import { type Health, healthAnswer } from './health.ts';
import type { Life } from './life.ts';
import type { Machine } from './machine.ts';
import type { Progress } from './progress.ts';
import type { WatchedStores } from './stores.ts';

export interface HealthCheckPorts {
  health: Health;
  stores: WatchedStores;
  progress: Progress;
  life: Life<Machine>;
  /** What Slack's answers say of the clock; absent without a token. */
  clockCheck: ClockCheck | undefined;
  onError: (error: unknown) => void;
}

/** What waits at a start may take this long before the worker counts as stuck. */
const START_MILLISECONDS = 30_000;
const LOOK_MILLISECONDS = 10_000;
/** Whoever asks how it is does not wait longer for a disk. */
const ANSWER_MILLISECONDS = 2_000;

/** Looks now and then, and when somebody asks, whether all that cannot tell of itself is well. */
export const startHealthChecks = ({ health, stores, progress, life, clockCheck, onError }: HealthCheckPorts) => {
  const began = performance.now();
  let looking: Promise<void> | undefined;
  const look = (): Promise<void> => {
    const isLate = !life.worker() && performance.now() - began > START_MILLISECONDS && (stores.waiting() ?? 0) > 0;
    health.set('clock', clockCheck?.isSure() === true && clockCheck.isWrong());
    health.set('worker', life.isBroken() || isLate || progress.isStuck());
    for (const path of life.worker() ? (stores.damaged?.() ?? []) : [])
      void life.worker()?.alarm('damaged', path).catch(onError);
    looking ??= stores
      .probe()
      .catch(() => undefined) // The stores have told of it.
      .finally(() => (looking = undefined));
    return looking;
  };
  const timer = setInterval(() => void look(), LOOK_MILLISECONDS).unref();
  return {
    now: async (): Promise<Record<string, unknown>> => {
      await Promise.race([look(), wait(ANSWER_MILLISECONDS, undefined, { ref: false })]);
      return { ...healthAnswer(health.reasons(), stores.waiting()), handled: progress.handled() };
    },
    stop: () => clearInterval(timer),
  };
};
