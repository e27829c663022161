/** Time is a port: tests and the simulation have their own. */
export interface Clock {
  /** Milliseconds since 1970, for dates. It may be wrong, and somebody may set it at any moment. */
  now(): number;
  /** Milliseconds since some moment, for how long something takes: it never goes back, and nobody sets it. */
  elapsed(): number;
  /** Resolves after so many milliseconds. */
  sleep(milliseconds: number): Promise<void>;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** A moment, by both clocks. */
export interface Moment {
  now: number;
  elapsed: number;
}

/** The moment that it is. */
export const momentOf = (clock: Omit<Clock, 'sleep'>): Moment => ({ now: clock.now(), elapsed: clock.elapsed() });

/**
 * For how many milliseconds a moment is past at most, by whichever clock says more: one of them may have been set back, the other stands
 * still while the machine sleeps.
 */
export const millisecondsSince = ({ now, elapsed }: Moment, clock: Omit<Clock, 'sleep'>): number =>
  Math.max(clock.now() - now, clock.elapsed() - elapsed);
