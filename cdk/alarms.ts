import { Duration, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Alarm, ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, type IFilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { BundledFunction } from './function.ts';

/** What is watched. */
export interface AlarmsProps {
  queue: IQueue;
  deadLetters: IQueue;
  scheduleDeadLetters: IQueue;
  api: HttpApi;
  /** Where the API writes a line for each request, with its `status`. */
  accessLog: ILogGroup;
  ingest: BundledFunction;
  worker: BundledFunction;
  email?: string;
}

/** The codes of the worker's own alarms, and their headings. */
export const REPORTED: Record<string, string> = {
  'reconcile-differences': 'Reconcile differences',
  quarantine: 'Quarantine',
  refused: 'Slack refuses',
  'slack-token': 'Slack token',
  missed: 'Missed',
  damaged: 'Damaged objects',
  'clock-wrong': 'Clock wrong',
  'counts-changed': 'Counts changed',
};

interface Watch {
  /** The heading in RUNBOOK.md. */
  heading: string;
  metric: IMetric;
  /** Alarm at this or above, or, with `below`, under it. */
  threshold: number;
  below?: boolean;
  /** How many periods in a row. */
  periods?: number;
}

/** Who must know when something needs a person. Each alarm names its heading in RUNBOOK.md. */
export class Alarms extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { displayName: 'TIL challenge', enforceSSL: true });
    if (props.email) this.topic.addSubscription(new EmailSubscription(props.email));
    // A policy of one's own replaces the one that lets the account's alarms publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Alarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Budget',
        principals: [new ServicePrincipal('budgets.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    const action = new SnsAction(this.topic);
    for (const watch of [
      ...this.queues(props),
      ...this.requests(props),
      ...this.functions(props),
      ...this.reports(props),
    ]) {
      const { heading, metric, threshold, below = false, periods = 1 } = watch;
      const alarm = new Alarm(
        this,
        heading.replaceAll(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase()),
        {
          alarmDescription: `RUNBOOK.md, "${heading}"`,
          metric,
          threshold,
          evaluationPeriods: periods,
          comparisonOperator: below
            ? ComparisonOperator.LESS_THAN_THRESHOLD
            : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          treatMissingData: TreatMissingData.NOT_BREACHING, // Nothing happened, so nothing went wrong.
        },
      );
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }

  private queues({ queue, deadLetters, scheduleDeadLetters }: AlarmsProps): Watch[] {
    const period = Duration.minutes(5);
    const waiting = { period, statistic: 'Maximum' };
    return [
      { heading: 'Dead letters', metric: deadLetters.metricApproximateNumberOfMessagesVisible(waiting), threshold: 1 },
      {
        heading: 'Dead ticks',
        metric: scheduleDeadLetters.metricApproximateNumberOfMessagesVisible(waiting),
        threshold: 1,
      },
      // Ten minutes are five tries of a job, and the longest wait until the next: what heals by itself has mostly done so.
      { heading: 'Jobs wait', metric: queue.metricApproximateAgeOfOldestMessage(waiting), threshold: 600 },
    ];
  }

  private requests({ api, accessLog }: AlarmsProps): Watch[] {
    const period = Duration.minutes(5);
    const answered = (status: number) =>
      this.count(`answered-${status}`, accessLog, FilterPattern.stringValue('$.status', '=', `${status}`), period);
    return [
      { heading: 'Requests fail', metric: api.metricServerError({ period, statistic: 'Sum' }), threshold: 1 },
      // Slack gives up after 3 s. One cold start is no alarm, so twice in a row.
      {
        heading: 'Requests are slow',
        metric: api.metricLatency({ period, statistic: 'p99' }),
        threshold: 1_500,
        periods: 2,
      },
      // Slack sends what was refused again at once, and after a minute: three are one delivery, a single one is some stranger.
      { heading: 'Signatures are wrong', metric: answered(401), threshold: 3 },
      { heading: 'Too many requests', metric: answered(429), threshold: 1 },
    ];
  }

  private functions({ queue, ingest, worker }: AlarmsProps): Watch[] {
    const total = { period: Duration.minutes(5), statistic: 'Sum' };
    const accepted = this.count(
      'accepted',
      ingest.logGroup,
      FilterPattern.all(
        FilterPattern.stringValue('$.happening', '=', 'accepted'),
        FilterPattern.stringValue('$.kind', '=', 'delivery'),
      ),
      Duration.hours(1),
    );
    return [
      { heading: 'Worker fails', metric: worker.function.metricErrors(total), threshold: 1 },
      { heading: 'No events', metric: workdayDeliveries(accepted, queue), threshold: 1, below: true, periods: 24 },
    ];
  }

  /** What the worker asks people to look at: a line `{"happening":"alarm","code":…}` in its log. */
  private reports({ worker }: AlarmsProps): Watch[] {
    return Object.entries(REPORTED).map(([code, heading]) => {
      const pattern = FilterPattern.all(
        FilterPattern.stringValue('$.happening', '=', 'alarm'),
        FilterPattern.stringValue('$.code', '=', code),
      );
      return { heading, metric: this.count(code, worker.logGroup, pattern, Duration.minutes(5)), threshold: 1 };
    });
  }

  /** How many lines of a log fit, summed over a period. */
  private count(name: string, logGroup: ILogGroup, filterPattern: IFilterPattern, period: Duration): IMetric {
    const filter = new MetricFilter(this, `${name}-filter`, {
      logGroup,
      // Metrics belong to the account: a name of another deployment's would count for this one too.
      metricNamespace: `TIL/${Stack.of(this).stackName}`,
      metricName: name,
      filterPattern,
      metricValue: '1',
    });
    return filter.metric({ period, statistic: 'Sum' });
  }
}

/**
 * Deliveries that were accepted an hour, where an hour of a weekend (UTC) counts as busy: 24 quiet hours in a row are then a quiet
 * workday. Where nothing is accepted there is no metric at all, so the queue's, which Lambda asks all the time, gives the hours.
 */
const workdayDeliveries = (deliveries: IMetric, queue: IQueue) =>
  new MathExpression({
    expression: 'IF(DAY(polls) > 5, 1, SUM([polls * 0, deliveries]))',
    usingMetrics: {
      polls: queue.metricNumberOfEmptyReceives({ period: Duration.hours(1), statistic: 'Sum' }),
      deliveries,
    },
    period: Duration.hours(1),
    label: 'deliveries on workdays',
  });
