import { RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { tlsOnly } from './statements.ts';

/** A bucket that nobody outside can see, versioned, encrypted with S3's own keys. With `keep` it outlives the stack, policy included. */
export const privateBucket = (scope: Construct, id: string, keep: boolean, props: BucketProps = {}): Bucket => {
  const removalPolicy = keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  const bucket = new Bucket(scope, id, {
    versioned: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED, // No ACLs: policies alone decide.
    encryption: BucketEncryption.S3_MANAGED, // No KMS: $1 a month and a request per object, for keys that AWS holds as well.
    removalPolicy,
    ...props,
  });
  bucket.addToResourcePolicy(tlsOnly(bucket.bucketArn));
  bucket.policy?.applyRemovalPolicy(removalPolicy);
  acknowledge(bucket, {
    'AwsSolutions-S1':
      'Server access logs would grow for ever beside a log of a few megabytes; CloudTrail data events can be turned on when somebody must be found.',
  });
  return bucket;
};
