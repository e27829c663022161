import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { AwsV4Signer } from 'aws4fetch';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepBodyOnS3 } from '../../../src/host/keep-body.ts';
import type { GatewayResponse } from '../../../src/host/lambda/gateway.ts';
import { jobOf, parseJob } from '../../../src/queue/jobs.ts';
import { sqsClient, sqsQueue } from '../../../src/queue/sqs.ts';
import { isTooLarge } from '../../../src/queue/sqs-message.ts';
import { SAMPLE } from '../../../src/sandbox/sample.ts';
import { SECRET, signedHeaders } from '../../support/signed.ts';
import { contents, payload } from '../../support/world.ts';
import { type Aws, gatewayRequest, startAws } from './aws.ts';
import { KEYS } from './cloud.ts';

const channel: string = SAMPLE.channel;

let aws: Aws;
beforeEach(async () => {
  aws = await startAws({ challenges: [{ channel }] }, '2024-08-05T09:30:05+09:00');
});
afterEach(() => aws.close());

/** A delivery whose text has so many bytes of Korean, with one emoji. */
const delivery = (bytes: number): Buffer => {
  const { event, ...envelope } = payload(3);
  const ts = '1722826001.000100';
  const said = `🔥${'글'.repeat(bytes / 3)}`;
  return Buffer.from(JSON.stringify({ ...envelope, event: { ...event, channel, ts, event_ts: ts, text: said } }));
};

const deliver = async (body: Buffer): Promise<number> => {
  const seconds = Math.floor(aws.now() / 1000);
  const request = gatewayRequest('POST', '/slack/events', signedHeaders(body, seconds, SECRET), body);
  return (await aws.ingest.call<GatewayResponse>(request, aws.now())).statusCode;
};

const waiting = () => contents(aws.log, 'waiting/');
const logged = async (): Promise<number> => Object.keys(await contents(aws.log, 'events/')).length;

describe('a delivery', () => {
  test('of 240,000 bytes of Korean goes into the queue as it is', async () => {
    expect(await deliver(delivery(240_000))).toBe(200);
    expect(await waiting()).toEqual({});
    await aws.settle();
    expect(await logged()).toBe(1);
  });

  test('that no message takes waits beside the log, and is gone from there, with every version, when it is in the log', async () => {
    expect(await deliver(delivery(900_000))).toBe(200);
    expect(Object.keys(await waiting())).toEqual([expect.stringMatching(/^waiting\/[0-9a-f]{64}\.json$/)]);
    await aws.settle();
    expect(await logged()).toBe(1);
    expect(await waiting()).toEqual({});
    expect(aws.s3.objects('log').versions('waiting/')).toEqual([]);
  });

  test('that was sent twice is in the log once, and nothing is left of either', async () => {
    expect([await deliver(delivery(600_000)), await deliver(delivery(600_000))]).toEqual([200, 200]);
    await aws.settle();
    await aws.pass(400);
    expect(await deliver(delivery(600_000))).toBe(200);
    await aws.settle();
    expect(await logged()).toBe(1);
    expect(aws.s3.objects('log').versions('waiting/')).toEqual([]);
  });

  test('that can be kept nowhere is refused, so that Slack sends it again', async () => {
    aws.s3.faults.add({ fault: 'slow-down', operation: 'PutObject', key: /^waiting/ });
    expect(await deliver(delivery(600_000))).toBe(503);
    expect(aws.ingest.lines).toContainEqual(
      expect.objectContaining({ happening: 'problem', error: expect.stringMatching(/s3:PutObject .*answered 503/) }),
    );
    expect(await deliver(delivery(600_000))).toBe(200);
  });

  test('whose body cannot be read comes again, and one whose body is gone was done before', async () => {
    await deliver(delivery(600_000));
    aws.s3.faults.add({ fault: 'slow-down', operation: 'GetObject', key: /^waiting/, times: 3 });
    await aws.settle();
    expect([await logged(), aws.again()]).toEqual([0, 1]);
    await aws.pass(10);
    expect(await logged()).toBe(1);
    const gone = jobOf('gone', channel, { kind: 'stored', key: `waiting/${'0'.repeat(64)}.json` });
    const client = sqsClient(aws.sqs.environment);
    const before = aws.again();
    await sqsQueue({ client, url: aws.queueUrl }).put([gone]);
    await aws.settle();
    expect([await contents(aws.log, 'quarantine/'), aws.again()]).toEqual([{}, before]);
    client.destroy();
  });

  test('that was damaged while it waited is put aside, and not lost', async () => {
    await deliver(delivery(600_000));
    const objects = aws.s3.objects('log');
    const [key = ''] = Object.keys(await waiting());
    const object = objects.get(key);
    object.bytes = Buffer.from(object.bytes.toString().replace('글', '굴'));
    await aws.settle();
    expect(await logged()).toBe(0);
    const [aside = ''] = Object.values(await contents(aws.log, 'quarantine/'));
    expect(aside).toContain('damaged while it waited');
  });
});

test('the request that keeps a body is signed as AWS wants it', async () => {
  let headers: Record<string, string> = {};
  let path = '';
  const server = createServer(async (request, response) => {
    headers = request.headers as Record<string, string>;
    path = request.url ?? '';
    await text(request);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = { ...KEYS, AWS_ENDPOINT_URL_S3: endpoint };
  await keepBodyOnS3({ log: 's3://log', environment, clock: { now: () => aws.now() } })('waiting/1.json', '글');
  server.close();
  expect(path).toBe('/log/waiting/1.json');
  const signed = ['content-type', 'if-none-match', 'x-amz-content-sha256', 'x-amz-security-token'];
  const signer = new AwsV4Signer({
    url: `${endpoint}${path}`,
    method: 'PUT',
    headers: Object.fromEntries(signed.map((name) => [name, headers[name] ?? ''])),
    accessKeyId: KEYS.AWS_ACCESS_KEY_ID,
    secretAccessKey: KEYS.AWS_SECRET_ACCESS_KEY,
    service: 's3',
    region: KEYS.AWS_REGION,
    datetime: headers['x-amz-date'] ?? '',
    allHeaders: true,
  });
  const expected = (await signer.sign()).headers.get('authorization');
  expect(headers['authorization']?.replaceAll(', ', ',')).toBe(expected?.replaceAll(', ', ','));
  expect(headers['x-amz-content-sha256']).toBe(createHash('sha256').update('글').digest('hex'));
});

test('a job holds Korean as it is, and no character that a queue might not carry', () => {
  const job = jobOf('1', 'g', { kind: 'malformed', reason: '글'.repeat(80_000), raw: '🔥\ud800\ufffe\u0000' });
  expect(isTooLarge(job)).toBe(false);
  expect(job.body).toMatch(/^[\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd]*$/);
  expect(parseJob(job.body)).toEqual({ kind: 'malformed', reason: '글'.repeat(80_000), raw: '🔥\ud800\ufffe\u0000' });
});
