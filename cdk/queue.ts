import { Duration } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** How long the worker may run. Appending, folding and saving ten events takes a second; Slack may take 10 s to time out. */
export const WORKER_TIMEOUT = Duration.seconds(30);

/** How often a job is tried before it is a dead letter. */
const MOST_TRIES = 1_000;

/**
 * The queue of jobs. FIFO, so that a channel's events come in order and an effect is tried by one worker at a time. Its normal
 * 300 calls/s are 36 times what Slack delivers at most (30,000 events an hour), so high throughput mode is not needed.
 */
export class JobQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const retentionPeriod = Duration.days(14); // The longest there is: a holiday must not lose an event.
    // A message of a FIFO queue begins its days anew when it is moved. Dead letters break a group's order. The folds do not mind: they converge in any order.
    this.deadLetters = new Queue(this, 'DeadLetters', { fifo: true, retentionPeriod, enforceSSL: true });
    this.queue = new Queue(this, 'Jobs', {
      fifo: true,
      // The Scheduler sends without a deduplication id. Elsewhere the id is explicit and wins.
      contentBasedDeduplication: true,
      // Six times the worker's time-out (AWS's rule for event sources), and longer than the 120 s after which a message that we
      // sent to Slack can be looked up: an effect of unknown fate is not tried again before its fate can be known.
      visibilityTimeout: Duration.seconds(6 * WORKER_TIMEOUT.toSeconds()),
      retentionPeriod,
      enforceSSL: true,
      // The worker says when a job comes again: after 5 s, 15 s, 45 s … and then every ten minutes. A thousand tries, the most that SQS
      // counts to, are seven days of the fourteen: nothing ends before it is a dead letter, which is kept for fourteen more.
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MOST_TRIES },
    });
    acknowledge(this.deadLetters, { 'AwsSolutions-SQS3': 'This is the dead-letter queue.' });
  }
}
