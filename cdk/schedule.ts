import { Duration, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { allow } from './statements.ts';

/** A challenge as `til.config.ts` has it, as far as the clock is concerned. */
export interface ScheduledChallenge {
  channel: string;
  timeZone?: string;
  schedule?: { weekOpen?: string; monthResult?: string };
}

/** The defaults of the config, which this folder does not import: it needs no source. */
const DEFAULTS = { timeZone: 'Asia/Seoul', weekOpen: '09:30', monthResult: '09:20' };

/**
 * The clock: each tick goes straight to the queue, at the challenge's own local time (Scheduler knows time zones; rules of
 * EventBridge know only UTC). It may come twice or late; a tick says for which moment it was meant, and its work happens once.
 */
export class Clock extends Construct {
  readonly deadLetters: Queue;

  constructor(
    scope: Construct,
    id: string,
    { queue, challenges }: { queue: IQueue; challenges: ScheduledChallenge[] },
  ) {
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
    for (const challenge of challenges) {
      for (const [tick, expression] of Object.entries(expressionsOf(challenge))) {
        new CfnSchedule(this, `${challenge.channel}-${tick}`, {
          description: `${tick} of ${challenge.channel}`,
          scheduleExpression: expression,
          scheduleExpressionTimezone: challenge.timeZone ?? DEFAULTS.timeZone,
          flexibleTimeWindow: { mode: 'OFF' },
          target: {
            arn: queue.queueArn,
            roleArn: role.roleArn,
            input: tickBody(tick, challenge.channel),
            // In line with the channel's events: a result counts all that was acknowledged before it.
            sqsParameters: { messageGroupId: challenge.channel },
            // The most there is. What comes later than a day would be skipped as stale anyway.
            retryPolicy: { maximumRetryAttempts: 185, maximumEventAgeInSeconds: Duration.days(1).toSeconds() },
            deadLetterConfig: { arn: this.deadLetters.queueArn },
          },
        }).node.addDependency(role);
      }
    }
  }
}

/** The job; Scheduler puts the moment for which it was meant in the place of the last word. */
const tickBody = (tick: string, channel: string) =>
  JSON.stringify({ kind: 'tick', tick, channel, scheduledAt: '<aws.scheduler.scheduled-time>' });

/** When what happens. Nothing between 00:00 and 03:59, where summer time makes hours that come twice or never. */
const expressionsOf = ({ channel, schedule = {} }: ScheduledChallenge) => {
  const at = (name: 'weekOpen' | 'monthResult') => {
    const time = schedule[name] ?? DEFAULTS[name];
    const [, hour, minute] = /^(0?[4-9]|1\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
    if (hour !== undefined) return `${Number(minute)} ${Number(hour)}`;
    throw new Error(`schedule.${name} of ${channel}: expected a time from 04:00 to 23:59, got ${JSON.stringify(time)}`);
  };
  return {
    'week.open': `cron(${at('weekOpen')} ? * MON *)`,
    'month.result': `cron(${at('monthResult')} ? * 2#1 *)`, // 2 is Monday here, #1 the month's first.
    reconcile: 'cron(30 4 * * ? *)', // Daily, when few write.
    seal: 'cron(0 5 ? * WED *)', // A week has been quiet for 48 h on Wednesday at the earliest.
  };
};
