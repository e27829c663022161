import { Conflict, Unavailable } from '../../events/errors.ts';
import { type FailedJob, MAX_JOB_TRIES } from '../worker.ts';

/** The longest that a job waits to come again: whatever heals, the work goes on within ten minutes of that. */
const LONGEST_WAIT_SECONDS = 600;

/**
 * 5 s, 15 s, 45 s … 10 min, and never sooner than was asked for. SQS gives a job up after a thousand tries, the most there is, which is
 * a week. A job that fails for a reason of its own is put aside at its fifth try, so these come quickly.
 */
export const waitSeconds = ({ job, error, delaySeconds = 0 }: FailedJob): number => {
  const own = error !== undefined && !(error instanceof Unavailable) && !(error instanceof Conflict);
  if (own && job.received <= MAX_JOB_TRIES) return job.received;
  return Math.max(delaySeconds, Math.min(LONGEST_WAIT_SECONDS, 5 * 3 ** Math.min(job.received - 1, 9)));
};
