import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { SLACK_PATHS } from '../../src/host/ingest.ts';
import { bundleFunctions } from '../host/lambda/cloud.ts';
// Parts of this suite, not suites of their own: each would load aws-cdk-lib again, which takes seconds.
import './access.ts';
import './edges.ts';
import './replica.ts';
import './log-guard.ts';
import './roles.ts';
import { lookUp, resourcesOf, stackFor } from './stack.ts';

const { all, of, named } = lookUp(resourcesOf(stackFor({ alarmEmail: 'admin@example.com', budgetDollars: 10 }).stack));

test('the stack is these resources and no others', () => {
  const list = [...all].map(([name, { Type }]) => `${Type.replace('AWS::', '')} ${name}`).sort();
  expect(list).toEqual([
    'ApiGatewayV2::Api IngressApi',
    'ApiGatewayV2::Integration IngressApiPOSTslackeventsIngestIntegration',
    'ApiGatewayV2::Route IngressApiGEThealthz',
    'ApiGatewayV2::Route IngressApiPOSTslackcommands',
    'ApiGatewayV2::Route IngressApiPOSTslackevents',
    'ApiGatewayV2::Route IngressApiPOSTslackinteractions',
    'ApiGatewayV2::Stage IngressStage',
    'Budgets::Budget BudgetMonthly',
    'CloudFront::CachePolicy DashboardBriefly',
    'CloudFront::Distribution DashboardDistribution',
    'CloudFront::OriginAccessControl DashboardAccess',
    'CloudFront::ResponseHeadersPolicy DashboardPageHeaders',
    'CloudFront::ResponseHeadersPolicy DashboardSnapshotsHeaders',
    'CloudWatch::Alarm AlarmsClockWrong',
    'CloudWatch::Alarm AlarmsCountsChanged',
    'CloudWatch::Alarm AlarmsDamagedObjects',
    'CloudWatch::Alarm AlarmsDeadLetters',
    'CloudWatch::Alarm AlarmsDeadTicks',
    'CloudWatch::Alarm AlarmsJobsWait',
    'CloudWatch::Alarm AlarmsMissed',
    'CloudWatch::Alarm AlarmsNoEvents',
    'CloudWatch::Alarm AlarmsQuarantine',
    'CloudWatch::Alarm AlarmsReconcileDifferences',
    'CloudWatch::Alarm AlarmsRequestsAreSlow',
    'CloudWatch::Alarm AlarmsRequestsFail',
    'CloudWatch::Alarm AlarmsSignaturesAreWrong',
    'CloudWatch::Alarm AlarmsSlackRefuses',
    'CloudWatch::Alarm AlarmsSlackToken',
    'CloudWatch::Alarm AlarmsTooManyRequests',
    'CloudWatch::Alarm AlarmsWorkerFails',
    'IAM::Policy ClockRoleDefaultPolicy',
    'IAM::Policy IngressIngestRoleDefaultPolicy',
    'IAM::Policy OperatorsEraserDefaultPolicy',
    'IAM::Policy OperatorsOperatorDefaultPolicy',
    'IAM::Policy WorkerRoleDefaultPolicy',
    'IAM::Role ClockRole',
    'IAM::Role IngressIngestRole',
    'IAM::Role OperatorsEraser',
    'IAM::Role OperatorsOperator',
    'IAM::Role WorkerRole',
    'Lambda::EventSourceMapping WorkerJobs',
    'Lambda::Function IngressIngestFunction',
    'Lambda::Function WorkerFunction',
    'Lambda::Permission IngressApiGEThealthzIngestIntegrationPermission',
    'Lambda::Permission IngressApiPOSTslackcommandsIngestIntegrationPermission',
    'Lambda::Permission IngressApiPOSTslackeventsIngestIntegrationPermission',
    'Lambda::Permission IngressApiPOSTslackinteractionsIngestIntegrationPermission',
    'Logs::LogGroup IngressAccessLog',
    'Logs::LogGroup IngressIngestLog',
    'Logs::LogGroup WorkerLog',
    'Logs::MetricFilter Alarmsacceptedfilter',
    'Logs::MetricFilter Alarmsanswered401filter',
    'Logs::MetricFilter Alarmsanswered429filter',
    'Logs::MetricFilter Alarmsclockwrongfilter',
    'Logs::MetricFilter Alarmscountschangedfilter',
    'Logs::MetricFilter Alarmsdamagedfilter',
    'Logs::MetricFilter Alarmsmissedfilter',
    'Logs::MetricFilter Alarmsquarantinefilter',
    'Logs::MetricFilter Alarmsreconciledifferencesfilter',
    'Logs::MetricFilter Alarmsrefusedfilter',
    'Logs::MetricFilter Alarmsslacktokenfilter',
    'S3::Bucket DashboardSite',
    'S3::Bucket LogBucket',
    'S3::Bucket StateBucket',
    'S3::BucketPolicy DashboardSitePolicy',
    'S3::BucketPolicy LogBucketPolicy',
    'S3::BucketPolicy StateBucketPolicy',
    'SNS::Subscription AlarmsTopicadminexamplecom',
    'SNS::Topic AlarmsTopic',
    'SNS::TopicPolicy AlarmsTopicPolicy',
    'SQS::Queue ClockDeadLetters',
    'SQS::Queue QueueDeadLetters',
    'SQS::Queue QueueJobs',
    'SQS::QueuePolicy ClockDeadLettersPolicy',
    'SQS::QueuePolicy QueueDeadLettersPolicy',
    'SQS::QueuePolicy QueueJobsPolicy',
    'Scheduler::Schedule ClockDue',
    'SecretsManager::Secret SecretsSlack',
  ]);
});

test('what must outlive the stack is kept, with its policies, and nothing else is', () => {
  const kept = [...all].filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain').map(([name]) => name);
  expect(kept.sort()).toEqual([
    'LogBucket',
    'LogBucketPolicy',
    'OperatorsEraser',
    'OperatorsEraserDefaultPolicy',
    'OperatorsOperator',
    'OperatorsOperatorDefaultPolicy',
    'StateBucket',
    'StateBucketPolicy',
  ]);
});

test('the stack cannot be removed by accident, and tells what it was given', () => {
  const { stack } = stackFor({ settings: '{"budget":"50"}' });
  expect(stack.terminationProtection).toBe(true);
  const { Outputs } = Template.fromStack(stack).toJSON() as { Outputs: Record<string, { Value: unknown }> };
  expect(Outputs['Settings']?.Value).toBe('{"budget":"50"}');
});

test('the queue’s numbers belong together', () => {
  const fortnight = 14 * 24 * 3_600;
  expect(of('QueueJobs').Properties).toEqual({
    FifoQueue: true,
    ContentBasedDeduplication: true,
    VisibilityTimeout: 180,
    MessageRetentionPeriod: fortnight,
    RedrivePolicy: { deadLetterTargetArn: '<QueueDeadLetters.Arn>', maxReceiveCount: 1_000 },
  });
  expect(of('QueueDeadLetters').Properties).toEqual({ FifoQueue: true, MessageRetentionPeriod: fortnight });
  expect(of('ClockDeadLetters').Properties).toEqual({ MessageRetentionPeriod: fortnight });
  expect(of('WorkerFunction').Properties['Timeout']).toBe(180 / 6);
  expect(of('WorkerJobs').Properties).toEqual({
    BatchSize: 10,
    EventSourceArn: '<QueueJobs.Arn>',
    FunctionName: '<WorkerFunction>',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 2 },
  });
});

test('both functions are Node 24 on arm64 and know where everything is', () => {
  const functions = named('AWS::Lambda::Function');
  expect(functions.map(([name, { Properties }]) => [name, Properties['Timeout']])).toEqual([
    ['IngressIngestFunction', 3],
    ['WorkerFunction', 30],
  ]);
  for (const [name, { Properties }] of functions) {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 512,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: `<${name.replace('Function', 'Log')}>` },
      Environment: {
        Variables: {
          TIL_LOG: 's3://<LogBucket>',
          TIL_STATE: 's3://<StateBucket>',
          TIL_QUEUE: '<QueueJobs>',
          TIL_SECRET: '<SecretsSlack>',
          NODE_OPTIONS: '--enable-source-maps',
        },
      },
    });
  }
});

test('a deployment makes the functions start anew, so that they read a replaced secret', () => {
  const environments = (deployedAt: string) =>
    lookUp(resourcesOf(stackFor({ deployedAt }).stack))
      .named('AWS::Lambda::Function')
      .map(([, { Properties }]) => JSON.stringify(Properties['Environment']));
  const [before, after] = [environments('yesterday'), environments('today')];
  expect(before.filter((environment) => after.includes(environment))).toEqual([]);
});

test('every log is forgotten after a month', () => {
  const days = named('AWS::Logs::LogGroup').map(([name, { Properties }]) => [name, Properties['RetentionInDays']]);
  expect(days).toEqual([
    ['IngressIngestLog', 30],
    ['IngressAccessLog', 30],
    ['WorkerLog', 30],
  ]);
});

test('Slack is let in at three addresses, and not faster than it can be', () => {
  const routes = named('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties['RouteKey']);
  expect(routes).toEqual([...SLACK_PATHS.map((path) => `POST ${path}`), 'GET /healthz']);
  const targets = named('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => JSON.stringify(Properties['Target']));
  expect(new Set(targets).size).toBe(1);
  const { StageName, DefaultRouteSettings, AccessLogSettings } = of('IngressStage').Properties;
  expect([StageName, DefaultRouteSettings]).toEqual([
    '$default',
    { ThrottlingBurstLimit: 100, ThrottlingRateLimit: 50 },
  ]);
  expect(Object.keys(JSON.parse((AccessLogSettings as { Format: string }).Format) as object)).not.toContain('ip');
  expect(of('IngressAccessLog').Properties['LogGroupName']).toBe('/aws/vendedlogs/til/Til/access');
});

describe('the rules of others', () => {
  test('cdk-nag and CloudFormation’s own checks find nothing that is not answered with a reason', () => {
    const { app } = stackFor({ readFrom: ['old-log'], budgetDollars: 10, ci: 'arn:aws:iam::123456789012:role/build' });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  });

  test('they would find a queue without a limit to its tries', () => {
    const { app, stack } = stackFor();
    new Queue(stack, 'Careless', { enforceSSL: true });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).toThrow(/AwsSolutions-SQS3/);
  });
});

describe('the bundles', () => {
  test('are, byte for byte, the ones that the functions’ own tests drive', async () => {
    const { app } = stackFor({}, true);
    const { directory } = app.synth();
    const withoutMap = (file: string) => readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\n$/, '');
    const uploaded = globSync('asset.*/index.mjs', { cwd: directory }).map((file) => withoutMap(join(directory, file)));
    const tested = await bundleFunctions();
    const driven = ['ingest', 'worker'].map((name) => withoutMap(join(tested.folder, `${name}.mjs`)));
    tested.remove();
    expect(uploaded.map(({ length }) => length).sort()).toEqual(driven.map(({ length }) => length).sort());
    expect(uploaded.sort().every((bundle, at) => bundle === driven.sort()[at])).toBe(true);
  });
});
