import { join } from 'node:path';
import { Annotations, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { MonthlyBudget } from './budget.ts';
import { Dashboard } from './dashboard.ts';
import type { Door } from './door.ts';
import { Ingress } from './ingress.ts';
import { LogBucket } from './log-bucket.ts';
import { deployerOf, Operators } from './operators.ts';
import { JobQueue } from './queue.ts';
import { Replication } from './replica.ts';
import { Clock } from './schedule.ts';
import { Secrets } from './secrets.ts';
import { StateBucket } from './state-bucket.ts';
import { roundedTimes, type ScheduledChallenge } from './times.ts';
import { Worker } from './worker.ts';

const FUNCTIONS = join(import.meta.dirname, '../src/host/lambda');

/** What the deployment is told. */
export interface TilStackProps extends StackProps {
  challenges: ScheduledChallenge[];
  /** False only on the way to destroying the log. */
  keepLog?: boolean;
  alarmEmail?: string;
  /** Who may see the page; everybody by default. */
  door?: Door;
  /** The name of the bucket in another region that gets each object of the log as well; absent: there is none. */
  replica?: string | undefined;
  /** US dollars a month above which somebody is told; absent: nobody is. */
  budgetDollars?: number | undefined;
  /** Buckets of earlier deployments that the operator may read. */
  readFrom?: string[];
  /** The output `EdgePolicies` of another stack. */
  edgePolicies?: string | undefined;
  /** The ARN of a role that may take the operator's without a person. */
  ci?: string | undefined;
  /** What the deployment was given, as JSON: the stack tells it to the next one. */
  settings?: string | undefined;
  /** Any text; another one than last time makes the functions start anew, and so read their secrets again. */
  deployedAt?: string;
}

/** What the outputs tell of. */
interface Told {
  given: string;
  log: IBucket;
  state: IBucket;
  secret: ISecret;
  queue: IQueue;
  deadLetters: IQueue;
  ingress: Ingress;
  worker: Worker;
  clock: Clock;
  dashboard: Dashboard;
  operators: Operators;
  alarms: Alarms;
}

/** Slack ▸ ingest ▸ queue ▸ worker ▸ log and state ▸ dashboard; the clock feeds the same queue, the alarms watch it all. */
export class TilStack extends Stack {
  constructor(scope: Construct, id: string, props: TilStackProps) {
    super(scope, id, { terminationProtection: true, ...props });
    const keep = props.keepLog ?? true;
    for (const line of roundedTimes(props.challenges)) Annotations.of(this).addInfo(line);

    const logBucket = new LogBucket(this, 'Log', { keep });
    const stateBucket = new StateBucket(this, 'State', { keep });
    const [log, state] = [logBucket.bucket, stateBucket.bucket];
    const secret = new Secrets(this, 'Secrets').slack;
    const { queue, deadLetters } = new JobQueue(this, 'Queue');

    const environment = {
      TIL_LOG: `s3://${log.bucketName}`,
      TIL_STATE: `s3://${state.bucketName}`,
      TIL_QUEUE: queue.queueUrl,
      TIL_SECRET: secret.secretArn,
      ...(props.deployedAt && { TIL_DEPLOYED_AT: props.deployedAt }),
    };
    const shared = { queue, secret, environment };
    const ingress = new Ingress(this, 'Ingress', { entry: join(FUNCTIONS, 'ingest.ts'), log, ...shared });
    const worker = new Worker(this, 'Worker', { entry: join(FUNCTIONS, 'worker.ts'), log, state, ...shared });
    const clock = new Clock(this, 'Clock', { queue });
    const dashboard = new Dashboard(this, 'Dashboard', {
      state,
      edgePolicies: props.edgePolicies,
      ...(props.door && { door: props.door }),
    });
    const operators = new Operators(this, 'Operators', {
      log,
      state,
      queue,
      deadLetters,
      secret,
      readFrom: props.readFrom ?? [],
      ci: props.ci,
      keep,
    });

    const eraser = operators.eraser.roleArn;
    if (keep) {
      const writers = [worker.role.roleArn, operators.operator.roleArn, eraser];
      logBucket.guard({
        writers,
        ingest: ingress.ingest.role.roleArn,
        worker: worker.role.roleArn,
        eraser,
        deployer: deployerOf(this),
      });
      stateBucket.guard({ eraser });
    }
    if (props.replica) new Replication(this, 'Replication', { log, to: props.replica, operators });
    const alarms = new Alarms(this, 'Alarms', {
      queue,
      deadLetters,
      scheduleDeadLetters: clock.deadLetters,
      api: ingress.api,
      accessLog: ingress.accessLog,
      ingest: ingress.ingest,
      worker,
      ...(props.alarmEmail && { email: props.alarmEmail }),
    });
    if (props.budgetDollars !== undefined)
      new MonthlyBudget(this, 'Budget', { dollars: props.budgetDollars, topic: alarms.topic });

    const given = props.settings ?? '{}';
    this.tell({ given, log, state, secret, queue, deadLetters, ingress, worker, clock, dashboard, operators, alarms });
  }

  /** What the commands and the runbook look for. */
  private tell({ given, log, state, secret, queue, deadLetters, ...parts }: Told) {
    const { ingress, worker, clock, dashboard, operators, alarms } = parts;
    this.output('Settings', given, 'What the deployment was given');
    this.output('Region', this.region, 'Where all of it is');
    this.output('RequestUrl', `${ingress.api.apiEndpoint}/slack/events`, 'Slack’s request URL');
    this.output('DashboardUrl', `https://${dashboard.distribution.distributionDomainName}`, 'The dashboard');
    this.output('SiteBucket', dashboard.site.bucketName, 'Where the dashboard’s files go');
    this.output('LogBucket', log.bucketName, 'The log');
    this.output('StateBucket', state.bucketName, 'Ledgers and snapshots');
    this.output('QueueUrl', queue.queueUrl, 'The queue of jobs');
    this.output('SecretArn', secret.secretArn, 'Where Slack’s secrets go');
    this.output('AlarmTopic', alarms.topic.topicArn, 'Who subscribes here hears of alarms');
    this.output('DeadLettersUrl', deadLetters.queueUrl, 'Jobs that failed too often');
    this.output('DeadTicksUrl', clock.deadLetters.queueUrl, 'Ticks that did not arrive');
    this.output('WorkerLog', worker.logGroup.logGroupName, 'What the worker says');
    this.output('IngestLog', ingress.ingest.logGroup.logGroupName, 'What ingest says');
    this.output('AccessLog', ingress.accessLog.logGroupName, 'A line for each request');
    this.output('OperatorRole', operators.operator.roleArn, 'The role for the CLI');
    this.output('EraserRole', operators.eraser.roleArn, 'The role that may delete');
    this.output('EdgePolicies', dashboard.edgePolicies, 'For further stacks of this account');
    this.output('WorkerMapping', worker.jobs.eventSourceMappingId, 'What rests while a person is erased');
  }

  private output(name: string, value: string, description: string) {
    new CfnOutput(this, name, { value, description });
  }
}
