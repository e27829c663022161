import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Conflict } from '../events/errors.ts';
import { awsSettings } from './aws.ts';
import type { Bucket, Page, Stored } from './bucket.ts';
import { requireFolder, requireKey, requirePrefix } from './object.ts';
import { hasStatus, persistently, type Retries } from './s3-retries.ts';

/** What `s3Bucket` needs; `retries` is for tests. */
export interface S3BucketOptions {
  client: S3Client;
  bucket: string;
  prefix?: string;
  retries?: Partial<Retries>;
}

/** A client whose addresses, region and keys come from `environment`, with the AWS SDK's own variable names. */
export const s3Client = (environment: Record<string, string | undefined>): S3Client => {
  const settings = awsSettings(environment, 'S3');
  return new S3Client({
    ...settings,
    // An address of one's own is seldom a name with a wildcard certificate, so the bucket goes into the path.
    forcePathStyle: settings.endpoint !== undefined,
    // We retry ourselves: the SDK would hide that an earlier try was unclear, and then 412 could mean "we were first".
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 2_000 },
  });
};

/** A bucket, or the part of one under `prefix`, by conditional writes. ETags are opaque: with KMS they are no digest. */
export const s3Bucket = ({ client, bucket, prefix, retries }: S3BucketOptions): Bucket => {
  const root = prefix ? `${prefix.replace(/^\/+|\/+$/g, '')}/` : '';
  const at = (action: string, key: string) => ({ action, where: `s3://${bucket}/${root}${key}`, ...retries });
  const target = (key: string) => ({ Bucket: bucket, Key: root + key });

  const get = async (key: string): Promise<Stored | undefined> => {
    requireKey(key);
    const { value } = await persistently(at('s3:GetObject', key), async (abortSignal) => {
      const answer = await client.send(new GetObjectCommand(target(key)), { abortSignal }).catch(unlessMissing);
      if (!answer) return undefined;
      // Read inside the attempt: a connection may break after the headers.
      return { bytes: (await answer.Body?.transformToByteArray()) ?? new Uint8Array(), etag: answer.ETag ?? '' };
    });
    return value;
  };

  /** One page of a listing. StartAfter on every page: a continuation token is bound to one walk, a key can be kept and resumed from. */
  const page = async ({ prefix, after, ...more }: { prefix: string; after?: string | undefined; Delimiter?: '/' }) => {
    const where = { Bucket: bucket, Prefix: root + prefix, ...(after !== undefined && { StartAfter: root + after }) };
    const { value } = await persistently(at('s3:ListBucket', prefix), (abortSignal) =>
      client.send(new ListObjectsV2Command({ ...where, ...more, MaxKeys: 1_000 }), { abortSignal }),
    );
    return value;
  };

  /** Puts under a condition; `etag` is absent when the condition did not hold. */
  const put = async (key: string, bytes: Uint8Array, condition: { IfNoneMatch: '*' } | { IfMatch: string }) => {
    requireKey(key);
    const command = () => new PutObjectCommand({ ...target(key), ...condition, Body: bytes, ContentType: typeOf(key) });
    const { value, unclear } = await persistently(at('s3:PutObject', key), (abortSignal) =>
      client.send(command(), { abortSignal }).catch(unlessConditionFailed),
    );
    return { etag: value?.ETag, unclear };
  };

  return {
    get,

    async list(prefix, after): Promise<Page> {
      requirePrefix(prefix);
      const { Contents, IsTruncated } = await page({ prefix, after });
      const entries = (Contents ?? []).map(({ Key = '', ETag = '', Size = 0 }) => ({
        key: Key.slice(root.length),
        etag: ETag,
        size: Size,
      }));
      const last = entries.at(-1);
      return IsTruncated && last ? { entries, next: last.key } : { entries };
    },

    async folders(prefix): Promise<string[]> {
      requireFolder(prefix);
      const names: string[] = [];
      for (let after: string | undefined, more = true; more; ) {
        const { CommonPrefixes = [], Contents = [], IsTruncated } = await page({ prefix, after, Delimiter: '/' });
        const folders = CommonPrefixes.map(({ Prefix = '' }) => Prefix.slice(root.length));
        names.push(...folders.map((folder) => folder.slice(prefix.length, -1)));
        // Keys and folders come in one order. `0` is the character behind `/`: no key in the last folder comes again.
        const key = Contents.at(-1)?.Key?.slice(root.length) ?? '';
        const last = folders.at(-1) ?? '';
        after = last > key ? `${last.slice(0, -1)}0` : key;
        more = IsTruncated === true;
      }
      return names.sort(); // In keys `b-c/` comes before `b/`.
    },

    async putNew(key, bytes) {
      const { etag } = await put(key, bytes, { IfNoneMatch: '*' });
      return etag === undefined ? { created: false } : { created: true, etag };
    },

    async putIf(key, bytes, expected) {
      const { etag, unclear } = await put(key, bytes, { IfMatch: expected });
      if (etag !== undefined) return etag;
      // After an unclear answer the object that is in the way may be our own.
      const found = unclear ? await get(key) : undefined;
      if (found && Buffer.compare(found.bytes, bytes) === 0) return found.etag;
      throw new Conflict(
        `s3://${bucket}/${root}${key} is not what it was: expected ETag ${expected}, got another or none`,
      );
    },
  };
};

const unlessMissing = (error: unknown) => {
  if (hasStatus(error, 404, 'NoSuchKey')) return undefined;
  throw error;
};

/** 412 says that the ETag is another or the object is there; 404 that there is none, or only a delete marker. */
const unlessConditionFailed = (error: unknown) => {
  if (hasStatus(error, 412) || hasStatus(error, 404, 'NoSuchKey')) return undefined;
  throw error;
};

/** Snapshots are served as they lie here, so the type must be right. */
const typeOf = (key: string) =>
  key.endsWith('.json') ? 'application/json; charset=utf-8' : 'application/octet-stream';
