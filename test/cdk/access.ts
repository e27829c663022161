import { describe, expect, test } from 'vitest';
import { lookUp, resourcesOf, type Statement, stackFor, statementsOf } from './stack.ts';

const { of, named } = lookUp(resourcesOf(stackFor().stack));

describe('the buckets', () => {
  const deny = { Effect: 'Deny', Principal: '*' };
  const tls = (bucket: string) => ({
    Sid: 'TlsOnly',
    ...deny,
    Action: 's3:*',
    Resource: [`<${bucket}.Arn>`, `<${bucket}.Arn>/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
  const putOrRead = (bucket: string) => ({
    Sid: 'PutOrRead',
    ...deny,
    NotAction: ['s3:Get*', 's3:List*', 's3:PutObject', 's3:DeleteObjectVersion'],
    Resource: `<${bucket}.Arn>/*`,
  });
  const unless = (...arns: string[]) => ({
    Condition: { ArnNotEquals: { 'aws:PrincipalArn': arns.length === 1 ? arns[0] : arns } },
  });
  const eraser = '<OperatorsEraser.Arn>';
  const writers = ['<WorkerRole.Arn>', '<OperatorsOperator.Arn>', eraser];
  const waiting = '<LogBucket.Arn>/waiting/*';
  const passing = [waiting, '<LogBucket.Arn>/other/*'];
  const deployer =
    'arn:<AWS::Partition>:iam::<AWS::AccountId>:role/cdk-hnb659fds-cfn-exec-role-<AWS::AccountId>-<AWS::Region>';
  const settings = [
    's3:PutBucketPolicy',
    's3:DeleteBucketPolicy',
    's3:PutBucketVersioning',
    's3:PutEncryptionConfiguration',
    's3:PutBucketPublicAccessBlock',
    's3:PutBucketOwnershipControls',
    's3:PutBucketTagging',
    's3:PutReplicationConfiguration',
    's3:TagResource',
    's3:UntagResource',
  ];
  const dashboard = (objects: string) => ({
    Sid: 'Dashboard',
    Effect: 'Allow',
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Action: 's3:GetObject',
    Resource: objects,
    Condition: {
      StringEquals: {
        'AWS:SourceArn': 'arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/<DashboardDistribution>',
      },
    },
  });

  test('the log takes new objects from three roles; only the eraser takes any away, and the worker what lies in other/', () => {
    expect(statementsOf(of('LogBucketPolicy'))).toEqual([
      tls('LogBucket'),
      {
        Sid: 'CreateOnly',
        ...deny,
        Action: 's3:PutObject',
        Resource: '<LogBucket.Arn>/*',
        Condition: { Null: { 's3:if-none-match': 'true' } },
      },
      { Sid: 'OnlyWriters', ...deny, Action: 's3:PutObject', NotResource: waiting, ...unless(...writers) },
      {
        Sid: 'OnlyIngestKeeps',
        ...deny,
        Action: 's3:PutObject',
        Resource: waiting,
        ...unless('<IngressIngestRole.Arn>', ...writers),
      },
      putOrRead('LogBucket'),
      { Sid: 'OnlyEraserDeletes', ...deny, Action: 's3:DeleteObjectVersion', NotResource: passing, ...unless(eraser) },
      {
        Sid: 'OnlyDoneGoes',
        ...deny,
        Action: 's3:DeleteObjectVersion',
        Resource: passing.toSorted(),
        ...unless('<WorkerRole.Arn>', eraser),
      },
      {
        Sid: 'ReadOrSet',
        ...deny,
        NotAction: ['s3:Get*', 's3:List*', ...settings, 's3:DeleteBucket'],
        Resource: '<LogBucket.Arn>',
      },
      {
        Sid: 'OnlyEmptied',
        ...deny,
        Action: 's3:DeleteBucket',
        Resource: '<LogBucket.Arn>',
        ...unless(deployer, eraser),
      },
      {
        Sid: 'GuardTheGuards',
        ...deny,
        Action: settings.toSorted(),
        Resource: '<LogBucket.Arn>',
        ...unless(deployer),
      },
    ]);
  });

  test('the state is compare-and-swap only, and of it the dashboard sees the snapshots', () => {
    expect(statementsOf(of('StateBucketPolicy'))).toEqual([
      tls('StateBucket'),
      dashboard('<StateBucket.Arn>/snapshots/*'),
      {
        Sid: 'CompareAndSwapOnly',
        ...deny,
        Action: 's3:PutObject',
        Resource: '<StateBucket.Arn>/*',
        Condition: { Null: { 's3:if-match': 'true', 's3:if-none-match': 'true' } },
      },
      putOrRead('StateBucket'),
      {
        Sid: 'OnlyEraserDeletes',
        ...deny,
        Action: 's3:DeleteObjectVersion',
        Resource: '<StateBucket.Arn>/*',
        ...unless(eraser),
      },
    ]);
  });

  test('the site is for the dashboard alone', () => {
    expect(statementsOf(of('DashboardSitePolicy'))).toEqual([tls('DashboardSite'), dashboard('<DashboardSite.Arn>/*')]);
  });

  test('all are versioned, encrypted, without ACLs and closed to the public; only the log has no lifecycle', () => {
    const buckets = named('AWS::S3::Bucket');
    expect(buckets.map(([name]) => name)).toEqual(['LogBucket', 'StateBucket', 'DashboardSite']);
    for (const [name, { Properties }] of buckets) {
      const { Tags, LifecycleConfiguration, ...rest } = Properties;
      expect(rest).toEqual({
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
      });
      const expiring = (days: number) => ({
        Rules: [{ NoncurrentVersionExpiration: { NoncurrentDays: days }, Status: 'Enabled' }],
      });
      const rules: Record<string, unknown> = { StateBucket: expiring(2), DashboardSite: expiring(30) };
      expect(LifecycleConfiguration).toEqual(rules[name]);
    }
  });

  test('on the way to destroying the log nothing guards it and everything goes with the stack', () => {
    const open = resourcesOf(stackFor({ keepLog: false }).stack);
    const guarded = ['LogBucketPolicy', 'StateBucketPolicy'].flatMap((name) => {
      const policy = open.get(name);
      return policy ? statementsOf(policy).map(({ Sid }) => Sid) : ['missing'];
    });
    expect(guarded).toEqual(['TlsOnly', 'TlsOnly', 'Dashboard']);
    expect([...open.values()].filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain')).toEqual([]);
  });
});

describe('the permissions', () => {
  const both = ['<LogBucket.Arn>/*', '<StateBucket.Arn>/*'].join(' ');
  const buckets = ['<LogBucket.Arn>', '<StateBucket.Arn>'].join(' ');

  test('each role may do this and nothing else', () => {
    const lines = named('AWS::IAM::Policy').flatMap(([name, policy]) =>
      statementsOf(policy).flatMap(({ Effect, Action, Resource }) =>
        [Action]
          .flat()
          .map(
            (action) => `${name.replace('DefaultPolicy', '')}: ${Effect} ${action} on ${[Resource].flat().join(' ')}`,
          ),
      ),
    );
    expect(lines.sort()).toEqual(
      [
        'ClockRole: Allow sqs:SendMessage on <ClockDeadLetters.Arn> <QueueJobs.Arn>',
        'IngressIngestRole: Allow logs:CreateLogStream on <IngressIngestLog.Arn>',
        'IngressIngestRole: Allow logs:PutLogEvents on <IngressIngestLog.Arn>',
        'IngressIngestRole: Allow s3:PutObject on <LogBucket.Arn>/waiting/*',
        'IngressIngestRole: Allow secretsmanager:GetSecretValue on <SecretsSlack>',
        'IngressIngestRole: Allow sqs:SendMessage on <QueueJobs.Arn>',
        `OperatorsEraser: Allow s3:DeleteBucket on ${buckets}`,
        `OperatorsEraser: Allow s3:DeleteObjectVersion on ${both}`,
        `OperatorsEraser: Allow s3:GetObject on ${both}`,
        `OperatorsEraser: Allow s3:ListBucket on ${buckets}`,
        `OperatorsEraser: Allow s3:ListBucketVersions on ${buckets}`,
        `OperatorsEraser: Allow s3:PutObject on ${both}`,
        `OperatorsOperator: Allow s3:GetObject on ${both}`,
        `OperatorsOperator: Allow s3:ListBucket on ${buckets}`,
        `OperatorsOperator: Allow s3:PutObject on ${both}`,
        'OperatorsOperator: Allow secretsmanager:GetSecretValue on <SecretsSlack>',
        'OperatorsOperator: Allow sqs:ChangeMessageVisibility on <QueueDeadLetters.Arn>',
        'OperatorsOperator: Allow sqs:DeleteMessage on <QueueDeadLetters.Arn>',
        'OperatorsOperator: Allow sqs:ReceiveMessage on <QueueDeadLetters.Arn>',
        'OperatorsOperator: Allow sqs:SendMessage on <QueueJobs.Arn>',
        'WorkerRole: Allow logs:CreateLogStream on <WorkerLog.Arn>',
        'WorkerRole: Allow logs:PutLogEvents on <WorkerLog.Arn>',
        'WorkerRole: Allow s3:DeleteObjectVersion on <LogBucket.Arn>/other/* <LogBucket.Arn>/waiting/*',
        `WorkerRole: Allow s3:GetObject on ${both}`,
        `WorkerRole: Allow s3:ListBucket on ${buckets}`,
        'WorkerRole: Allow s3:ListBucketVersions on <LogBucket.Arn>',
        `WorkerRole: Allow s3:PutObject on ${both}`,
        'WorkerRole: Allow secretsmanager:GetSecretValue on <SecretsSlack>',
        'WorkerRole: Allow sqs:ChangeMessageVisibility on <QueueJobs.Arn>',
        'WorkerRole: Allow sqs:DeleteMessage on <QueueJobs.Arn>',
        'WorkerRole: Allow sqs:GetQueueAttributes on <QueueJobs.Arn>',
        'WorkerRole: Allow sqs:ReceiveMessage on <QueueJobs.Arn>',
        'WorkerRole: Allow sqs:SendMessage on <QueueJobs.Arn>',
      ].sort(),
    );
  });

  test('no role has a managed or an inline policy, and each is taken by whom it is for', () => {
    const roles = named('AWS::IAM::Role').map(([name, { Properties }]) => {
      const { AssumeRolePolicyDocument, Description, MaxSessionDuration, Tags, ...rest } = Properties;
      expect(rest).toEqual({});
      const { Statement } = AssumeRolePolicyDocument as { Statement: Statement[] };
      return [name, ...Statement.map(({ Principal, Condition }) => [Principal, Condition])];
    });
    const people = { AWS: 'arn:<AWS::Partition>:iam::<AWS::AccountId>:root' };
    const mfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    const identityCenter = 'arn:<AWS::Partition>:iam::<AWS::AccountId>:role/aws-reserved/sso.amazonaws.com/*';
    const taken = [
      [people, mfa],
      [people, { ArnLike: { 'aws:PrincipalArn': identityCenter } }],
    ];
    const lambda = [{ Service: 'lambda.amazonaws.com' }, undefined];
    expect(roles).toEqual([
      ['IngressIngestRole', lambda],
      ['WorkerRole', lambda],
      [
        'ClockRole',
        [{ Service: 'scheduler.amazonaws.com' }, { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } }],
      ],
      ['OperatorsOperator', ...taken],
      ['OperatorsEraser', ...taken],
    ]);
    const hours = ['OperatorsOperator', 'OperatorsEraser'].map((name) => of(name).Properties['MaxSessionDuration']);
    expect(hours).toEqual([4 * 3_600, 3_600]);
  });

  test('a build server may take the operator’s role if it is named, and never the eraser’s', () => {
    const ci = 'arn:aws:iam::123456789012:role/build';
    const named = lookUp(resourcesOf(stackFor({ ci }).stack));
    const takers = (name: string) => JSON.stringify(named.of(name).Properties['AssumeRolePolicyDocument']);
    expect([takers('OperatorsOperator').includes(ci), takers('OperatorsEraser').includes(ci)]).toEqual([true, false]);
    expect(() => stackFor({ ci: '*' })).toThrow('-c ci: expected the ARN of a role, got "*"');
  });

  test('queues and the topic deny whoever comes without TLS, and only alarms and the budget may publish', () => {
    const policies = [...named('AWS::SQS::QueuePolicy'), ...named('AWS::SNS::TopicPolicy')];
    const lines = policies.flatMap(([name, policy]) =>
      statementsOf(policy).map(
        ({ Effect, Action, Condition }) => `${name}: ${Effect} ${Action} if ${JSON.stringify(Condition)}`,
      ),
    );
    const insecure = '{"Bool":{"aws:SecureTransport":"false"}}';
    expect(lines.sort()).toEqual([
      `AlarmsTopicPolicy: Allow sns:Publish if {"StringEquals":{"aws:SourceAccount":"<AWS::AccountId>"}}`,
      `AlarmsTopicPolicy: Allow sns:Publish if {"StringEquals":{"aws:SourceAccount":"<AWS::AccountId>"}}`,
      `AlarmsTopicPolicy: Deny sns:Publish if ${insecure}`,
      `ClockDeadLettersPolicy: Deny sqs:* if ${insecure}`,
      `QueueDeadLettersPolicy: Deny sqs:* if ${insecure}`,
      `QueueJobsPolicy: Deny sqs:* if ${insecure}`,
    ]);
  });
});
