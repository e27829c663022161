import { describe, expect, test } from 'vitest';
import { OUTSIDERS, policiesOf } from '../support/policies.ts';
import list from './s3-actions.json' with { type: 'json' };
import { lookUp, resourcesOf, stackFor } from './stack.ts';

const resources = resourcesOf(stackFor().stack);
const { isAllowed } = policiesOf(resources);
const WHO = [
  ...Object.keys(OUTSIDERS),
  ...lookUp(resources)
    .named('AWS::IAM::Role')
    .map(([name]) => name),
];

/** An action with what it would be done to. Access points, and jobs, ask the bucket's policy for the actions on its objects. */
const ALL = Object.entries<{ access: string; on: string[] }>(list.actions).map(([name, { access, on }]) => ({
  action: `s3:${name}`,
  reads: access === 'Read' || access === 'List',
  ofObject: on.includes('object'),
  ofBucket: on.includes('bucket'),
}));
const EVENT = '<LogBucket.Arn>/events/C0TILCHAN1/2024-W32/1.json';
const NEW = { 's3:if-none-match': '*' };

/** Who may do it, among all roles, an administrator and the deployment. */
const whoMay = (action: string, resource: string, context = {}): string[] =>
  WHO.filter((who) => isAllowed({ who, action, resource, context }));

/** Each action that fits, with those who may do it; of those that nobody may, nothing. */
const doable = (fits: (each: (typeof ALL)[number]) => boolean, resource: string): Record<string, string[]> =>
  Object.fromEntries(
    ALL.filter(fits)
      .map(({ action }) => [action, whoMay(action, resource)] as const)
      .filter(([, who]) => who.length > 0),
  );

describe('the guard of the log, by all that S3 knows', () => {
  test('the list is a whole one: it names what deletes, changes, re-encrypts, archives and expires', () => {
    expect(ALL.length).toBeGreaterThan(170);
    const names = ALL.filter(({ reads }) => !reads).map(({ action }) => action);
    expect(names).toEqual(
      expect.arrayContaining([
        's3:DeleteObject',
        's3:DeleteObjectVersion',
        's3:PutObjectAnnotation',
        's3:PutLifecycleConfiguration',
        's3:RestoreObject',
        's3:UpdateObjectEncryption',
      ]),
    );
  });

  test('of an object nobody may do anything but read it, and the eraser may take it away', () => {
    expect(doable(({ ofObject, reads }) => ofObject && !reads, EVENT)).toEqual({
      's3:DeleteObjectVersion': ['OperatorsEraser'],
    });
  });

  test('a new object comes from three roles, and no administrator; an old one is written by nobody', () => {
    expect(whoMay('s3:PutObject', EVENT, NEW)).toEqual(['WorkerRole', 'OperatorsOperator', 'OperatorsEraser']);
    expect(whoMay('s3:PutObject', EVENT, { 's3:if-match': '"etag"' })).toEqual([]);
  });

  test('traces are taken away by the worker, and by nobody tagged, changed or hidden', () => {
    const trace = '<LogBucket.Arn>/other/2024-W32/1722816000.000459-0123456789abcdef.json';
    expect(doable(({ ofObject, reads }) => ofObject && !reads, trace)).toEqual({
      's3:DeleteObjectVersion': ['WorkerRole', 'OperatorsEraser'],
    });
    expect(whoMay('s3:PutObject', trace, NEW)).toEqual(['WorkerRole', 'OperatorsOperator', 'OperatorsEraser']);
    expect(whoMay('s3:DeleteObjectVersion', '<LogBucket.Arn>/counts/2024-08-05/0123456789abcdef.json')).toEqual([
      'OperatorsEraser',
    ]);
  });

  test('beside the log, what waits is made by ingest and removed by the worker, and neither can do so in the log', () => {
    const waiting = '<LogBucket.Arn>/waiting/1.json';
    expect(whoMay('s3:PutObject', waiting, NEW)).toEqual([
      'IngressIngestRole',
      'WorkerRole',
      'OperatorsOperator',
      'OperatorsEraser',
    ]);
    expect(doable(({ ofObject, reads }) => ofObject && !reads, waiting)).toEqual({
      's3:DeleteObjectVersion': ['WorkerRole', 'OperatorsEraser'],
    });
  });

  test('of the bucket the deployment alone may set what it sets, and nobody can let its objects expire', () => {
    expect(doable(({ ofBucket, reads }) => ofBucket && !reads, '<LogBucket.Arn>')).toEqual({
      // Of an empty one.
      's3:DeleteBucket': ['deployer', 'OperatorsEraser'],
      ...Object.fromEntries(
        [
          'DeleteBucketPolicy',
          'PutBucketOwnershipControls',
          'PutBucketPolicy',
          'PutBucketPublicAccessBlock',
          'PutBucketTagging',
          'PutBucketVersioning',
          'PutEncryptionConfiguration',
          'PutReplicationConfiguration',
          'TagResource',
          'UntagResource',
        ].map((name) => [`s3:${name}`, ['deployer']]),
      ),
    });
  });

  test('what a deployment sets of the bucket is what it may, beside the tags that CloudFormation adds', () => {
    const { Properties } = lookUp(resources).of('LogBucket');
    expect(Object.keys(Properties).sort()).toEqual([
      'BucketEncryption',
      'OwnershipControls',
      'PublicAccessBlockConfiguration',
      'VersioningConfiguration',
    ]);
  });

  test('an action that is not known yet is denied to everybody', () => {
    expect(whoMay('s3:RewriteObject', EVENT, NEW)).toEqual([]);
    expect(whoMay('s3:ExpireEverything', '<LogBucket.Arn>')).toEqual([]);
  });

  test('whatever reads is still allowed to an administrator, except what delivers into the bucket', () => {
    const reading = ALL.filter(({ reads, ofObject, ofBucket }) => reads && (ofObject || ofBucket));
    const denied = reading.filter(
      ({ action, ofObject }) => !whoMay(action, ofObject ? EVENT : '<LogBucket.Arn>').includes('administrator'),
    );
    expect(denied.map(({ action }) => action)).toEqual(['s3:AllowVendedLogDeliveryForResource']);
  });

  test('without TLS nobody may even read', () => {
    expect(whoMay('s3:GetObject', EVENT, { 'aws:SecureTransport': 'false' })).toEqual([]);
  });
});
