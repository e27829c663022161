import { Conflict, Unavailable } from '../events/errors.ts';
import { describeError, type Report } from '../setup/report.ts';

/** A worker that runs until it is stopped, or cannot go on. */
export interface Living {
  /** Rejects when it cannot go on. */
  running: Promise<void>;
  stop(): Promise<void>;
}

export interface LifePorts<Worker extends Living> {
  /** Makes everything right and starts the worker; `isAgain` when it is not the first try. */
  start(isAgain: boolean): Promise<Worker>;
  /** Called as soon as a worker has begun. */
  onStarted(worker: Worker): Promise<void>;
  /** For how many milliseconds what the worker needs has been away. */
  lasting(): number;
  report: Report;
  /** How long to wait after so many failures; a test waits less. */
  pauseMilliseconds?: (failures: number) => number;
}

/** The worker's life: it is started again while what it needs may come back, and ends when only a person can help. */
export interface Life<Worker extends Living> {
  /** The worker, while there is one. */
  worker(): Worker | undefined;
  /** Resolves when it has begun for the first time; rejects as `failed` does. */
  ready: Promise<void>;
  /** Rejects with what only a person can mend. */
  failed: Promise<never>;
  /** Whether the worker could not begin, or could not go on, and will be started again. */
  isBroken(): boolean;
  stop(): Promise<void>;
}

const LONGEST_PAUSE_MILLISECONDS = 60_000;
/** Trouble shorter than this is left to the retries of whoever meets it. */
const PATIENCE_MILLISECONDS = 5_000;
/** After so long without trouble, the pauses begin at their shortest again. */
const CALM_MILLISECONDS = 120_000;
const LOOK_MILLISECONDS = 500;
/** How long to wait for a worker whose storage hangs; cutting it off is safe at every step. */
const STOP_MILLISECONDS = 6_000;

/** 1, 2, 4 … 60 s. */
const growing = (failures: number): number => Math.min(LONGEST_PAUSE_MILLISECONDS, 1000 * 2 ** (failures - 1));

/** Whether an error may pass by itself: storage, network, a conflict with another writer. Any other would come again. */
const mayPass = (error: unknown): boolean =>
  error instanceof Unavailable ||
  error instanceof Conflict ||
  (error instanceof Error && 'syscall' in error && 'errno' in error);

/** Begins at once. All pauses are monotonic: a clock that is set does not stretch them. */
export const startLife = <Worker extends Living>(ports: LifePorts<Worker>): Life<Worker> => {
  const { report, pauseMilliseconds = growing } = ports;
  const ready = Promise.withResolvers<void>();
  const fatal = Promise.withResolvers<never>();
  const end = Promise.withResolvers<void>();
  let worker: Worker | undefined;
  let failures = 0;
  let isEnding = false;

  const pause = (milliseconds: number): Promise<void> => atMost(milliseconds, end.promise);

  /** Resolves when the worker is to end: by request, or because what it needs has been away for too long. */
  const untilTrouble = async (): Promise<void> => {
    const patience = Math.max(PATIENCE_MILLISECONDS, pauseMilliseconds(failures + 1));
    while (!isEnding && ports.lasting() <= patience) await pause(LOOK_MILLISECONDS);
  };

  const liveOnce = async (isAgain: boolean): Promise<void> => {
    const started = await ports.start(isAgain);
    started.running.catch(() => undefined); // It is raced below; after the race nobody waits for it.
    try {
      worker = started;
      await ports.onStarted(started);
      ready.resolve();
      await Promise.race([started.running, untilTrouble()]);
    } finally {
      worker = undefined;
      const stopping = started.stop().catch(() => undefined); // The reason has been reported already.
      await atMost(STOP_MILLISECONDS, stopping);
    }
  };

  const live = async (): Promise<void> => {
    for (let isAgain = false; !isEnding; isAgain = true) {
      const began = performance.now();
      try {
        await liveOnce(isAgain);
        if (isEnding) return;
        report('problem', { error: 'what is stored cannot be reached: everything is opened anew' });
      } catch (error) {
        if (!mayPass(error)) return fatal.reject(error);
        report('problem', { error: describeError(error) });
      }
      failures = performance.now() - began > CALM_MILLISECONDS ? 1 : failures + 1;
      await pause(pauseMilliseconds(failures));
    }
  };

  const living = live();
  const begun = Promise.race([ready.promise, fatal.promise]);
  for (const promise of [begun, fatal.promise]) promise.catch(() => undefined); // Callers that await it still get the rejection.
  return {
    worker: () => worker,
    ready: begun,
    failed: fatal.promise,
    isBroken: () => failures > 0 && worker === undefined,
    stop: async () => {
      isEnding = true;
      end.resolve();
      await living;
    },
  };
};

/** Waits for work, but no longer than that. */
const atMost = async (milliseconds: number, work: Promise<void>): Promise<void> => {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, milliseconds);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
};
