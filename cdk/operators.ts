import { Duration, type Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledgeAllObjects } from './acknowledge.ts';
import { allow } from './statements.ts';

/** What the operators work on. */
export interface OperatorsProps {
  log: IBucket;
  state: IBucket;
  queue: IQueue;
  deadLetters: IQueue;
}

/** The roles that people take, with a second factor: one to bring history in and rebuild, one to erase a person. */
export class Operators extends Construct {
  /** For `til reconcile`, `rebuild`, `verify`, `copy`, `dlq` … from an administrator's machine. */
  readonly operator: Role;
  /** For `til forget`: the only one who may delete from the log. */
  readonly eraser: Role;

  constructor(scope: Construct, id: string, { log, state, queue, deadLetters }: OperatorsProps) {
    super(scope, id);
    const objects = [log.arnForObjects('*'), state.arnForObjects('*')];
    const buckets = [log.bucketArn, state.bucketArn];
    this.operator = this.role('Operator', 'Brings history into the log and rebuilds what follows from it.');
    for (const statement of [
      allow('Objects', ['s3:GetObject', 's3:PutObject'], objects),
      allow('Lists', ['s3:ListBucket'], buckets),
      allow('Queue', ['sqs:SendMessage'], [queue.queueArn]),
      allow(
        'DeadLetters',
        ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
        [deadLetters.queueArn],
      ),
    ]) {
      this.operator.addToPrincipalPolicy(statement);
    }
    this.eraser = this.role('Eraser', 'Erases what the law says must go: the only role that may delete from the log.');
    for (const statement of [
      // It deletes versions by their ids: a plain delete would only hide an object. It puts what stands in their place, and rebuilds.
      allow('Objects', ['s3:GetObject', 's3:PutObject', 's3:DeleteObjectVersion'], objects),
      allow('Lists', ['s3:ListBucket', 's3:ListBucketVersions'], buckets),
    ]) {
      this.eraser.addToPrincipalPolicy(statement);
    }
    for (const role of [this.operator, this.eraser]) acknowledgeAllObjects(role, log, state);
  }

  /** Anybody of this account whom their own policies let take it, but only with MFA, and not for longer than the work takes. */
  private role(id: string, description: string): Role {
    return new Role(this, id, {
      description,
      assumedBy: new AccountRootPrincipal().withConditions({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
      maxSessionDuration: Duration.hours(1),
    });
  }
}

/** The role by which CloudFormation deploys: nobody else may change the log's rules. */
export const deployerOf = (stack: Stack): string => {
  const qualifier: string = stack.node.tryGetContext('@aws-cdk/core:bootstrapQualifier') ?? 'hnb659fds';
  const { partition, account, region } = stack;
  return `arn:${partition}:iam::${account}:role/cdk-${qualifier}-cfn-exec-role-${account}-${region}`;
};
