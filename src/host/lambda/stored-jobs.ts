import { jobOf, parseJob } from '../../queue/jobs.ts';
import type { Job } from '../../queue/queue.ts';
import { isWaitingKey, WAITING } from '../../queue/stored.ts';
import { digestOf } from '../../store/digest.ts';
import type { WaitingBodies, WaitingBody } from '../../store/s3-waiting.ts';

/** A job as it was put, with what must be removed when it is done. */
export interface Redeemed {
  job: Job;
  stored?: WaitingBody;
}

/**
 * Gives a job its body back, where that was stored. Undefined when there is nothing to do: the body is gone, so the job was done before.
 * While the body cannot be read the job stays as it is, and comes again. Never throws.
 */
export const redeem = async (
  job: Job,
  bodies: WaitingBodies,
  onError: (error: unknown) => void,
): Promise<Redeemed | undefined> => {
  const body = parseJob(job.body);
  if (body?.kind !== 'stored' || !isWaitingKey(body.key)) return { job };
  try {
    const stored = await bodies.get(body.key);
    if (!stored) return undefined;
    if (body.key === `${WAITING}${digestOf(stored.text)}.json`) return { job: { ...job, body: stored.text }, stored };
    const raw = Buffer.from(stored.text).toString('base64');
    return {
      job: { ...job, ...jobOf(job.id, job.group, { kind: 'malformed', reason: 'damaged while it waited', raw }) },
      stored,
    };
  } catch (error) {
    onError(error);
    return { job };
  }
};

/** Removes the bodies of jobs that are done. One that stays is found by nobody again, and harms nobody: it is reported. Never throws. */
export const removeStored = async (
  done: readonly Redeemed[],
  bodies: WaitingBodies,
  onError: (error: unknown) => void,
): Promise<void> => {
  for (const { stored } of done) if (stored) await bodies.remove(stored).catch(onError);
};
