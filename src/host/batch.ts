import { Conflict } from '../events/errors.ts';
import { isOwedGroup } from '../outbox/effect-jobs.ts';
import type { ChangedMonth } from '../pipeline/bookkeeping.ts';
import { SCHEDULE_GROUP } from '../queue/jobs.ts';
import type { Job, Queue } from '../queue/queue.ts';
import type { FailedJob, Outcome } from './worker.ts';

/** Milliseconds until this process is cut off. */
export type TimeLeft = () => number;

/** For a process without a time limit. */
export const UNLIMITED: TimeLeft = () => Number.POSITIVE_INFINITY;

/**
 * With less time than this left, no further job is begun. Being cut off does no harm, but the jobs then come back only after the visibility
 * time-out.
 */
const MARGIN_MILLISECONDS = 5_000;

export interface BatchPorts {
  /** Handles jobs of one group, in order. */
  handle: (jobs: Job[], timeLeft: TimeLeft) => Promise<Outcome>;
  /** Publishes the months that changed, now or soon. If it throws, the batch has failed; handling a batch again does no harm. */
  publish: (months: readonly ChangedMonth[]) => Promise<void> | void;
  /** `done` is absent where the platform removes jobs that did not fail. */
  queue: Pick<Queue, 'retry'> & Partial<Pick<Queue, 'done'>>;
  /** After how many seconds a failed job comes back. */
  waitSeconds: (failed: FailedJob) => number;
  onError: (error: unknown) => void;
}

/** Runs a batch and gives what must come again. Never throws. */
export type RunBatch = (jobs: Job[], timeLeft?: TimeLeft) => Promise<FailedJob[]>;

/** Runs batches: handled group by group, each in order, then published, then settled with the queue. The same for every host. */
export const createBatchRunner = (ports: BatchPorts): RunBatch => {
  return async (jobs, timeLeft = UNLIMITED) => {
    const failed = await handleAll(jobs, timeLeft, ports);
    for (const error of new Set(failed.map(({ error }) => error)))
      if (error !== undefined && !(error instanceof Conflict)) ports.onError(error);
    await settle(jobs, failed, ports).catch(ports.onError); // These jobs come back by their visibility time-out.
    return failed;
  };
};

const handleAll = async (jobs: Job[], timeLeft: TimeLeft, ports: BatchPorts): Promise<FailedJob[]> => {
  try {
    const groups = await Promise.all(byGroup(jobs).map((group) => inOrder(group, timeLeft, ports)));
    await ports.publish(groups.flatMap(({ changed }) => changed));
    return groups.flatMap(({ failed }) => failed);
  } catch (error) {
    return jobs.map((job) => ({ job, error }));
  }
};

/** Handles one group's jobs in order, until one fails or time runs out; gives those that must come again. */
const inOrder = async (
  jobs: Job[],
  timeLeft: TimeLeft,
  { handle }: BatchPorts,
): Promise<{ failed: FailedJob[]; changed: ChangedMonth[] }> => {
  const changed: ChangedMonth[] = [];
  // Events are appended together and folded at once. What is said to Slack takes its own time each, as does asking of all challenges what is due.
  const group = jobs[0]?.group;
  const portions = isOwedGroup(group) || group === SCHEDULE_GROUP ? jobs.map((job) => [job]) : [jobs];
  for (const [position, portion] of portions.entries()) {
    const behind = portions.slice(position + 1).flat();
    if (timeLeft() < MARGIN_MILLISECONDS)
      return { failed: [...portion, ...behind].map((job) => ({ job, delaySeconds: 1 })), changed };
    const outcome = await handle(portion, timeLeft).catch((error: unknown) => failedWith(portion, error));
    changed.push(...outcome.changed);
    const [first] = outcome.failed;
    if (first) return { failed: [...outcome.failed, ...behind.map((job) => ({ ...first, job }))], changed };
  }
  return { failed: [], changed };
};

const failedWith = (jobs: readonly Job[], error: unknown): Outcome => ({
  done: [],
  failed: jobs.map((job) => ({ job, error })),
  changed: [],
});

/** Removes the jobs that are done, and tells the queue when to give out the others again; each group's last job first, so that none overtakes. */
const settle = async (jobs: Job[], failed: FailedJob[], { queue, waitSeconds, onError }: BatchPorts): Promise<void> => {
  const again = new Set(failed.map(({ job }) => job));
  const done = jobs.filter((job) => !again.has(job));
  if (done.length > 0) await queue.done?.(done);
  const oneGroup = async (group: FailedJob[]): Promise<void> => {
    const seconds = Math.max(...group.map(waitSeconds));
    for (const { job } of group.toReversed()) await queue.retry(job, seconds);
  };
  const groups = Map.groupBy(failed, ({ job }) => job.group).values();
  for (const result of await Promise.allSettled([...groups].map(oneGroup)))
    if (result.status === 'rejected') onError(result.reason);
};

/** Jobs by their groups, in their order. */
export const byGroup = (jobs: readonly Job[]): Job[][] => [...Map.groupBy(jobs, ({ group }) => group).values()];
