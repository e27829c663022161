import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { ReplicaStack, replicaFor } from '../../cdk/replica.ts';
import { lookUp, resourcesOf, type Statement, stackFor, statementsOf } from './stack.ts';

const NAME = `til-log-replica-<AWS::AccountId>-[0-9a-f]{12}`;

const replicaStack = (of = 'Til') => {
  const { app, stack } = stackFor();
  const replica = new ReplicaStack(app, `${of}Replica`, {
    of,
    from: 'ap-northeast-2',
    env: { region: 'ap-southeast-1' },
  });
  return { app, stack, replica };
};

describe('a replica of the log', () => {
  test('is there only when a region is named, and never in the same one', () => {
    const app = new App();
    expect(replicaFor(app, 'Til', undefined)).toBeUndefined();
    expect(replicaFor(app, 'Til', 'ap-southeast-1')).toBeInstanceOf(ReplicaStack);
    process.env['CDK_DEFAULT_REGION'] = 'eu-west-1';
    expect(() => replicaFor(app, 'Other', 'eu-west-1')).toThrow(/expected another region than eu-west-1/);
    delete process.env['CDK_DEFAULT_REGION'];
    const plain = lookUp(resourcesOf(stackFor().stack));
    expect(plain.of('LogBucket').Properties).not.toHaveProperty('ReplicationConfiguration');
    expect([...plain.all.keys()].filter((name) => name.startsWith('Replication'))).toEqual([]);
  });

  test('gets each new object, and no deletion, by a role that can only read the log and add to the replica', () => {
    const { replica } = replicaStack();
    const { of } = lookUp(resourcesOf(stackFor({ replica: replica.bucketName }).stack));
    expect(of('LogBucket').Properties['ReplicationConfiguration']).toEqual({
      Role: '<ReplicationRole.Arn>',
      Rules: [
        {
          Id: 'Log',
          Status: 'Enabled',
          Priority: 1,
          Filter: { Prefix: '' },
          DeleteMarkerReplication: { Status: 'Disabled' },
          Destination: { Bucket: expect.stringMatching(new RegExp(`^arn:<AWS::Partition>:s3:::${NAME}$`)) },
        },
      ],
    });
    const allowed = statementsOf(of('ReplicationRoleDefaultPolicy'));
    expect(allowed.map(({ Sid, Action }) => [Sid, Action])).toEqual([
      ['Log', ['s3:GetReplicationConfiguration', 's3:ListBucket']],
      ['Objects', ['s3:GetObjectVersionAcl', 's3:GetObjectVersionForReplication', 's3:GetObjectVersionTagging']],
      ['Replica', 's3:ReplicateObject'],
    ]);
    expect(of('ReplicationRole').Properties['AssumeRolePolicyDocument']).toMatchObject({
      Statement: [{ Principal: { Service: 's3.amazonaws.com' } }],
    });
    const erases = statementsOf(of('OperatorsEraserDefaultPolicy')).find(({ Sid }) => Sid === 'ReplicaErases');
    expect(erases).toMatchObject({ Action: 's3:DeleteObjectVersion' });
    const removes = statementsOf(of('OperatorsEraserDefaultPolicy')).find(({ Sid }) => Sid === 'ReplicaBucket');
    expect(removes).toMatchObject({ Action: ['s3:DeleteBucket', 's3:ListBucketVersions'] });
    expect(statementsOf(of('OperatorsOperatorDefaultPolicy')).flatMap(({ Action }) => Action)).not.toContain(
      's3:DeleteObjectVersion',
    );
  });

  test('is kept, versioned, unseen from outside, and guarded as the log is', () => {
    const { replica } = replicaStack();
    expect(replica.terminationProtection).toBe(true);
    const { of } = lookUp(resourcesOf(replica as never));
    expect(of('Replica')).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
      },
    });
    const denied = statementsOf(of('ReplicaPolicy')).map((statement): [string, unknown, unknown] => [
      statement.Sid ?? '',
      unlessIn(statement),
      statement.Effect,
    ]);
    const role = (id: string) => `arn:<AWS::Partition>:iam::<AWS::AccountId>:role/Til-${id}*`;
    expect(denied).toEqual([
      ['TlsOnly', undefined, 'Deny'],
      ['CreateOnly', undefined, 'Deny'],
      ['OnlyOperatorsCopy', [role('OperatorsOperator'), role('OperatorsEraser')], 'Deny'],
      ['OnlyReplication', [role('Replication')], 'Deny'],
      ['PutOrRead', undefined, 'Deny'],
      ['OnlyEraserDeletes', [role('OperatorsEraser')], 'Deny'],
      ['ReadOrSet', undefined, 'Deny'],
      ['OnlyEmptied', [expect.stringContaining('cfn-exec-role'), role('OperatorsEraser')], 'Deny'],
      ['GuardTheGuards', expect.stringContaining('cfn-exec-role'), 'Deny'],
    ]);
  });

  test('is refused where CloudFormation would cut the names of the roles by which it knows who may', () => {
    expect(() => replicaStack('A'.repeat(25))).toThrow(/expected a stack's name of at most 24 characters/);
  });

  test('two stacks have two', () => {
    expect(replicaStack('Til').replica.bucketName).not.toBe(replicaStack('Tal').replica.bucketName);
  });

  test('both stacks pass the checks', () => {
    const { app, replica } = replicaStack();
    const { stack } = stackFor({ replica: replica.bucketName });
    for (const each of [app, stack.node.root]) {
      Validations.of(each).addPlugins(new AwsSolutionsChecks(each as App));
      expect(() => (each as App).synth()).not.toThrow();
    }
    expect(Template.fromStack(replica).toJSON()).toBeTruthy();
  });
});

const unlessIn = ({ Condition }: Statement): unknown => {
  const { ArnNotLike, ArnNotEquals } = (Condition ?? {}) as Record<string, Record<string, unknown> | undefined>;
  return (ArnNotLike ?? ArnNotEquals)?.['aws:PrincipalArn'];
};
