import { createHash } from 'node:crypto';
import { type App, Aws, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Bucket, type CfnBucket, Bucket as ImportedBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeAllObjects } from './acknowledge.ts';
import { deployerOf, type Operators } from './operators.ts';
import { privateBucket } from './private-bucket.ts';
import { LONGEST_NAME_WITH_REPLICA } from './setting-values.ts';
import { replicaNameOf } from './settings.ts';
import { TAG } from './stacks.ts';
import { allow, denyAll, denyAllBut, OF_OBJECTS, READ, SETTINGS } from './statements.ts';

const NAME = 'til-log-replica-';
const DIGEST_LENGTH = 12;

export interface ReplicaProps extends StackProps {
  /** The name of the stack whose log it holds, and that stack's region as far as it is known. */
  of: string;
  from?: string | undefined;
}

/**
 * The log once more, in a second region: what S3 replicates, and what `til copy` brings of the time before. A stack of its own, since a stack
 * is in one region. It is guarded as the log is; the roles that may do something belong to the other stack, and are known by its name.
 */
export class ReplicaStack extends Stack {
  readonly bucketName: string;

  constructor(scope: Construct, id: string, { of, from, ...props }: ReplicaProps) {
    super(scope, id, { terminationProtection: true, ...props });
    if (of.length > LONGEST_NAME_WITH_REPLICA)
      throw new Error(
        `${of}: expected a stack's name of at most ${LONGEST_NAME_WITH_REPLICA} characters for a replica`,
      );
    // The other stack must know the name, and references do not reach into another region.
    const digest = createHash('sha256')
      .update(`${of} ${from ?? ''} ${props.env?.region ?? ''}`)
      .digest('hex');
    this.bucketName = `${NAME}${Aws.ACCOUNT_ID}-${digest.slice(0, DIGEST_LENGTH)}`;
    const bucket = privateBucket(this, 'Replica', true, { bucketName: this.bucketName });
    this.guard(bucket, of);
    new CfnOutput(this, 'ReplicaBucket', { value: this.bucketName, description: 'The log once more' });
  }

  /** Only S3 replicates into it, only the operator's `til copy` creates, and only the eraser deletes. */
  private guard(bucket: Bucket, of: string): void {
    const objects = [bucket.arnForObjects('*')];
    const roles = (id: string) => `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/${of}-${id}*`;
    const unless = (...ids: string[]) => ({ ArnNotLike: { 'aws:PrincipalArn': ids.map(roles) } });
    for (const statement of [
      denyAll('CreateOnly', ['s3:PutObject'], objects, { Null: { 's3:if-none-match': 'true' } }),
      denyAll('OnlyOperatorsCopy', ['s3:PutObject'], objects, unless('OperatorsOperator', 'OperatorsEraser')),
      denyAll('OnlyReplication', [REPLICATE], objects, unless('Replication')),
      denyAllBut('PutOrRead', [...OF_OBJECTS, REPLICATE], objects),
      denyAll('OnlyEraserDeletes', ['s3:DeleteObjectVersion'], objects, unless('OperatorsEraser')),
      denyAllBut('ReadOrSet', [...READ, ...SETTINGS, 's3:DeleteBucket'], [bucket.bucketArn]),
      // S3 deletes a bucket only when it is empty, and only the eraser can empty this one.
      denyAll('OnlyEmptied', ['s3:DeleteBucket'], [bucket.bucketArn], {
        ArnNotLike: { 'aws:PrincipalArn': [deployerOf(this), roles('OperatorsEraser')] },
      }),
      denyAll('GuardTheGuards', SETTINGS, [bucket.bucketArn], {
        ArnNotEquals: { 'aws:PrincipalArn': deployerOf(this) },
      }),
    ]) {
      bucket.addToResourcePolicy(statement);
    }
  }
}

/** Deletes and tags are replicated by other actions, which nobody has. */
const REPLICATE = 's3:ReplicateObject';

/** What replication works on. */
export interface ReplicationProps {
  log: Bucket;
  /** The replica's name. */
  to: string;
  operators: Operators;
}

/**
 * Has S3 copy each new object of the log into the replica, under a role that can read the log and can only add to the replica. Deletes are not
 * replicated: who is erased here must be erased there, see RUNBOOK.md.
 */
export class Replication extends Construct {
  constructor(scope: Construct, id: string, { log, to, operators }: ReplicationProps) {
    super(scope, id);
    const replica = ImportedBucket.fromBucketName(this, 'Replica', to);
    const [all, there] = [log.arnForObjects('*'), replica.arnForObjects('*')];
    const role = new Role(this, 'Role', {
      description: 'Copies each new object of the log into the replica.',
      assumedBy: new ServicePrincipal('s3.amazonaws.com'),
    });
    const ofVersions = ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'];
    role.addToPolicy(allow('Log', ['s3:GetReplicationConfiguration', 's3:ListBucket'], [log.bucketArn]));
    role.addToPolicy(allow('Objects', ofVersions, [all]));
    role.addToPolicy(allow('Replica', [REPLICATE], [there]));
    const { operator, eraser } = operators;
    for (const person of [operator, eraser]) {
      person.addToPrincipalPolicy(allow('Replica', ['s3:GetObject', 's3:PutObject'], [there]));
      person.addToPrincipalPolicy(allow('ReplicaLists', ['s3:ListBucket'], [replica.bucketArn]));
    }
    eraser.addToPrincipalPolicy(allow('ReplicaErases', ['s3:DeleteObjectVersion'], [there]));
    eraser.addToPrincipalPolicy(
      allow('ReplicaBucket', ['s3:ListBucketVersions', 's3:DeleteBucket'], [replica.bucketArn]),
    );
    acknowledgeAllObjects(role, log);
    for (const each of [role, operator, eraser])
      acknowledge(each, {
        [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${NAME}<AWS::AccountId>-${digestIn(to)}/*]`]:
          'Objects have many names. The actions are named one by one, and the bucket’s own policy bounds them.',
      });
    (log.node.defaultChild as CfnBucket).replicationConfiguration = {
      role: role.roleArn,
      rules: [
        {
          id: 'Log',
          status: 'Enabled',
          priority: 1,
          filter: { prefix: '' },
          deleteMarkerReplication: { status: 'Disabled' },
          destination: { bucket: replica.bucketArn },
        },
      ],
    };
    new CfnOutput(Stack.of(this), 'ReplicaBucket', { value: to, description: 'The log once more, in another region' });
  }
}

const digestIn = (name: string): string => name.slice(-DIGEST_LENGTH);

/** The stack that holds the replica of another one's log, where a region for it was named. */
export const replicaFor = (app: App, of: string, region: string | undefined): ReplicaStack | undefined => {
  if (!region) return undefined;
  // The CDK tells its app where it deploys.
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: from } = process.env;
  if (region === from) throw new Error(`replicaRegion: expected another region than ${from}, where the log is`);
  return new ReplicaStack(app, replicaNameOf(of), {
    of,
    from,
    env: { region, ...(account ? { account } : {}) },
    description: 'The log of a TIL challenge, once more',
    tags: TAG,
  });
};
