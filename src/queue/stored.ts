import { digestOf } from '../store/digest.ts';
import { jobOf } from './jobs.ts';
import { type NewJob, PRIVATE_GROUPS, type Queue } from './queue.ts';
import { isTooLarge } from './sqs-message.ts';

/** Where bodies lie that are too large for the queue: in the log's place, but no part of the log. They are removed when their job is done. */
export const WAITING = 'waiting/';

/** Keeps a body under a key, durably; one that is there already under that key is the same. Throws `Unavailable` when it cannot. */
export type KeepBody = (key: string, body: string) => Promise<void>;

/**
 * A queue that takes jobs of any size: what is too large for SQS is kept first, and its job says where. What people do is never kept, since it
 * may lie nowhere when it is done; Slack sends nothing so large of that.
 */
export const takingAnySize = (queue: Pick<Queue, 'put'>, keep: KeepBody): Pick<Queue, 'put'> => {
  const fitting = async (job: NewJob): Promise<NewJob> => {
    if (job.group.startsWith(PRIVATE_GROUPS) || !isTooLarge(job)) return job;
    const key = `${WAITING}${digestOf(job.body)}.json`;
    await keep(key, job.body);
    return jobOf(job.id, job.group, { kind: 'stored', key });
  };
  return { put: async (jobs) => queue.put(await Promise.all(jobs.map(fitting))) };
};

/** The key of a stored body, if it is one that `takingAnySize` makes. */
export const isWaitingKey = (key: string): boolean => /^waiting\/[0-9a-f]{64}\.json$/.test(key);
