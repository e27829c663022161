import { Duration, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { allow } from './statements.ts';

/**
 * The clock: every five minutes a tick goes straight to the queue, and the worker finds out what is due, in each challenge's own time zone.
 * One schedule for all challenges, so that the stack is as large for many as for one. A tick may come twice or late: it says for which
 * moment it was meant, and its work happens once.
 */
export class Clock extends Construct {
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { queue }: { queue: IQueue }) {
    super(scope, id);
    // A standard queue: Scheduler takes no FIFO queue for its dead letters.
    this.deadLetters = new Queue(this, 'DeadLetters', { retentionPeriod: Duration.days(14), enforceSSL: true });
    acknowledge(this.deadLetters, { 'AwsSolutions-SQS3': 'This is the dead-letter queue.' });
    const role = new Role(this, 'Role', {
      // For schedules of this account only, or another's could use the role.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    role.addToPrincipalPolicy(allow('Ticks', ['sqs:SendMessage'], [queue.queueArn, this.deadLetters.queueArn]));
    new CfnSchedule(this, 'Due', {
      description: 'Asks what is due, for all challenges',
      // Not a rate: that would count from the deployment on, and hit no 09:30. No time zone is off by other than quarters of an hour.
      scheduleExpression: 'cron(0/5 * * * ? *)',
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: queue.queueArn,
        roleArn: role.roleArn,
        // Scheduler puts the moment for which it was meant in the place of the last word.
        input: JSON.stringify({ kind: 'tick', tick: 'due', scheduledAt: '<aws.scheduler.scheduled-time>' }),
        // A group of its own: it holds up no channel. What is due is queued by the worker in line with the channel's events.
        sqsParameters: { messageGroupId: 'schedule' },
        // The most there is. What comes later than a day would be skipped as stale anyway.
        retryPolicy: { maximumRetryAttempts: 185, maximumEventAgeInSeconds: Duration.days(1).toSeconds() },
        deadLetterConfig: { arn: this.deadLetters.queueArn },
      },
    }).node.addDependency(role);
  }
}
