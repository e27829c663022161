import type { IncomingMessage } from 'node:http';
import type { Condition, S3Objects } from './s3-objects.ts';
import { checksumOf, document, element, readBody, S3Failure } from './s3-wire.ts';

/** The operations the server knows; everything else is answered 501. */
export type S3Operation =
  | 'GetObject'
  | 'HeadObject'
  | 'PutObject'
  | 'DeleteObject'
  | 'ListObjectsV2'
  | 'ListObjectVersions'
  | 'DeleteObjects'
  | 'DeleteBucket';

/** What IAM is asked before something is done: an action on an object, or on the bucket where there is no key. */
export interface S3Attempt {
  action: string;
  bucket: string;
  key?: string;
  context: Record<string, string>;
}

/** The attempts that a request is; those of `DeleteObjects` are asked one by one when it is done. */
export const attemptsOf = ({ operation, bucket, key, query, headers }: S3Request): S3Attempt[] => {
  const conditions = ['if-none-match', 'if-match'].flatMap((name) =>
    headers[name] === undefined ? [] : [[`s3:${name}`, String(headers[name])]],
  );
  const version = query.has('versionId') ? 'Version' : '';
  const ofObject = (name: string) => ({ action: `s3:${name}`, bucket, key, context: Object.fromEntries(conditions) });
  const ofBucket = (name: string) => ({ action: `s3:${name}`, bucket, context: {} });
  switch (operation) {
    case 'GetObject':
    case 'HeadObject':
      return [ofObject(`GetObject${version}`)];
    case 'PutObject':
      return [ofObject('PutObject')];
    case 'DeleteObject':
      return [ofObject(`DeleteObject${version}`)];
    case 'ListObjectsV2':
      return [ofBucket('ListBucket')];
    case 'ListObjectVersions':
      return [ofBucket('ListBucketVersions')];
    case 'DeleteBucket':
      return [ofBucket('DeleteBucket')];
    case 'DeleteObjects':
      return [];
  }
};

/** What goes back. */
export interface Answer {
  status: number;
  headers?: Record<string, string | undefined>;
  body?: Buffer | string;
}

/** What was asked. */
export interface S3Request {
  operation: S3Operation;
  bucket: string;
  key: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** What a bucket policy denies in production: see `cdk/log-bucket.ts` and `cdk/state-bucket.ts`. */
export type S3Policy = 'create-only' | 'compare-and-swap';

interface Rules {
  policy: S3Policy | undefined;
  deletable: boolean;
  /** Decides instead of `deletable`, where policies are enforced. */
  isAllowed?: ((attempt: S3Attempt) => boolean) | undefined;
}

/** Does what the request asks. */
export const perform = (bucket: S3Objects, request: S3Request, rules: Rules): Answer => {
  if (request.operation === 'ListObjectsV2') return list(bucket, request);
  if (request.operation === 'PutObject') return put(bucket, request, rules);
  if (request.operation === 'DeleteObject') return remove(bucket, request, rules);
  if (request.operation === 'ListObjectVersions') return listVersions(bucket, request);
  if (request.operation === 'DeleteBucket') return removeBucket(bucket);
  if (request.operation === 'DeleteObjects') return removeMany(bucket, request, rules);
  const object = bucket.get(request.key);
  const [version] = bucket.history.get(request.key) ?? [];
  const headers = {
    'x-amz-version-id': version?.id === 'null' ? undefined : version?.id,
    ETag: object.etag,
    'Content-Type': object.contentType,
    'Cache-Control': object.cacheControl,
  };
  if (request.operation === 'HeadObject') {
    return { status: 200, headers: { ...headers, 'Content-Length': `${object.bytes.length}` } };
  }
  if (request.headers['if-none-match'] === object.etag) return { status: 304, headers };
  return { status: 200, headers: { ...headers, 'x-amz-checksum-crc32': checksumOf(object.bytes) }, body: object.bytes };
};

/** The request with its body, if it is signed and names an operation that the server knows. */
export const readRequest = async (incoming: IncomingMessage): Promise<S3Request> => {
  const { pathname, searchParams: query } = new URL(incoming.url ?? '/', 'http://s3');
  const [bucket = '', ...rest] = pathname.slice(1).split('/').map(decodeURIComponent);
  const key = rest.join('/');
  const body = await readBody(incoming);
  if (Buffer.byteLength(key) > 1_024) throw new S3Failure(400, 'KeyTooLongError', 'Your key is too long');
  if (!incoming.headers.authorization) throw new S3Failure(403, 'AccessDenied', 'Access Denied');
  return { operation: operationOf(incoming, key, query), bucket, key, query, headers: incoming.headers, body };
};

const operationOf = ({ method, headers }: IncomingMessage, key: string, query: URLSearchParams): S3Operation => {
  const plain = !query.has('uploads') && !query.has('uploadId') && headers['x-amz-copy-source'] === undefined;
  if (method === 'GET' && !key && query.get('list-type') === '2') return 'ListObjectsV2';
  if (method === 'GET' && !key && query.has('versions')) return 'ListObjectVersions';
  if (method === 'POST' && !key && query.has('delete')) return 'DeleteObjects';
  if (method === 'DELETE' && !key) return 'DeleteBucket';
  if (key && plain && method === 'GET') return 'GetObject';
  if (key && plain && method === 'HEAD') return 'HeadObject';
  if (key && plain && method === 'PUT') return 'PutObject';
  if (key && plain && method === 'DELETE') return 'DeleteObject';
  throw new S3Failure(501, 'NotImplemented', `This server does not know ${method} ${key} ${query}`);
};

const put = (bucket: S3Objects, { key, body, headers }: S3Request, { policy }: Rules): Answer => {
  const condition: Condition = { none: headers['if-none-match'], match: headers['if-match'] };
  const denied =
    (policy === 'create-only' && condition.none === undefined) ||
    (policy === 'compare-and-swap' && condition.none === undefined && condition.match === undefined);
  if (denied) throw new S3Failure(403, 'AccessDenied', 'explicit deny in a resource-based policy');
  const contentType = headers['content-type'] ?? 'binary/octet-stream';
  const etag = bucket.put(key, { bytes: body, contentType, cacheControl: headers['cache-control'] }, condition);
  return { status: 200, headers: { ETag: etag } };
};

const remove = (bucket: S3Objects, { key, query }: S3Request, { deletable, policy, isAllowed }: Rules): Answer => {
  // What waits beside the log goes when its job is done, by its version.
  const isDone = policy === 'create-only' && key.startsWith('waiting/') && query.has('versionId');
  if (!deletable && !isDone && !isAllowed)
    throw new S3Failure(403, 'AccessDenied', 'explicit deny in a resource-based policy');
  bucket.delete(key, query.get('versionId') ?? undefined);
  return { status: 204 };
};

/** The first page; nobody here asks for another, since what was listed is deleted. */
const listVersions = (bucket: S3Objects, { query }: S3Request): Answer => {
  if (query.has('key-marker')) throw new S3Failure(501, 'NotImplemented', 'This server gives the first page alone');
  const all = bucket.versions(query.get('prefix') ?? '');
  const versions = all
    .slice(0, 1_000)
    .map(({ key, version }) =>
      element(version.object ? 'Version' : 'DeleteMarker', element('Key', key), element('VersionId', version.id)),
    );
  const body = document(element('ListVersionsResult', element('IsTruncated', `${all.length > 1_000}`), ...versions));
  return { status: 200, headers: { 'Content-Type': 'application/xml' }, body };
};

const removeBucket = (bucket: S3Objects): Answer => {
  if (bucket.history.size > 0)
    throw new S3Failure(
      409,
      'BucketNotEmpty',
      'The bucket you tried to delete is not empty. You must delete all versions in the bucket.',
    );
  return { status: 204 };
};

/** Answers 200 whatever happens; what could not be deleted is in the body. */
const removeMany = (
  bucket: S3Objects,
  { bucket: name, body }: S3Request,
  { deletable, policy, isAllowed }: Rules,
): Answer => {
  const may = (key: string, id: string | undefined): boolean =>
    isAllowed?.({ action: `s3:DeleteObject${id ? 'Version' : ''}`, bucket: name, key, context: {} }) ??
    // The log's policy lets the worker take traces away.
    (deletable || (policy === 'create-only' && key.startsWith('other/')));
  const wanted = [...body.toString().matchAll(/<Key>(.*?)<\/Key>(?:<VersionId>(.*?)<\/VersionId>)?/g)];
  if (wanted.length > 1_000) throw new S3Failure(400, 'MalformedXML', 'The XML you provided was not well-formed');
  const denied = wanted.filter(([, key = '', id]) => !may(key, id));
  for (const [, key = '', id] of wanted.filter((each) => !denied.includes(each))) bucket.delete(key, id);
  const errors = denied.map(([, key = '']) => element('Error', element('Key', key), element('Code', 'AccessDenied')));
  return {
    status: 200,
    headers: { 'Content-Type': 'application/xml' },
    body: document(element('DeleteResult', ...errors)),
  };
};

const list = (bucket: S3Objects, { bucket: name, query }: S3Request): Answer => {
  const prefix = query.get('prefix') ?? '';
  const token = query.get('continuation-token');
  const after = token ? Buffer.from(token, 'base64').toString() : (query.get('start-after') ?? '');
  const max = Math.min(Number(query.get('max-keys') ?? 1_000), 1_000);
  const { keys, folders, more } = bucket.list(prefix, after, max, query.get('delimiter') ?? '');
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (key: string) => key;
  const contents = keys.map((key) => {
    const { etag, bytes } = bucket.get(key);
    return element('Contents', element('Key', encode(key)), element('ETag', etag), element('Size', `${bytes.length}`));
  });
  const common = folders.map((folder) => element('CommonPrefixes', element('Prefix', encode(folder))));
  const next = more ? [element('NextContinuationToken', Buffer.from(keys.at(-1) ?? '').toString('base64'))] : [];
  const fields = [
    element('Name', name),
    element('Prefix', encode(prefix)),
    element('MaxKeys', `${max}`),
    element('KeyCount', `${keys.length + folders.length}`),
    element('IsTruncated', `${more}`),
  ];
  const body = document(element('ListBucketResult', ...fields, ...next, ...contents, ...common));
  return { status: 200, headers: { 'Content-Type': 'application/xml' }, body };
};
