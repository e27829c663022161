import { type CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

/** Says why a rule of cdk-nag is not followed here. */
export const acknowledge = (construct: IConstruct, reasons: Record<string, string>): void => {
  for (const [id, reason] of Object.entries(reasons)) Validations.of(construct).acknowledge({ id, reason });
};

/** Says why a role may work on the objects of a bucket that a pattern names; any other wildcard is still an error. */
export const acknowledgeObjects = (role: IConstruct, bucket: IBucket, pattern: string): void => {
  const name = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnElement);
  acknowledge(role, {
    [`AwsSolutions-IAM5[Resource::<${name}.Arn>/${pattern}]`]:
      'Objects have many names. The actions are named one by one, and the bucket’s own policy bounds them.',
  });
};

/** Says why a role may work on all objects of these buckets. */
export const acknowledgeAllObjects = (role: IConstruct, ...buckets: IBucket[]): void => {
  for (const bucket of buckets) acknowledgeObjects(role, bucket, '*');
};
