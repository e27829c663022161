import type { Job } from './queue.ts';
import { jobFromMessage } from './sqs-message.ts';

/** What Lambda passes of an SQS FIFO batch, as far as we read it. */
export interface SqsEvent {
  Records: {
    messageId: string;
    receiptHandle: string;
    body: string;
    attributes: { MessageGroupId?: string; MessageDeduplicationId?: string; ApproximateReceiveCount: string };
    messageAttributes: Record<string, { stringValue?: string }>;
  }[];
}

/** What Lambda wants to hear of a batch: what must come again. Everything else is deleted from the queue. */
export interface SqsBatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** The jobs of a batch, in its order. */
export const jobsFromSqsEvent = (event: SqsEvent): Job[] =>
  event.Records.map(({ body, attributes, messageAttributes, receiptHandle }) =>
    jobFromMessage(body, attributes, messageAttributes, receiptHandle),
  );

/**
 * The answer to Lambda when `failed` could not be done: they and all behind them in their groups, or SQS would hand out a group's
 * later jobs before its earlier one. Ids come from the event, each once: an unknown one would fail the whole batch.
 */
export const sqsBatchResponse = (event: SqsEvent, failed: Job[]): SqsBatchResponse => {
  const handles = new Set(failed.map(({ handle }) => handle));
  const stopped = new Set<string | undefined>();
  const again = event.Records.filter(({ receiptHandle, attributes }) => {
    if (handles.has(receiptHandle)) stopped.add(attributes.MessageGroupId);
    return stopped.has(attributes.MessageGroupId);
  });
  return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};

/**
 * Runs jobs one after the other and gives those that failed or were not tried: after the first failure in a group nothing more of
 * that group runs; other groups go on. (These lines instead of Powertools' batch processor: it wants Lambda's own records, while
 * `til serve` takes the same jobs from its own queue, and it is 9 kB.)
 */
export const runInOrder = async (
  jobs: Job[],
  run: (job: Job) => Promise<void>,
): Promise<{ job: Job; error?: unknown }[]> => {
  const stopped = new Set<string>();
  const failed: { job: Job; error?: unknown }[] = [];
  for (const job of jobs) {
    if (stopped.has(job.group)) {
      failed.push({ job });
      continue;
    }
    try {
      await run(job);
    } catch (error) {
      stopped.add(job.group);
      failed.push({ job, error });
    }
  }
  return failed;
};
