/**
 * The port to the queue: FIFO within a group, at least once, groups independent of each other.
 * `test/contract/queue.ts` checks what the comments promise. All methods throw `Unavailable` when the queue cannot be reached.
 */
export interface Queue {
  /** Puts jobs at the end of their groups, in the order given. When it returns they survive power loss. Any process may call it. */
  put(jobs: NewJob[]): Promise<void>;

  /**
   * Takes up to `max` (1 to 10) of the oldest waiting jobs of groups that have none taken, in order; waits up to `waitSeconds` for the
   * first. Jobs of several groups may come together, each group's in its order. A taken job comes back, with all behind it, after
   * the visibility time-out unless `done` was called.
   */
  take(max: number, waitSeconds: number): Promise<Job[]>;

  /** Removes taken jobs for ever. */
  done(jobs: Job[]): Promise<void>;

  /** Puts a taken job back to the head of its group, not to be taken before `delaySeconds` have passed; those behind it wait with it. */
  retry(job: Job, delaySeconds: number): Promise<void>;
}

/**
 * How the names of groups begin whose jobs hold what may be kept nowhere. An adapter that keeps jobs on this machine's disk leaves nothing of
 * them there once they are done, nor when they cannot be read.
 */
export const PRIVATE_GROUPS = 'person/';

/** A job to be put. `id` allows an adapter to drop a repetition within minutes; nothing may rely on it. */
export interface NewJob {
  id: string;
  group: string;
  body: string;
}

/** A job as it was taken. `received` counts the times it was taken, this one included; `handle` is the adapter's own. */
export interface Job extends NewJob {
  received: number;
  /** When it was taken for the first time, in milliseconds since 1970, where the queue knows that. */
  firstTaken?: number;
  handle: string;
}
