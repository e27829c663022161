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
