import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Conflict, Corrupt, Refused, Unavailable } from '../../src/events/errors.ts';
import { type Bucket, listAll } from '../../src/store/bucket.ts';
import { s3Bucket, s3Client } from '../../src/store/s3.ts';
import { bucketContract } from '../contract/bucket.ts';
import type { S3Fault, S3Server } from '../support/s3-server.ts';
import { startS3Server } from '../support/s3-server.ts';

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server({ buckets: ['til'], policies: {} });
});
afterEach(() => server.faults.clear());
afterAll(() => server.close());

const text = (value: string) => Buffer.from(value);
let prefixes = 0;

/**
 * A fresh bucket part whose pauses are noted instead of slept. A try is given up soon where a fault leaves it without an answer, and not for a
 * busy machine elsewhere.
 */
const open = (fault?: S3Fault) => {
  const pauses: number[] = [];
  const prefix = `case-${++prefixes}`;
  const client = s3Client(server.environment);
  const retries = {
    tryMilliseconds: fault?.startsWith('timeout') ? 2_000 : 120_000,
    random: () => 1,
    sleep: async (milliseconds: number) => void pauses.push(milliseconds),
  };
  return { bucket: s3Bucket({ client, bucket: 'til', prefix, retries }), prefix, pauses };
};

let buckets = 0;
bucketContract('the S3 test server', async () => {
  const name = `contract-${++buckets}`;
  server.createBucket(name);
  const client = s3Client(server.environment);
  return { bucket: s3Bucket({ client, bucket: name }), close: async () => client.destroy() };
});

describe('conditional creates', () => {
  test('of 20 concurrent callers exactly one creates', async () => {
    const { bucket } = open();
    const results = await Promise.all(Array.from({ length: 20 }, (_, n) => bucket.putNew('a/b', text(`${n}`))));
    const winner = results.findIndex(({ created }) => created);
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    expect((await bucket.get('a/b'))?.bytes).toEqual(new Uint8Array(text(`${winner}`)));
  });

  test.each<S3Fault>(['timeout-after', 'reset-after', 'internal-after', 'cut'])(
    'after %s a create finds its own object and says that it did not create',
    async (fault) => {
      const { bucket } = open(fault);
      server.faults.add({ fault, operation: 'PutObject' });
      // A cut answer to a PUT has whole headers and no body, so nothing was lost.
      expect((await bucket.putNew('a', text('1'))).created).toBe(fault === 'cut');
      expect((await bucket.get('a'))?.bytes).toEqual(new Uint8Array(text('1')));
      expect(server.faults.left).toBe(0);
    },
  );

  test.each<S3Fault>(['slow-down', 'internal-before', 'timeout-before', 'reset-before'])(
    'two times %s cost two pauses of growing length and then the object is there',
    async (fault) => {
      const { bucket, pauses } = open(fault);
      server.faults.add({ fault, operation: 'PutObject', times: 2 });
      expect((await bucket.putNew('a', text('1'))).created).toBe(true);
      expect(pauses).toEqual([200, 400]);
    },
  );

  test('the third failure is final and says what, how often and where', async () => {
    const { bucket, prefix } = open();
    server.faults.add({ fault: 'slow-down', operation: 'PutObject', times: 3 });
    const failure = bucket.putNew('a', text('1'));
    await expect(failure).rejects.toThrow(Unavailable);
    await expect(failure).rejects.toThrow(
      `s3:PutObject s3://til/${prefix}/a: no success in 3 tries, last: 503 SlowDown`,
    );
    expect(await bucket.get('a')).toBeUndefined();
  });

  test('a concurrent writer (409) is met five times and no more', async () => {
    const { bucket, pauses } = open();
    server.faults.add({ fault: 'conflict', operation: 'PutObject', times: 4 });
    expect((await bucket.putNew('a', text('1'))).created).toBe(true);
    expect(pauses).toEqual([200, 400, 800, 1600]);
    server.faults.add({ fault: 'conflict', operation: 'PutObject', times: 5 });
    await expect(bucket.putNew('b', text('1'))).rejects.toThrow(Unavailable);
    expect(server.faults.left).toBe(0);
  });
});

describe('compare-and-swap', () => {
  test.each<S3Fault>(['timeout-after', 'reset-after', 'internal-after'])(
    'after %s a swap recognises its own bytes',
    async (fault) => {
      const { bucket } = open(fault);
      await bucket.putNew('a', text('1'));
      const before = await bucket.get('a');
      server.faults.add({ fault, operation: 'PutObject' });
      const etag = await bucket.putIf('a', text('2'), before?.etag ?? '');
      expect(await bucket.get('a')).toEqual({ bytes: new Uint8Array(text('2')), etag });
    },
  );

  test('an unclear try is not forgotten for a clear one after it', async () => {
    const { bucket } = open();
    await bucket.putNew('a', text('1'));
    const before = await bucket.get('a');
    server.faults.add({ fault: 'internal-after', operation: 'PutObject' });
    server.faults.add({ fault: 'conflict', operation: 'PutObject' });
    const etag = await bucket.putIf('a', text('2'), before?.etag ?? '');
    expect(await bucket.get('a')).toEqual({ bytes: new Uint8Array(text('2')), etag });
    expect(server.faults.left).toBe(0);
  });

  test('after an unclear answer other bytes are still a conflict', async () => {
    const { bucket, prefix } = open();
    await bucket.putNew('a', text('1'));
    const before = await bucket.get('a');
    server.faults.add({ fault: 'internal-before', operation: 'PutObject' });
    server
      .objects('til')
      .put(`${prefix}/a`, { bytes: text('theirs'), contentType: '', cacheControl: undefined }, anything);
    await expect(bucket.putIf('a', text('2'), before?.etag ?? '')).rejects.toThrow(Conflict);
  });

  test('equal bytes of somebody else are a conflict when our own answer was clear', async () => {
    const { bucket } = open();
    await bucket.putNew('a', text('2'));
    const reads = server.counters.GetObject.requests;
    await expect(bucket.putIf('a', text('2'), '"of before"')).rejects.toThrow(Conflict);
    expect(server.counters.GetObject.requests).toBe(reads);
  });

  test('a missing object is a conflict, a missing bucket is refused', async () => {
    const { bucket } = open();
    await expect(bucket.putIf('nothing', text('2'), '"x"')).rejects.toThrow(Conflict);
    const nowhere = s3Bucket({ client: s3Client(server.environment), bucket: 'nowhere' });
    await expect(nowhere.putIf('a', text('2'), '"x"')).rejects.toThrow(Refused);
    await expect(nowhere.get('a')).rejects.toThrow(/NoSuchBucket/);
  });
});

const anything = { none: undefined, match: undefined };

describe('folders over more than a page', () => {
  // After `a/` come so many files that the first page of 1,000 ends there.
  test.each([
    ['in a file', 999],
    ['in a folder of several keys', 998],
    ['in a folder that begins as the one before it does', 997],
    ['between folders that begin alike', 996],
  ])('are told once each when the first page ends %s', async (_where, files) => {
    const { bucket, prefix } = open();
    const names = Array.from({ length: files }, (_, at) => `f${String(at).padStart(4, '0')}`);
    const inFolders = ['a/1', 'a/2', 'x-y/1', 'x/1', 'x/2', 'x/3/4', 'x0/1', 'x0/2', 'z/1'];
    const object = { bytes: text('1'), contentType: '', cacheControl: undefined };
    for (const key of [...names, ...inFolders]) server.objects('til').put(`${prefix}/d/${key}`, object, anything);
    const before = server.counters.ListObjectsV2.requests;
    expect(await bucket.folders('d/')).toEqual(['a', 'x', 'x-y', 'x0', 'z']);
    expect(server.counters.ListObjectsV2.requests - before).toBe(2);
  });
});

describe('reading', () => {
  test.each<S3Fault>(['cut', 'truncated', 'garbled', 'slow-down', 'timeout-before', 'reset-before'])(
    'a get that meets %s once gives the whole object',
    async (fault) => {
      const { bucket } = open(fault);
      await bucket.putNew('a', text('1'.repeat(10_000)));
      server.faults.add({ fault, operation: 'GetObject' });
      expect((await bucket.get('a'))?.bytes).toEqual(new Uint8Array(text('1'.repeat(10_000))));
      expect(server.faults.left).toBe(0);
    },
  );

  test('bytes that never match their checksum are corrupt, and the key is named', async () => {
    const { bucket, prefix } = open();
    await bucket.putNew('a', text('1'));
    server.faults.add({ fault: 'garbled', operation: 'GetObject', times: 3 });
    const failure = bucket.get('a');
    await expect(failure).rejects.toThrow(Corrupt);
    await expect(failure).rejects.toThrow(`s3://til/${prefix}/a is damaged`);
  });

  test('403 is refused at once and names the action, the place and what is needed', async () => {
    const { bucket, pauses } = open();
    server.faults.add({ fault: 'forbidden', operation: 'GetObject' });
    const failure = bucket.get('a');
    await expect(failure).rejects.toThrow(Refused);
    await expect(failure).rejects.toThrow(/s3:GetObject s3:\/\/til.*403 AccessDenied: this role needs s3:GetObject/);
    expect(pauses).toEqual([]);
  });

  test('no keys to sign with are refused at once, and not called unreachable', async () => {
    const credentials = async () => {
      throw Object.assign(new Error('Could not load credentials from any providers'), {
        name: 'CredentialsProviderError',
      });
    };
    const client = new S3Client({ region: 'us-east-1', endpoint: server.url, credentials });
    await expect(s3Bucket({ client, bucket: 'til' }).get('a')).rejects.toThrow(
      's3:GetObject s3://til/a: no AWS credentials: Could not load credentials from any providers',
    );
  });

  test('no answer from anywhere is unavailable', async () => {
    const closed = await startS3Server();
    await closed.close();
    const bucket = s3Bucket({
      client: s3Client(closed.environment),
      bucket: 'til',
      retries: { sleep: async () => {} },
    });
    await expect(bucket.get('a')).rejects.toThrow(/no success in 3 tries, last: ECONNREFUSED/);
  });
});

describe('listing', () => {
  const walk = async (bucket: Bucket) => {
    const keys: string[] = [];
    for await (const { key } of listAll(bucket, 'events/')) keys.push(key);
    return keys;
  };

  const fill = async (count: number) => {
    const { bucket, prefix } = open();
    for (let n = 0; n < count; n++) {
      const object = { bytes: text(`${n}`), contentType: '', cacheControl: undefined };
      server.objects('til').put(`${prefix}/events/${String(n).padStart(5, '0')}`, object, anything);
    }
    return bucket;
  };

  test.each([
    [0, 1],
    [1, 1],
    [1000, 1],
    [1001, 2],
    [2500, 3],
  ])('%i keys come in %i pages, each once and in order', async (count, pages) => {
    const bucket = await fill(count);
    const before = server.counters.ListObjectsV2.requests;
    const keys = await walk(bucket);
    expect(keys).toEqual(Array.from({ length: count }, (_, n) => `events/${String(n).padStart(5, '0')}`));
    expect(server.counters.ListObjectsV2.requests - before).toBe(pages);
  });

  test.each<S3Fault>(['cut', 'truncated', 'internal-before'])(
    'a page that meets %s is asked for again; when it never comes, the walk fails instead of ending early',
    async (fault) => {
      const bucket = await fill(1500);
      server.faults.add({ fault, operation: 'ListObjectsV2', skip: 1 });
      expect(await walk(bucket)).toHaveLength(1500);
      server.faults.add({ fault, operation: 'ListObjectsV2', skip: 1, times: 3 });
      await expect(walk(bucket)).rejects.toThrow(Unavailable);
    },
  );

  test('a prefix shows neither its neighbours nor itself in the keys', async () => {
    const client = s3Client(server.environment);
    const [one, longer] = ['p', 'p2'].map((prefix) => s3Bucket({ client, bucket: 'til', prefix }));
    await one?.putNew('events/a', text('1'));
    await longer?.putNew('events/b', text('2'));
    expect((await one?.list(''))?.entries).toMatchObject([{ key: 'events/a', size: 1 }]);
    expect((await one?.list('events/', 'events/a'))?.entries).toEqual([]);
  });
});

// A bucket of one's own, to run the same promises on: `s3://bucket/prefix` for AWS, or `http://host:port/bucket` for another server.
const elsewhere = process.env['TIL_TEST_S3'];
if (elsewhere) {
  const { protocol, origin, host, pathname } = new URL(elsewhere);
  const [first = '', ...rest] = pathname.slice(1).split('/').filter(Boolean);
  const own = protocol === 's3:' ? { name: host, below: [first, ...rest] } : { name: first, below: rest };
  const environment = protocol === 's3:' ? process.env : { ...process.env, AWS_ENDPOINT_URL_S3: origin };
  const run = `${process.hrtime.bigint()}`;
  let opened = 0;
  bucketContract(
    elsewhere,
    async () => {
      const prefix = [...own.below, `til-test-${run}`, `${++opened}`].filter(Boolean).join('/');
      const client = s3Client(environment);
      return { bucket: s3Bucket({ client, bucket: own.name, prefix }), close: async () => client.destroy() };
    },
    { 'the longest component and the longest key are stored': 'the prefix of the run leaves less than 1,024 bytes' },
  );
}

test('a bucket of another region is found where S3 says that it is', async () => {
  const regions: string[] = [];
  const elsewhere = createServer((request, response) => {
    const [, region = ''] = /Credential=\w+\/\d{8}\/([\w-]+)\//.exec(request.headers.authorization ?? '') ?? [];
    regions.push(region);
    if (region === 'ap-northeast-2') return void response.end('{}');
    response
      .writeHead(301, { 'x-amz-bucket-region': 'ap-northeast-2', 'content-type': 'application/xml' })
      .end('<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>');
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const { port } = elsewhere.address() as AddressInfo;
  const client = s3Client({ ...server.environment, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` });
  expect((await s3Bucket({ client, bucket: 'old-log' }).get('a'))?.bytes).toHaveLength(2);
  expect(regions).toEqual(['us-east-1', 'ap-northeast-2']);
  client.destroy();
  elsewhere.closeAllConnections();
  elsewhere.close();
});

describe('what is known', () => {
  test('is given back without its bytes being moved, as long as it is what is stored', async () => {
    const { bucket } = open();
    const put = await bucket.putNew('a', Buffer.alloc(50_000, 'x'));
    const known = await bucket.get('a');
    const before = { ...server.counters.GetObject };
    expect(await bucket.get('a', known)).toBe(known);
    const after = server.counters.GetObject;
    expect(after.requests - before.requests).toBe(1);
    expect(after.bytesOut - before.bytesOut).toBe(0);
    await bucket.putIf('a', text('y'), put.created ? put.etag : '');
    expect(Buffer.from((await bucket.get('a', known))?.bytes ?? []).toString()).toBe('y');
  });
});

test('a bucket in another region than the one that is set is found', async () => {
  const asked: string[] = [];
  const elsewhere = createServer((request, response) => {
    const [, region = ''] = /Credential=[^/]+\/\d+\/([^/]+)\/s3/.exec(request.headers.authorization ?? '') ?? [];
    asked.push(region);
    const code =
      '<Error><Code>PermanentRedirect</Code><Message>must be addressed using the specified endpoint</Message></Error>';
    if (region === 'ap-southeast-1') return void response.writeHead(200, { 'Content-Length': '5' }).end('there');
    response.writeHead(301, { 'x-amz-bucket-region': 'ap-southeast-1', 'Content-Type': 'application/xml' }).end(code);
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  const client = s3Client({ ...server.environment, AWS_ENDPOINT_URL_S3: url, AWS_REGION: 'us-east-1' });
  const found = await s3Bucket({ client, bucket: 'til' }).get('a');
  expect(Buffer.from(found?.bytes ?? []).toString()).toBe('there');
  expect(asked).toEqual(['us-east-1', 'ap-southeast-1']);
  client.destroy();
  elsewhere.closeAllConnections();
  await new Promise((resolve) => elsewhere.close(resolve));
});
