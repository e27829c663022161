import { Duration } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { privateBucket } from './private-bucket.ts';
import { denyAll, denyAllBut, OF_OBJECTS } from './statements.ts';

/**
 * What the log adds up to: ledgers, tables and snapshots. A PUT must carry a condition, so that nobody overwrites what they have
 * not read. Both keys in one `Null` block are joined by AND: only a PUT with neither is denied.
 */
export class StateBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { keep }: { keep: boolean }) {
    super(scope, id);
    // Every event replaces a ledger and some snapshots, so old versions add up to many times what counts. Two days are enough to see what
    // was there before; the log can rebuild all of it.
    const lifecycleRules = [{ noncurrentVersionExpiration: Duration.days(2) }];
    this.bucket = privateBucket(this, 'Bucket', keep, { lifecycleRules });
  }

  /** Sets the rules; the eraser's role ARN is needed because a person's derived data goes before it is rebuilt without them. */
  guard({ eraser }: { eraser: string }): void {
    const objects = [this.bucket.arnForObjects('*')];
    for (const statement of [
      denyAll('CompareAndSwapOnly', ['s3:PutObject'], objects, {
        Null: { 's3:if-match': 'true', 's3:if-none-match': 'true' },
      }),
      denyAllBut('PutOrRead', OF_OBJECTS, objects),
      denyAll('OnlyEraserDeletes', ['s3:DeleteObjectVersion'], objects, {
        ArnNotEquals: { 'aws:PrincipalArn': eraser },
      }),
    ]) {
      this.bucket.addToResourcePolicy(statement);
    }
  }
}
