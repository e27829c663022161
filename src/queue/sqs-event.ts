import type { Job } from './queue.ts';
import { jobFromMessage } from './sqs-message.ts';

/** What Lambda passes of an SQS FIFO batch, as far as we read it. */
export interface SqsEvent {
  Records: {
    messageId: string;
    receiptHandle: string;
    body: string;
    attributes: {
      MessageGroupId?: string;
      MessageDeduplicationId?: string;
      ApproximateReceiveCount: string;
      ApproximateFirstReceiveTimestamp?: string;
    };
    messageAttributes: Record<string, { stringValue?: string }>;
  }[];
}

/** The answer that Lambda expects: the jobs that must come again. All others are deleted from the queue. */
export interface SqsBatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** The jobs of a batch, in its order. */
export const jobsFromSqsEvent = (event: SqsEvent): Job[] =>
  event.Records.map(({ body, attributes, messageAttributes, receiptHandle }) =>
    jobFromMessage(body, attributes, messageAttributes, receiptHandle),
  );

/**
 * The answer to Lambda when the jobs in `failed` could not be done. It names them and all behind them in their groups; else SQS would give
 * out a group's later jobs before its earlier one. Ids come from the event, each once: an unknown one would fail the whole batch.
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
