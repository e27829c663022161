import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REPORTED } from '../../cdk/alarms.ts';
import { CONTENT_SECURITY_POLICY } from '../../cdk/dashboard.ts';
import { REASONS } from '../../src/host/health.ts';
import { tickJob } from '../../src/outbox/tick.ts';
import { parseConfig } from '../../src/setup/config.ts';
import { lookUp, resourcesOf, stackFor } from './stack.ts';

const { of, named } = lookUp(resourcesOf(stackFor({ alarmEmail: 'admin@example.com' }).stack));

describe('the clock', () => {
  const schedulesOf = (challenge: Parameters<typeof stackFor>[0]) =>
    [...resourcesOf(stackFor(challenge).stack).values()]
      .filter(({ Type }) => Type === 'AWS::Scheduler::Schedule')
      .map(({ Properties }) => `${Properties['ScheduleExpression']} ${Properties['ScheduleExpressionTimezone']}`);

  test('each tick goes straight to the queue, with the moment for which it was meant', () => {
    const schedules = named('AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties);
    expect(schedules.map(({ ScheduleExpression, Description }) => [Description, ScheduleExpression])).toEqual([
      ['week.open of C0TILCHAN1', 'cron(30 9 ? * MON *)'],
      ['month.result of C0TILCHAN1', 'cron(20 9 ? * 2#1 *)'],
      ['reconcile of C0TILCHAN1', 'cron(30 4 * * ? *)'],
      ['seal of C0TILCHAN1', 'cron(0 5 ? * WED *)'],
    ]);
    expect(schedules[0]).toEqual({
      Description: 'week.open of C0TILCHAN1',
      ScheduleExpression: 'cron(30 9 ? * MON *)',
      ScheduleExpressionTimezone: 'Asia/Seoul',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: '<QueueJobs.Arn>',
        RoleArn: '<ClockRole.Arn>',
        Input:
          '{"kind":"tick","tick":"week.open","channel":"C0TILCHAN1","scheduledAt":"<aws.scheduler.scheduled-time>"}',
        SqsParameters: { MessageGroupId: 'C0TILCHAN1' },
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        DeadLetterConfig: { Arn: '<ClockDeadLetters.Arn>' },
      },
    });
  });

  test('a tick is the same job whether the clock of AWS or a person sends it', () => {
    for (const [, { Properties }] of named('AWS::Scheduler::Schedule')) {
      const { Input, SqsParameters } = Properties['Target'] as {
        Input: string;
        SqsParameters: { MessageGroupId: string };
      };
      const { tick } = JSON.parse(Input) as { tick: Parameters<typeof tickJob>[1] };
      const { group, body } = tickJob('C0TILCHAN1', tick, new Date(0));
      expect(SqsParameters.MessageGroupId).toBe(group);
      expect(Input.replace('<aws.scheduler.scheduled-time>', new Date(0).toISOString())).toBe(body);
    }
  });

  test('what a challenge does not say is what the bot takes it for', () => {
    const filled = parseConfig({ challenges: [{ channel: 'C0TILCHAN1' }] }, 'test').challenges;
    expect(schedulesOf({ challenges: filled })).toEqual(schedulesOf({ challenges: [{ channel: 'C0TILCHAN1' }] }));
  });

  test('each challenge has its own hours in its own zone', () => {
    const challenges = [
      { channel: 'C1', timeZone: 'Europe/Berlin', schedule: { weekOpen: '8:05', monthResult: '23:59' } },
      { channel: 'C2' },
    ];
    expect(schedulesOf({ challenges })).toEqual([
      'cron(5 8 ? * MON *) Europe/Berlin',
      'cron(59 23 ? * 2#1 *) Europe/Berlin',
      'cron(30 4 * * ? *) Europe/Berlin',
      'cron(0 5 ? * WED *) Europe/Berlin',
      'cron(30 9 ? * MON *) Asia/Seoul',
      'cron(20 9 ? * 2#1 *) Asia/Seoul',
      'cron(30 4 * * ? *) Asia/Seoul',
      'cron(0 5 ? * WED *) Asia/Seoul',
    ]);
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

  test('whatever the worker asks people to look at is found in its log and has its heading', () => {
    const filters = named('AWS::Logs::MetricFilter').map(([, { Properties }]) => Properties);
    expect(filters.map(({ LogGroupName, FilterPattern }) => [LogGroupName, FilterPattern])).toEqual(
      Object.keys(REPORTED).map((code) => ['<WorkerLog>', `{ ($.happening = "alarm") && ($.code = "${code}") }`]),
    );
    const folder = new URL('../../src/', import.meta.url);
    const sources = globSync('*/*.ts', { cwd: folder }).map((file) => readFileSync(new URL(file, folder), 'utf8'));
    const codes = sources.flatMap((source) =>
      [...source.matchAll(/\balarm\??\.?\(\s*'([^']+)'/g)].map(([, code]) => code),
    );
    expect(codes).toContain('quarantine');
    expect(codes.filter((code = '') => !REPORTED[code])).toEqual([]);
  });

  test('24 hours of a workday without a request are an alarm, a quiet weekend is none', () => {
    const { Metrics, EvaluationPeriods, Threshold, ComparisonOperator } = of('AlarmsNoEvents').Properties;
    expect([EvaluationPeriods, Threshold, ComparisonOperator]).toEqual([24, 1, 'LessThanThreshold']);
    expect(Metrics).toMatchObject([
      { Expression: 'IF(DAY(polls) > 5, 1, SUM([polls * 0, requests]))' },
      { Id: 'polls', MetricStat: { Metric: { MetricName: 'NumberOfEmptyReceives' }, Period: 3_600 } },
      { Id: 'requests', MetricStat: { Metric: { MetricName: 'Invocations' }, Period: 3_600 } },
    ]);
  });
});
