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

/** Denies these actions on everything but these resources, to whom the conditions hold for. */
export const denyElsewhere = (
  sid: string,
  actions: string[],
  notResources: string[],
  conditions: NonNullable<PolicyStatementProps['conditions']>,
): PolicyStatement =>
  new PolicyStatement({
    sid,
    effect: Effect.DENY,
    principals: [new StarPrincipal()],
    actions,
    notResources,
    conditions,
  });

/** Nobody speaks to the bucket in the clear. */
export const tlsOnly = (bucketArn: string): PolicyStatement =>
  denyAll('TlsOnly', ['s3:*'], [bucketArn, `${bucketArn}/*`], { Bool: { 'aws:SecureTransport': 'false' } });

/** Denies everybody everything but these actions: what S3 learns in years to come is denied as well. */
export const denyAllBut = (sid: string, notActions: string[], resources: string[]): PolicyStatement =>
  new PolicyStatement({ sid, effect: Effect.DENY, principals: [new StarPrincipal()], notActions, resources });

/** What waits beside the log because the queue could not take it: made by ingest, and removed by the worker when it is done. */
export const WAITING = 'waiting/*';

/** Where traces lie of what concerns no challenge: the one part of the log that may go, once it is counted. How old one is, no policy can ask. */
export const TRACES = 'other/*';

/** All of S3's actions that begin so read; the list of them in `test/cdk/s3-actions.json` is tested for it. */
export const READ = ['s3:Get*', 's3:List*'];

/**
 * What may be done to an object of ours at all: it is read, made, and, by the eraser, taken away in one version. Nobody tags, re-encrypts,
 * archives, replicates or annotates one.
 */
export const OF_OBJECTS = [...READ, 's3:PutObject', 's3:DeleteObjectVersion'];

/**
 * What a deployment sets of the log's bucket, its policy included. All else is denied to it too, lifecycle rules above all: their deletes do
 * not ask the policy. Whoever needs another setting first deploys a policy that lets it.
 */
export const SETTINGS = [
  's3:PutBucketPolicy',
  's3:DeleteBucketPolicy',
  's3:PutBucketVersioning',
  's3:PutEncryptionConfiguration',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketOwnershipControls',
  's3:PutBucketTagging',
  's3:PutReplicationConfiguration', // Copies what is there, and changes none of it.
  's3:TagResource',
  's3:UntagResource',
];
