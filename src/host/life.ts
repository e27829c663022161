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
  /** What a worker that has begun does first. */
  onStarted(worker: Worker): Promise<void>;
  /** For how many milliseconds what the worker needs has been away. */
  lasting(): number;
  report: Report;
  /** How long to wait after so many failures; a test waits less. */
  pauseMilliseconds?: (failures: number) => number;
}

/** The worker's life: begun again and again while what it needs may come back, ended by what only a person can mend. */
export interface Life<Worker extends Living> {
  /** The worker, while there is one. */
  worker(): Worker | undefined;
  /** Resolves when it has begun for the first time; rejects as `failed` does. */
  ready: Promise<void>;
  /** Rejects with what only a person can mend. */
  failed: Promise<never>;
  /** Says whether it could not begin, or could not go on, and is to be begun again. */
  isBroken(): boolean;
  stop(): Promise<void>;
}

const LONGEST_PAUSE_MILLISECONDS = 60_000;
/** What passes within this time is left to those who try again by themselves. */
const PATIENCE_MILLISECONDS = 5_000;
/** What goes wrong so long after the last trouble is a new one. */
const CALM_MILLISECONDS = 120_000;
const LOOK_MILLISECONDS = 500;
/** A worker whose storage hangs is not waited for any longer; what it does is safe at every step. */
const STOP_MILLISECONDS = 6_000;

/** 1, 2, 4 … 60 s. */
const growing = (failures: number): number => Math.min(LONGEST_PAUSE_MILLISECONDS, 1000 * 2 ** (failures - 1));

/** What may pass by itself: storage, network, another's writing. All else would fail again. */
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
    started.running.catch(() => undefined); // It is raced below; should that be over, nobody waits.
    try {
      worker = started;
      await ports.onStarted(started);
      ready.resolve();
      await Promise.race([started.running, untilTrouble()]);
    } finally {
      worker = undefined;
      const stopping = started.stop().catch(() => undefined); // Why it could not go on is told already.
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
  for (const promise of [begun, fatal.promise]) promise.catch(() => undefined); // Whoever asks for it hears of it.
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
