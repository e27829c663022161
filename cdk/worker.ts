import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledgeAllObjects, acknowledgeObjects } from './acknowledge.ts';
import { BundledFunction } from './function.ts';
import { WORKER_TIMEOUT } from './queue.ts';
import { allow, TRACES, WAITING } from './statements.ts';

/** What the worker needs of the others. */
export interface WorkerProps {
  entry: string;
  queue: IQueue;
  log: IBucket;
  state: IBucket;
  secret: ISecret;
  environment: Record<string, string>;
}

/** Takes jobs off the queue: append, fold, save, decide; attempt, send, deliver. */
export class Worker extends BundledFunction {
  /** What takes jobs from the queue and gives them to the function. */
  readonly jobs: EventSourceMapping;

  constructor(scope: Construct, id: string, { entry, queue, log, state, secret, environment }: WorkerProps) {
    super(scope, id, {
      entry,
      description: 'Appends events, folds them, and does what is owed to Slack.',
      timeout: WORKER_TIMEOUT,
      environment,
      statements: [
        // A conditional PUT that finds the key taken reads it to compare.
        allow('Objects', ['s3:GetObject', 's3:PutObject'], [log.arnForObjects('*'), state.arnForObjects('*')]),
        // What waited beside the log, and traces that are old and counted.
        allow('Done', ['s3:DeleteObjectVersion'], [log.arnForObjects(WAITING), log.arnForObjects(TRACES)]),
        // Also so that a missing key is answered 404 and not 403.
        allow('Lists', ['s3:ListBucket'], [log.bucketArn, state.bucketArn]),
        // To take traces away in all their versions.
        allow('TraceVersions', ['s3:ListBucketVersions'], [log.bucketArn]),
        allow(
          'Queue',
          [
            'sqs:ReceiveMessage',
            'sqs:DeleteMessage',
            'sqs:ChangeMessageVisibility',
            'sqs:GetQueueAttributes',
            'sqs:SendMessage',
          ],
          [queue.queueArn],
        ),
        allow('Secret', ['secretsmanager:GetSecretValue'], [secret.secretArn]),
      ],
    });
    acknowledgeAllObjects(this.role, log, state);
    acknowledgeObjects(this.role, log, WAITING);
    acknowledgeObjects(this.role, log, TRACES);
    this.jobs = new EventSourceMapping(this, 'Jobs', {
      target: this.function,
      eventSourceArn: queue.queueArn,
      // The most a FIFO queue gives. One at a time, at some 120 ms each, would be just Slack's 8.3 events/s.
      batchSize: 10,
      reportBatchItemFailures: true,
      // The least there is. A channel has one group, and Slack takes one message a second: more workers would only meet in
      // compare-and-swap. Not reserved concurrency: a new account has ten in all, and its reservations must leave ten.
      maxConcurrency: 2,
    });
    this.jobs.node.addDependency(this.role); // The mapping is refused while the role may not receive.
  }
}
