import { type CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeAllObjects } from './acknowledge.ts';
import { isRole } from './setting-values.ts';
import { allow } from './statements.ts';

/** What the operators work on. */
export interface OperatorsProps {
  log: IBucket;
  state: IBucket;
  queue: IQueue;
  deadLetters: IQueue;
  secret: ISecret;
  /** Buckets of earlier deployments, whose logs the operator may read: to bring their history along. */
  readFrom: string[];
  /** A role that may take the operator's without a person, such as that of a build server. */
  ci?: string | undefined;
  /** The roles outlive the stack, as the buckets do: nobody else may delete those. */
  keep: boolean;
}

/** The roles that people take, with a second factor: one to bring history in and rebuild, one to erase. */
export class Operators extends Construct {
  /** For `til reconcile`, `doctor`, `rebuild`, `verify`, `copy`, `dlq` … from an administrator's machine. */
  readonly operator: Role;
  /** For `til forget`, and to delete a bucket that a stack left: the only one who may delete from the log. */
  readonly eraser: Role;

  constructor(scope: Construct, id: string, props: OperatorsProps) {
    super(scope, id);
    const { log, state, queue, deadLetters, secret, readFrom, ci, keep } = props;
    const objects = [log.arnForObjects('*'), state.arnForObjects('*')];
    const buckets = [log.bucketArn, state.bucketArn];
    // Years of history take longer than the usual hour to be rebuilt or compared.
    this.operator = this.role('Operator', 'Brings history into the log and rebuilds what follows from it.', 4);
    const deadLetterActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'];
    addAll(this.operator, [
      allow('Objects', ['s3:GetObject', 's3:PutObject'], objects),
      allow('Lists', ['s3:ListBucket'], buckets),
      allow('Queue', ['sqs:SendMessage'], [queue.queueArn]),
      allow('DeadLetters', deadLetterActions, [deadLetters.queueArn]),
      // What `reconcile` and `doctor` ask Slack, they ask from the operator's chair: a function has 30 s.
      allow('Secret', ['secretsmanager:GetSecretValue'], [secret.secretArn]),
    ]);
    this.letRead(readFrom);
    if (ci) this.letTake(ci);
    this.eraser = this.role(
      'Eraser',
      'Erases what the law says must go: the only role that may delete from the log.',
      1,
    );
    addAll(this.eraser, [
      // It deletes versions by their ids: a plain delete would only hide an object. It puts what stands in their place, and rebuilds.
      allow('Objects', ['s3:GetObject', 's3:PutObject', 's3:DeleteObjectVersion'], objects),
      allow('Lists', ['s3:ListBucket', 's3:ListBucketVersions'], buckets),
      // Once it is empty; of a stack that is no more.
      allow('Buckets', ['s3:DeleteBucket'], buckets),
    ]);
    for (const role of [this.operator, this.eraser]) {
      acknowledgeAllObjects(role, log, state);
      if (keep) retain(role);
    }
  }

  private letRead(names: string[]): void {
    for (const [index, name] of names.entries()) {
      const bucket = Bucket.fromBucketName(this, `From${index}`, name);
      this.operator.addToPrincipalPolicy(allow(`From${index}`, ['s3:GetObject'], [bucket.arnForObjects('*')]));
      this.operator.addToPrincipalPolicy(allow(`FromList${index}`, ['s3:ListBucket'], [bucket.bucketArn]));
      acknowledge(this.operator, {
        [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${name}/*]`]:
          'The history of an earlier deployment, to be read.',
      });
    }
  }

  private letTake(role: string): void {
    if (!isRole(role)) throw new Error(`-c ci: expected the ARN of a role, got ${JSON.stringify(role)}`);
    this.operator.assumeRolePolicy?.addStatements(takenIf({ ArnEquals: { 'aws:PrincipalArn': role } }));
  }

  /**
   * Anybody of this account whom their own policies let take it: with MFA, or by IAM Identity Center, which asks for its own second factor
   * and cannot tell of it. Only it can make roles under that path.
   */
  private role(id: string, description: string, hours: number): Role {
    const { partition, account } = Stack.of(this);
    const role = new Role(this, id, {
      description,
      assumedBy: new AccountRootPrincipal().withConditions({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
      maxSessionDuration: Duration.hours(hours),
    });
    const identityCenter = `arn:${partition}:iam::${account}:role/aws-reserved/sso.amazonaws.com/*`;
    role.assumeRolePolicy?.addStatements(takenIf({ ArnLike: { 'aws:PrincipalArn': identityCenter } }));
    return role;
  }
}
const addAll = (role: Role, statements: readonly PolicyStatement[]): void => {
  for (const statement of statements) role.addToPrincipalPolicy(statement);
};

/** A statement by which the account's people and roles may take a role, if the conditions hold. */
const takenIf = (conditions: Record<string, Record<string, string>>): PolicyStatement =>
  new PolicyStatement({ principals: [new AccountRootPrincipal()], actions: ['sts:AssumeRole'], conditions });

/** A role, and what it may do, outlive the stack. */
const retain = (role: Role): void => {
  role.applyRemovalPolicy(RemovalPolicy.RETAIN);
  (role.node.findChild('DefaultPolicy').node.defaultChild as CfnResource).applyRemovalPolicy(RemovalPolicy.RETAIN);
};

/** The role by which CloudFormation deploys: nobody else may change the log's rules. */
export const deployerOf = (stack: Stack): string => {
  const qualifier: string = stack.node.tryGetContext('@aws-cdk/core:bootstrapQualifier') ?? 'hnb659fds';
  const { partition, account, region } = stack;
  return `arn:${partition}:iam::${account}:role/cdk-${qualifier}-cfn-exec-role-${account}-${region}`;
};
