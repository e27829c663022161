import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { privateBucket } from './private-bucket.ts';
import { denyAll, denyAllBut, denyElsewhere, OF_OBJECTS, READ, SETTINGS, TRACES, WAITING } from './statements.ts';

/** Who may do what the log's policy denies to everybody else, as role ARNs. */
export interface LogGuards {
  writers: string[];
  /** Makes what waits beside the log, and nothing else. */
  ingest: string;
  /** Removes what waits beside the log, and old traces, and nothing else. */
  worker: string;
  eraser: string;
  deployer: string;
}

/**
 * The log: what is in it stays as it is. A PUT must carry `If-None-Match`, which S3 answers with 412 when the key exists, so
 * nothing can be overwritten; deletes are denied as well, because a delete marker would let the next create through. Denied is whatever
 * is not named, so that an action which AWS invents tomorrow is no way in. There is no exemption for multipart uploads: our objects
 * are small, and so parts, copies and browser forms are denied with it. Object Lock would not close this (it permits delete markers
 * and new versions) and would keep a member's data from being erased.
 */
export class LogBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { keep }: { keep: boolean }) {
    super(scope, id);
    // No lifecycle rules: they delete without asking the bucket policy.
    this.bucket = privateBucket(this, 'Bucket', keep);
  }

  /** Sets the rules. A call of its own, because the roles that write need the bucket first. */
  guard({ writers, ingest, worker, eraser, deployer }: LogGuards): void {
    const objects = [this.bucket.arnForObjects('*')];
    const waiting = [this.bucket.arnForObjects(WAITING)];
    const passing = [...waiting, this.bucket.arnForObjects(TRACES)];
    const unless = (arns: string | string[]) => ({ ArnNotEquals: { 'aws:PrincipalArn': arns } });
    for (const statement of [
      denyAll('CreateOnly', ['s3:PutObject'], objects, { Null: { 's3:if-none-match': 'true' } }),
      denyElsewhere('OnlyWriters', ['s3:PutObject'], waiting, unless(writers)),
      denyAll('OnlyIngestKeeps', ['s3:PutObject'], waiting, unless([ingest, ...writers])),
      denyAllBut('PutOrRead', OF_OBJECTS, objects),
      denyElsewhere('OnlyEraserDeletes', ['s3:DeleteObjectVersion'], passing, unless(eraser)),
      denyAll('OnlyDoneGoes', ['s3:DeleteObjectVersion'], passing, unless([worker, eraser])),
      denyAllBut('ReadOrSet', [...READ, ...SETTINGS, 's3:DeleteBucket'], [this.bucket.bucketArn]),
      // S3 deletes a bucket only when it is empty, and only the eraser can empty this one.
      denyAll('OnlyEmptied', ['s3:DeleteBucket'], [this.bucket.bucketArn], unless([deployer, eraser])),
      denyAll('GuardTheGuards', SETTINGS, [this.bucket.bucketArn], unless(deployer)),
    ]) {
      this.bucket.addToResourcePolicy(statement);
    }
  }
}
