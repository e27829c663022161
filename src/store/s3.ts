import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Conflict } from '../events/errors.ts';
import { awsSettings, refusedKeys } from './aws.ts';
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
    // A log may be copied from one region to another: S3 says where a bucket is.
    followRegionRedirects: true,
    // We retry ourselves: the SDK would hide that an earlier try was unclear, and then 412 could mean "we were first".
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 2_000 },
  });
};

/** The keys that the SDK finds (in the environment, a profile, a container …), by the names of their variables. Throws `Refused` where there are none. */
export const keysOf = async (environment: Record<string, string | undefined>): Promise<Record<string, string>> => {
  const { accessKeyId, secretAccessKey, sessionToken } = await s3Client(environment)
    .config.credentials()
    .catch((error: unknown) => {
      throw refusedKeys(error) ?? error;
    });
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken ?? '',
  };
};

/** One bucket's calls to S3, each repeated while that may help. Keys are ours here, without the root. */
interface Calls {
  /** Where a key lies, for errors. */
  where(key: string): string;
  get(key: string, known: Stored | undefined): Promise<Stored | undefined>;
  page(of: { prefix: string; after?: string | undefined; Delimiter?: '/' }): Promise<ListingPage>;
  put(key: string, bytes: Uint8Array, condition: Condition): Promise<{ etag: string | undefined; unclear: boolean }>;
}

/** A page of keys, and of the folders among them when a delimiter was given. */
interface ListingPage {
  entries: Page['entries'];
  folders: string[];
  more: boolean;
}

type Condition = { IfNoneMatch: '*' } | { IfMatch: string };

/** A bucket, or the part of one under `prefix`, by conditional writes. ETags are opaque: with KMS they are no digest. */
export const s3Bucket = (options: S3BucketOptions): Bucket => {
  const calls = callsOf(options);
  return {
    get: (key, known) => calls.get(key, known),
    list: (prefix, after) => list(prefix, after, calls),
    folders: (prefix) => folders(prefix, calls),
    putNew: async (key, bytes) => {
      const { etag } = await calls.put(key, bytes, { IfNoneMatch: '*' });
      return etag === undefined ? { created: false } : { created: true, etag };
    },
    putIf: (key, bytes, expected) => putIf(key, bytes, expected, calls),
  };
};

const callsOf = ({ client, bucket, prefix: under, retries }: S3BucketOptions): Calls => {
  const root = under ? `${under.replace(/^\/+|\/+$/g, '')}/` : '';
  const where = (key: string) => `s3://${bucket}/${root}${key}`;
  const at = (action: string, key: string) => ({ action, where: where(key), ...retries });
  const target = (key: string) => ({ Bucket: bucket, Key: root + key });
  const ownKey = (key = '') => key.slice(root.length);

  return {
    where,

    async get(key, known) {
      requireKey(key);
      const command = () => new GetObjectCommand({ ...target(key), ...(known && { IfNoneMatch: known.etag }) });
      const { value } = await persistently(at('s3:GetObject', key), async (abortSignal) => {
        const answer = await client.send(command(), { abortSignal }).catch(unlessMissingOr(known));
        if (!answer || 'bytes' in answer) return answer;
        // Read inside the attempt: a connection may break after the headers.
        return { bytes: (await answer.Body?.transformToByteArray()) ?? new Uint8Array(), etag: answer.ETag ?? '' };
      });
      return value;
    },

    // StartAfter on every page: a continuation token is bound to one walk, a key can be kept and resumed from.
    async page({ prefix, after, ...more }) {
      const which = { Bucket: bucket, Prefix: root + prefix, ...(after !== undefined && { StartAfter: root + after }) };
      const { value } = await persistently(at('s3:ListBucket', prefix), (abortSignal) =>
        client.send(new ListObjectsV2Command({ ...which, ...more, MaxKeys: 1_000 }), { abortSignal }),
      );
      const { Contents = [], CommonPrefixes = [], IsTruncated } = value;
      return {
        entries: Contents.map(({ Key, ETag = '', Size = 0 }) => ({ key: ownKey(Key), etag: ETag, size: Size })),
        folders: CommonPrefixes.map(({ Prefix }) => ownKey(Prefix)),
        more: IsTruncated === true,
      };
    },

    async put(key, bytes, condition) {
      requireKey(key);
      const command = () =>
        new PutObjectCommand({ ...target(key), ...condition, Body: bytes, ContentType: typeOf(key) });
      const { value, unclear } = await persistently(at('s3:PutObject', key), (abortSignal) =>
        client.send(command(), { abortSignal }).catch(unlessConditionFailed),
      );
      return { etag: value?.ETag, unclear };
    },
  };
};

const list = async (prefix: string, after: string | undefined, calls: Calls): Promise<Page> => {
  requirePrefix(prefix);
  const { entries, more } = await calls.page({ prefix, after });
  const last = entries.at(-1);
  return more && last ? { entries, next: last.key } : { entries };
};

const folders = async (prefix: string, calls: Calls): Promise<string[]> => {
  requireFolder(prefix);
  const names: string[] = [];
  for (let after: string | undefined, more = true; more; ) {
    const page = await calls.page({ prefix, after, Delimiter: '/' });
    names.push(...page.folders.map((folder) => folder.slice(prefix.length, -1)));
    // Keys and folders come in one order. `0` is the character behind `/`: no key in the last folder comes again.
    const key = page.entries.at(-1)?.key ?? '';
    const last = page.folders.at(-1) ?? '';
    after = last > key ? `${last.slice(0, -1)}0` : key;
    more = page.more;
  }
  return names.sort(); // In keys `b-c/` comes before `b/`.
};

const putIf = async (key: string, bytes: Uint8Array, expected: string, calls: Calls): Promise<string> => {
  const { etag, unclear } = await calls.put(key, bytes, { IfMatch: expected });
  if (etag !== undefined) return etag;
  // After an unclear answer the object that is in the way may be our own.
  const found = unclear ? await calls.get(key, undefined) : undefined;
  if (found && Buffer.compare(found.bytes, bytes) === 0) return found.etag;
  throw new Conflict(`${calls.where(key)} is not what it was: expected ETag ${expected}, got another or none`);
};

const unlessMissing = (error: unknown): undefined => {
  if (hasStatus(error, 404, 'NoSuchKey')) return undefined;
  throw error;
};

/** What is known is given back where S3 says 304, Not Modified. */
const unlessMissingOr =
  (known: Stored | undefined) =>
  (error: unknown): Stored | undefined => {
    if (known && hasStatus(error, 304)) return known;
    return unlessMissing(error);
  };

/** 412 says that the ETag is another or the object is there; 404 that there is none, or only a delete marker. */
const unlessConditionFailed = (error: unknown) => {
  if (hasStatus(error, 412) || hasStatus(error, 404, 'NoSuchKey')) return undefined;
  throw error;
};

/** Snapshots are served as they lie here, so the type must be right. */
const typeOf = (key: string) =>
  key.endsWith('.json') ? 'application/json; charset=utf-8' : 'application/octet-stream';
