import { Effect, PolicyStatement, type PolicyStatementProps, StarPrincipal } from 'aws-cdk-lib/aws-iam';

/**
 * IAM by explicit statements only: the `grant…` methods of CDK give more than is used (`grantPut` gives `PutObjectRetention`,
 * `grantWrite` gives `DeleteObject*`).
 */
export const allow = (sid: string, actions: string[], resources: string[]): PolicyStatement =>
  new PolicyStatement({ sid, effect: Effect.ALLOW, actions, resources });

/** Denies everybody, whatever else allows them: only a deny stands against an administrator's `Allow *`. */
export const denyAll = (
  sid: string,
  actions: string[],
  resources: string[],
  conditions: NonNullable<PolicyStatementProps['conditions']>,
): PolicyStatement =>
  new PolicyStatement({ sid, effect: Effect.DENY, principals: [new StarPrincipal()], actions, resources, conditions });

/** Nobody speaks to the bucket in the clear. */
export const tlsOnly = (bucketArn: string): PolicyStatement =>
  denyAll('TlsOnly', ['s3:*'], [bucketArn, `${bucketArn}/*`], { Bool: { 'aws:SecureTransport': 'false' } });

/** Everything that takes an object away or changes one without a PUT. */
export const DELETE_OR_MUTATE = [
  's3:DeleteObject',
  's3:DeleteObjectVersion',
  's3:PutObjectAcl',
  's3:PutObjectVersionAcl',
  's3:PutObjectTagging',
  's3:PutObjectVersionTagging',
  's3:DeleteObjectTagging',
  's3:DeleteObjectVersionTagging',
  's3:PutObjectRetention',
  's3:PutObjectLegalHold',
  's3:BypassGovernanceRetention',
  's3:ReplicateObject',
  's3:ReplicateDelete',
  's3:ReplicateTags',
];

/** Everything that could undo the rules of a bucket. Lifecycle is among them: its deletes do not ask the bucket policy. */
export const CHANGE_THE_RULES = [
  's3:PutBucketPolicy',
  's3:DeleteBucketPolicy',
  's3:PutLifecycleConfiguration',
  's3:PutBucketVersioning',
  's3:PutReplicationConfiguration',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketOwnershipControls',
  's3:PutBucketAcl',
  's3:DeleteBucket',
];
