import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { healthAnswer } from '../../../src/host/health.ts';
import { startHttp } from '../../../src/host/http.ts';
import { variable } from '../../../src/host/lambda/deployment.ts';
import type { GatewayResponse } from '../../../src/host/lambda/gateway.ts';
import { memoryQueue } from '../../../src/queue/memory.ts';
import { sqsClient, sqsQueue } from '../../../src/queue/sqs.ts';
import { systemClock } from '../../../src/setup/clock.ts';
import { bucketOf } from '../../../src/setup/environment.ts';
import { memoryBucket } from '../../../src/store/memory.ts';
import { interactionText } from '../../support/interactions.ts';
import { SECRET, signedHeaders } from '../../support/signed.ts';
import { type SqsServer, startSqsServer } from '../../support/sqs-server.ts';
import { payload } from '../../support/world.ts';
import { gatewayRequest } from './aws.ts';
import {
  bundleFunctions,
  type CloudFunction,
  KEYS,
  type SecretServer,
  startFunction,
  startSecretServer,
} from './cloud.ts';

let bundles: Awaited<ReturnType<typeof bundleFunctions>>;
let sqs: SqsServer;
let secrets: SecretServer;
let queueUrl: string;
let ingest: CloudFunction;
let machine: { port: number; close(): Promise<void> };
beforeAll(async () => {
  bundles = await bundleFunctions();
  sqs = await startSqsServer();
  secrets = await startSecretServer({ SLACK_SIGNING_SECRET: SECRET, SLACK_BOT_TOKEN: 'xoxb-1' });
  machine = await startHttp(
    {
      ingest: { queue: memoryQueue({ clock: systemClock }), clock: systemClock, secrets: [SECRET] },
      state: memoryBucket(),
      health: () => ({ ...healthAnswer([], null) }),
    },
    0,
    '127.0.0.1',
  );
});
beforeEach(async () => {
  queueUrl = await sqs.createQueue(`events-${crypto.randomUUID()}`);
});
afterAll(async () => {
  await ingest.close();
  await Promise.all([machine.close(), secrets.close(), sqs.close()]);
  bundles.remove();
});

const start = async (environment: Record<string, string> = {}): Promise<CloudFunction> => {
  await ingest?.close();
  ingest = await startFunction(join(bundles.folder, 'ingest.mjs'), {
    ...KEYS,
    ...sqs.environment,
    ...secrets.environment,
    TIL_LOG: 's3://log',
    TIL_QUEUE: queueUrl,
    TIL_SECRET: secrets.arn,
    ...environment,
  });
  return ingest;
};

interface Asked {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

const fromCloud = async ({ method = 'POST', path = '/slack/events', headers, body = '' }: Asked, base64 = false) =>
  ingest.call<GatewayResponse>(gatewayRequest(method, path, headers ?? signedHeaders(body), Buffer.from(body), base64));

const fromMachine = async ({ method = 'POST', path = '/slack/events', headers, body = '' }: Asked) => {
  const answer = await fetch(`http://127.0.0.1:${machine.port}${path}`, {
    method,
    headers: headers ?? signedHeaders(body),
    ...(method === 'POST' ? { body } : {}),
  });
  const type = answer.headers.get('content-type') ?? '';
  return { statusCode: answer.status, headers: { 'content-type': type }, body: await answer.text() };
};

const EVENT = JSON.stringify(payload(24));
const COMMAND = interactionText('21-til-rest-in-korean.form');
const REQUESTS: [string, Asked][] = [
  ['the challenge', { body: JSON.stringify(payload(25)) }],
  ['an event', { body: EVENT }],
  ['an event with a wrong signature', { body: EVENT, headers: signedHeaders(EVENT, undefined, 'another') }],
  ['an event of an hour ago', { body: EVENT, headers: signedHeaders(EVENT, Date.now() / 1000 - 3600) }],
  ['an event without a signature', { body: EVENT, headers: {} }],
  ['signed bytes that are no JSON', { body: '{"type":' }],
  ['a command', { path: '/slack/commands', body: COMMAND }],
  ['a press', { path: '/slack/interactions', body: interactionText('02-button-in-channel-message.form') }],
  ['a press at the address of the events', { body: interactionText('02-button-in-channel-message.form') }],
  ['a command with a wrong signature', { path: '/slack/commands', body: COMMAND, headers: signedHeaders(EVENT) }],
  ['a command that is none', { path: '/slack/commands', body: 'command=x' }],
  ['bytes that are no form', { path: '/slack/interactions', body: '{"type":' }],
  ['a look at the certificate', { path: '/slack/commands', body: interactionText('31-ssl-check.form'), headers: {} }],
  ['a body that is too large', { body: 'x'.repeat(1_048_577) }],
  ['the question whether it is well', { method: 'GET', path: '/healthz' }],
];

test('answers exactly as the server of one machine does', async () => {
  await start();
  for (const [what, asked] of REQUESTS)
    expect([what, await fromCloud(asked)]).toEqual([what, await fromMachine(asked)]);
});

test('what was acknowledged is in the queue, whichever way API Gateway has passed it on', async () => {
  await start();
  expect((await fromCloud({ body: EVENT }, true)).statusCode).toBe(200);
  const shouted = Object.fromEntries(
    Object.entries(signedHeaders(EVENT)).map(([name, value]) => [name.toUpperCase(), value]),
  );
  expect((await fromCloud({ body: EVENT, headers: shouted })).statusCode).toBe(200);
  const jobs = await sqsQueue({ client: sqsClient(sqs.environment), url: queueUrl }).take(10, 1);
  const { event } = payload(24);
  expect(jobs.map(({ group, body }) => [group, JSON.parse(body).payload.event.text])).toEqual([
    [event['channel'], event['text']],
  ]);
});

test('a command is in the queue, in the group of its person', async () => {
  await start();
  expect((await fromCloud({ path: '/slack/commands', body: COMMAND }, true)).statusCode).toBe(200);
  const jobs = await sqsQueue({ client: sqsClient(sqs.environment), url: queueUrl }).take(10, 1);
  expect(jobs.map(({ group, body }) => [group, JSON.parse(body).interaction.text])).toEqual([
    ['person/T0TILTEAM1/U0MINSEO01', '쉬어요'],
  ]);
});

test('what was accepted is counted, what people do apart, and what was refused or asks for nothing not at all', async () => {
  await start();
  const kinds = () => ingest.lines.flatMap(({ happening, kind }) => (happening === 'accepted' ? [kind] : []));
  expect((await fromCloud({ body: EVENT, headers: { 'x-slack-signature': 'v0=0' } })).statusCode).toBe(401);
  const check = { method: 'POST', path: '/slack/events', body: Buffer.from('ssl_check=1') };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect(
    (await ingest.call<GatewayResponse>(gatewayRequest(check.method, check.path, headers, check.body))).statusCode,
  ).toBe(200);
  expect(kinds()).toEqual([]);
  await fromCloud({ body: EVENT });
  await fromCloud({ path: '/slack/commands', body: COMMAND }, true);
  expect(kinds()).toEqual(['delivery', 'interaction']);
});

test('what cannot be queued is answered 503, so that Slack comes again, and the log says why', async () => {
  await start({ TIL_QUEUE: `${queueUrl}-gone` });
  expect(await fromCloud({ body: EVENT })).toMatchObject({ statusCode: 503, body: 'not stored; try again' });
  expect(ingest.lines).toContainEqual(
    expect.objectContaining({ happening: 'problem', error: expect.stringContaining('sqs:SendMessage') }),
  );
});

test('before there is a signing secret nothing is let in, and as soon as there is one everything is', async () => {
  const { secret } = secrets;
  secrets.secret = '{"SLACK_BOT_TOKEN":"","SLACK_SIGNING_SECRET":""}';
  await start();
  expect(await fromCloud({ body: EVENT })).toMatchObject({ statusCode: 503, body: 'no signing secret is configured' });
  expect(ingest.lines).toContainEqual(
    expect.objectContaining({ happening: 'problem', error: 'no signing secret is configured' }),
  );
  expect(ingest.lines).toContainEqual(expect.objectContaining({ happening: 'refused', status: 503, count: 1 }));
  const health = { method: 'GET', path: '/healthz', headers: {} };
  expect(await fromCloud(health)).toMatchObject({
    statusCode: 503,
    body: '{"ok":false,"waiting":null,"reasons":["socket"]}',
  });
  const live = { ...gatewayRequest('GET', '/healthz', {}, Buffer.from('')), rawQueryString: 'live' };
  expect(await ingest.call(live)).toMatchObject({ statusCode: 200, body: '{"ok":true}' });
  secrets.secret = secret;
  const soon = Date.now() + 300_000;
  const later = gatewayRequest(
    'POST',
    '/slack/events',
    signedHeaders(EVENT, Math.floor(soon / 1000)),
    Buffer.from(EVENT),
  );
  expect(await ingest.call(later, soon)).toMatchObject({ statusCode: 200 });
});

test('while the secret cannot be read nothing is let in, and the log names what is missing', async () => {
  secrets.fault = { status: 400, body: '{"__type":"AccessDeniedException","message":"…"}' };
  await start();
  expect(await fromCloud({ body: EVENT })).toMatchObject({ statusCode: 503 });
  delete secrets.fault;
  expect(JSON.stringify(ingest.lines)).toMatch(/secretsmanager:GetSecretValue .* answered 400 AccessDeniedException/);
  expect(await fromCloud({ body: EVENT })).toMatchObject({ statusCode: 200 });
});

test('a variable that the deployment should have set is named', () => {
  expect(() => variable({ TIL_QUEUE: '' }, 'TIL_QUEUE')).toThrow('TIL_QUEUE: expected a value');
  expect(bucketOf('s3://log/some/where/')).toEqual({ bucket: 'log', prefix: 'some/where' });
  expect(bucketOf('s3://log')).toEqual({ bucket: 'log' });
  expect(() => bucketOf('file:data/log')).toThrow('expected file:PATH or s3://BUCKET/PREFIX');
});
