import { globSync, readFileSync } from 'node:fs';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { REPORTED } from '../../cdk/alarms.ts';
import { budgetOf } from '../../cdk/budget.ts';
import { CONTENT_SECURITY_POLICY } from '../../cdk/dashboard.ts';
import { roundedTimes, type ScheduledChallenge } from '../../cdk/times.ts';
import { REASONS } from '../../src/host/health.ts';
import { parseConfig } from '../../src/setup/config.ts';
import { dueJob } from '../support/due.ts';
import { lookUp, resourcesOf, stackFor } from './stack.ts';

const { of, named } = lookUp(resourcesOf(stackFor({ alarmEmail: 'admin@example.com' }).stack));

describe('the clock', () => {
  test('one tick every five minutes goes straight to the queue, with the moment for which it was meant', () => {
    expect(named('AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties)).toEqual([
      {
        Description: 'Asks what is due, for all challenges',
        ScheduleExpression: 'cron(0/5 * * * ? *)',
        ScheduleExpressionTimezone: 'UTC',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: '<QueueJobs.Arn>',
          RoleArn: '<ClockRole.Arn>',
          Input: '{"kind":"tick","tick":"due","scheduledAt":"<aws.scheduler.scheduled-time>"}',
          SqsParameters: { MessageGroupId: 'schedule' },
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
          DeadLetterConfig: { Arn: '<ClockDeadLetters.Arn>' },
        },
      },
    ]);
  });

  test('the tick is a job as the bot knows it', () => {
    const [target] = named('AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties['Target']) as {
      Input: string;
      SqsParameters: { MessageGroupId: string };
    }[];
    const { group, body } = dueJob(new Date(0));
    expect(target?.SqsParameters.MessageGroupId).toBe(group);
    expect(target?.Input.replace('<aws.scheduler.scheduled-time>', new Date(0).toISOString())).toBe(body);
  });

  test('the template for three hundred challenges is the one for a single challenge', () => {
    const templateOf = (count: number) =>
      JSON.stringify([
        ...resourcesOf(
          stackFor({
            challenges: Array.from({ length: count }, (_, n) => ({
              channel: `C0TIL${n}`,
              schedule: { weekOpen: '10:00' },
            })),
          }).stack,
        ),
      ]);
    expect(templateOf(300)).toBe(templateOf(1));
  });

  const saidOf = (challenges: ScheduledChallenge[]): string[] =>
    Annotations.fromStack(stackFor({ challenges }).stack)
      .findInfo('*', Match.anyValue())
      .map(({ entry }) => String(entry.data));

  test('a deployment says of each time that is taken as another', () => {
    expect(
      saidOf([
        { channel: 'C1', schedule: { weekOpen: '9:32', monthResult: '23:58' } },
        { channel: 'C2', schedule: { weekOpen: '9:30' } },
        { channel: 'C3' },
      ]),
    ).toEqual([
      'schedule.weekOpen of C1: 9:32 is taken as 09:35, since what is due is asked every five minutes',
      'schedule.monthResult of C1: 23:58 is taken as 23:55, since what is due is asked every five minutes',
    ]);
  });

  test('it says of every time of the day what the bot says', () => {
    const outcome = <T>(say: () => T): T | 'refused' => {
      try {
        return say();
      } catch {
        return 'refused';
      }
    };
    const times = Array.from({ length: 24 * 60 }, (_, n) => `${Math.floor(n / 60)}:${String(n % 60).padStart(2, '0')}`);
    for (const time of [...times, '09:30', '09:3', '24:00', '09:60', '']) {
      const challenges = [{ channel: 'C0TILCHAN1', schedule: { weekOpen: time, monthResult: time } }];
      const bySource = outcome(() => parseConfig({ challenges }, 'test').rounded ?? []);
      expect(outcome(() => roundedTimes(challenges))).toEqual(bySource);
    }
  });

  test.each(['02:30', '9:3', '24:00', '09:60', ''])(
    'the hour %j, which summer time or typing makes doubtful, is refused',
    (weekOpen) => {
      expect(() => stackFor({ challenges: [{ channel: 'C1', schedule: { weekOpen } }] })).toThrow(
        `schedule.weekOpen of C1: expected a time from 04:00 to 23:59, got "${weekOpen}"`,
      );
    },
  );
});

describe('the dashboard', () => {
  const headersOf = (name: string) => of(name).Properties['ResponseHeadersPolicyConfig'] as Record<string, unknown>;

  test('every answer carries the headers that keep a page to itself', () => {
    for (const name of ['DashboardPageHeaders', 'DashboardSnapshotsHeaders']) {
      expect(headersOf(name)).toMatchObject({
        SecurityHeadersConfig: {
          ContentSecurityPolicy: {
            ContentSecurityPolicy:
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'",
            Override: true,
          },
          ContentTypeOptions: { Override: true },
          FrameOptions: { FrameOption: 'DENY', Override: true },
          ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
          StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, IncludeSubdomains: true, Override: true },
        },
      });
    }
    const custom = (name: string) =>
      (headersOf(name)['CustomHeadersConfig'] as { Items: { Header: string; Value: string }[] }).Items.map(
        ({ Header, Value }) => `${Header}: ${Value}`,
      );
    const common = [
      'Cross-Origin-Opener-Policy: same-origin',
      'Cross-Origin-Resource-Policy: same-origin',
      'X-Robots-Tag: noindex',
    ];
    expect(custom('DashboardPageHeaders')).toEqual(common);
    expect(custom('DashboardSnapshotsHeaders')).toEqual([...common, 'Cache-Control: public, max-age=10']);
  });

  test('what has a name at the edge, where all regions are one, names its region', () => {
    const edge = [...lookUp(resourcesOf(stackFor().stack)).all.values()].filter(({ Type }) =>
      Type.startsWith('AWS::CloudFront::'),
    );
    const names = edge.flatMap(({ Properties }) =>
      Object.values(Properties).flatMap((config) => (config as { Name?: string }).Name ?? []),
    );
    expect(names).toHaveLength(4);
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^Til.*-<AWS::Region>$/);
  });

  test('a further stack of an account may use the policies of the first', () => {
    const { stack } = stackFor({ edgePolicies: 'cache-1,page-1,snapshots-1' });
    const further = lookUp(resourcesOf(stack));
    expect(further.named('AWS::CloudFront::CachePolicy')).toEqual([]);
    expect(further.named('AWS::CloudFront::ResponseHeadersPolicy')).toEqual([]);
    expect(further.of('DashboardDistribution').Properties['DistributionConfig']).toMatchObject({
      DefaultCacheBehavior: { ResponseHeadersPolicyId: 'page-1' },
      CacheBehaviors: [{ CachePolicyId: 'cache-1', ResponseHeadersPolicyId: 'snapshots-1' }],
    });
    expect(() => stackFor({ edgePolicies: 'cache-1' })).toThrow('-c edgePolicies: expected the output EdgePolicies');
  });

  test('the policy of the page is the one that a single machine sends', () => {
    const source = readFileSync(new URL('../../src/host/http.ts', import.meta.url), 'utf8');
    expect(source).toContain(CONTENT_SECURITY_POLICY);
  });

  test('pages come from the site, snapshots briefly cached from the state, and what is missing is 404', () => {
    const config = of('DashboardDistribution').Properties['DistributionConfig'] as Record<string, unknown>;
    const origins = config['Origins'] as { Id: string; DomainName: string; OriginAccessControlId: string }[];
    const site = origins.find(({ DomainName }) => DomainName === '<DashboardSite.RegionalDomainName>');
    const state = origins.find(({ DomainName }) => DomainName === '<StateBucket.RegionalDomainName>');
    expect([site?.OriginAccessControlId, state?.OriginAccessControlId]).toEqual([
      expect.any(String),
      expect.any(String),
    ]);
    const viewer = { AllowedMethods: ['GET', 'HEAD'], ViewerProtocolPolicy: 'redirect-to-https' };
    expect(config['DefaultCacheBehavior']).toMatchObject({ TargetOriginId: site?.Id, ...viewer });
    expect(config['CacheBehaviors']).toMatchObject([
      { PathPattern: 'snapshots/*', TargetOriginId: state?.Id, CachePolicyId: '<DashboardBriefly>', ...viewer },
    ]);
    expect(config['CustomErrorResponses']).toEqual([
      { ErrorCode: 403, ResponseCode: 404, ResponsePagePath: '/index.html', ErrorCachingMinTTL: 10 },
    ]);
    expect(of('DashboardBriefly').Properties['CachePolicyConfig']).toMatchObject({
      MinTTL: 0,
      DefaultTTL: 10,
      MaxTTL: 60,
    });
  });
});

describe('the alarms', () => {
  const headings = readFileSync(new URL('../../RUNBOOK.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('## '))
    .map((line) => line.slice(3));

  test('each alarm names a heading of the runbook and tells the admins when it comes and goes', () => {
    const alarms = named('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
    const told = alarms.map(({ AlarmDescription }) => /^RUNBOOK\.md, "(.+)"$/.exec(String(AlarmDescription))?.[1]);
    expect(told).toEqual(headings.slice(0, told.length));
    for (const { AlarmActions, OKActions, TreatMissingData } of alarms) {
      expect([AlarmActions, OKActions, TreatMissingData]).toEqual([
        ['<AlarmsTopic>'],
        ['<AlarmsTopic>'],
        'notBreaching',
      ]);
    }
    expect(named('AWS::SNS::Subscription').map(([, { Properties }]) => Properties['Endpoint'])).toEqual([
      'admin@example.com',
    ]);
  });

  test('each part of the runbook says what it means, where to look and how to mend it', () => {
    const text = readFileSync(new URL('../../RUNBOOK.md', import.meta.url), 'utf8');
    const alarms = text.split('\n# ').find((part) => part.startsWith('Alarms'));
    for (const part of (alarms ?? '').split('\n## ').slice(1)) {
      expect(part.match(/\*\*(It means|Look\.|Mend\.)\*\*/g), part.split('\n')[0]).toEqual([
        '**It means**',
        '**Look.**',
        '**Mend.**',
      ]);
    }
  });

  test('each reason of /healthz is a heading of the runbook, and says the same three things', () => {
    const text = readFileSync(new URL('../../RUNBOOK.md', import.meta.url), 'utf8');
    const parts = (text.split('\n# ').find((part) => part.startsWith('Health')) ?? '').split('\n## ').slice(1);
    expect(parts.map((part) => part.split('\n')[0])).toEqual(REASONS.map((reason) => `healthz: ${reason}`));
    for (const part of parts) {
      expect(part.match(/\*\*(It means|Look\.|Mend\.)\*\*/g), part.split('\n')[0]).toEqual([
        '**It means**',
        '**Look.**',
        '**Mend.**',
      ]);
      expect(part).toMatch(/\*One machine\*.*\*AWS/s);
    }
  });

  const filters = named('AWS::Logs::MetricFilter').map(([, { Properties }]) => Properties);

  test('whatever the worker asks people to look at is found in its log and has its heading', () => {
    const reported = filters.filter(({ LogGroupName }) => LogGroupName === '<WorkerLog>');
    expect(reported.map(({ FilterPattern }) => FilterPattern)).toEqual(
      Object.keys(REPORTED).map((code) => `{ ($.happening = "alarm") && ($.code = "${code}") }`),
    );
    const folder = new URL('../../src/', import.meta.url);
    const sources = globSync('*/*.ts', { cwd: folder }).map((file) => readFileSync(new URL(file, folder), 'utf8'));
    const codes = sources.flatMap((source) =>
      [...source.matchAll(/\balarm\??\.?\(\s*'([^']+)'/g)].map(([, code]) => code),
    );
    expect(codes).toContain('quarantine');
    expect(codes.filter((code = '') => !REPORTED[code])).toEqual([]);
  });

  test('wrong signatures and refusals for being too many are counted in the access log, by its own words', () => {
    const access = filters.filter(({ LogGroupName }) => LogGroupName === '<IngressAccessLog>');
    expect(access.map(({ FilterPattern }) => FilterPattern)).toEqual(['{ $.status = "401" }', '{ $.status = "429" }']);
    const { AccessLogSettings } = of('IngressStage').Properties;
    const { Format } = AccessLogSettings as { Format: string };
    expect(JSON.parse(Format)).toMatchObject({ status: '$context.status' });
    const thresholds = ['AlarmsSignaturesAreWrong', 'AlarmsTooManyRequests'].map((name) => of(name).Properties);
    expect(thresholds.map(({ Threshold, Namespace, MetricName }) => [Threshold, Namespace, MetricName])).toEqual([
      [3, 'TIL/Til', 'answered-401'],
      [1, 'TIL/Til', 'answered-429'],
    ]);
  });

  test('what one deployment counts is not counted for another', () => {
    const spaces = filters.flatMap(({ MetricTransformations }) =>
      (MetricTransformations as { MetricNamespace: string }[]).map(({ MetricNamespace }) => MetricNamespace),
    );
    expect(new Set(spaces)).toEqual(new Set(['TIL/Til']));
  });

  test('24 hours of a workday without an accepted delivery are an alarm, a quiet weekend is none', () => {
    const { Metrics, EvaluationPeriods, Threshold, ComparisonOperator } = of('AlarmsNoEvents').Properties;
    expect([EvaluationPeriods, Threshold, ComparisonOperator]).toEqual([24, 1, 'LessThanThreshold']);
    expect(Metrics).toMatchObject([
      { Expression: 'IF(DAY(polls) > 5, 1, SUM([polls * 0, deliveries]))' },
      { Id: 'polls', MetricStat: { Metric: { MetricName: 'NumberOfEmptyReceives' }, Period: 3_600 } },
      { Id: 'deliveries', MetricStat: { Metric: { Namespace: 'TIL/Til', MetricName: 'accepted' }, Period: 3_600 } },
    ]);
    const [accepted] = filters.filter(({ LogGroupName }) => LogGroupName === '<IngressIngestLog>');
    expect(accepted?.['FilterPattern']).toBe('{ ($.happening = "accepted") && ($.kind = "delivery") }');
  });

  test('a month that costs more than it should, or will, is told', () => {
    const stack = resourcesOf(stackFor({ budgetDollars: 25 }).stack);
    const { Properties } = lookUp(stack).of('BudgetMonthly');
    const subscribers = [{ Address: '<AlarmsTopic>', SubscriptionType: 'SNS' }];
    expect(Properties).toMatchObject({
      Budget: { BudgetLimit: { Amount: 25, Unit: 'USD' }, TimeUnit: 'MONTHLY' },
      NotificationsWithSubscribers: [
        { Notification: { NotificationType: 'ACTUAL', Threshold: 100 }, Subscribers: subscribers },
        { Notification: { NotificationType: 'FORECASTED', Threshold: 100 }, Subscribers: subscribers },
      ],
    });
    expect([undefined, 'off', '50'].map(budgetOf)).toEqual([10, undefined, 50]);
    expect(() => budgetOf('ten')).toThrow('-c budget: expected whole US dollars a month, or off, got "ten"');
  });
});
