import { jobOf, SCHEDULE_GROUP } from '../../src/queue/jobs.ts';
import type { NewJob } from '../../src/queue/queue.ts';

/** The tick of AWS's one schedule for an instant. SQS names by its content what comes without an id. */
export const dueJob = (at: Date): NewJob => {
  const scheduledAt = at.toISOString();
  return jobOf(`due/${scheduledAt}`, SCHEDULE_GROUP, { kind: 'tick', tick: 'due', scheduledAt });
};
