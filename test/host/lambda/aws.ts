import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { GatewayRequest } from '../../../src/host/lambda/gateway.ts';
import { jobOf, parseJob, SCHEDULE_GROUP } from '../../../src/queue/jobs.ts';
import { sqsClient } from '../../../src/queue/sqs.ts';
import type { SqsEvent } from '../../../src/queue/sqs-event.ts';
import { entryOf } from '../../../src/queue/sqs-message.ts';
import { createSampleWorkspace, SAMPLE } from '../../../src/sandbox/sample.ts';
import { type RunningSandbox, startSandbox } from '../../../src/sandbox/server.ts';
import type { Workspace } from '../../../src/sandbox/workspace.ts';
import type { Bucket } from '../../../src/store/bucket.ts';
import { s3Bucket, s3Client } from '../../../src/store/s3.ts';
import { type S3Server, startS3Server } from '../../support/s3-server.ts';
import { SECRET } from '../../support/signed.ts';
import { type SqsServer, startSqsServer } from '../../support/sqs-server.ts';
import {
  bundleFunctions,
  type CloudFunction,
  KEYS,
  type SecretServer,
  startFunction,
  startSecretServer,
} from './cloud.ts';

/** A deployment on loopback: the uploaded functions between Slack (the sandbox), S3 and SQS, with the guards of production. */
export interface Aws {
  s3: S3Server;
  sqs: SqsServer;
  secrets: SecretServer;
  sandbox: RunningSandbox;
  workspace: Workspace;
  ingest: CloudFunction;
  worker: CloudFunction;
  /** A worker that starts now. */
  anotherWorker(): Promise<CloudFunction>;
  log: Bucket;
  state: Bucket;
  queueUrl: string;
  now(): number;
  /** Lets time pass, here, in the functions and in the queue. */
  pass(seconds: number): Promise<void>;
  /** Delivers what Slack has to deliver, and has the worker do what is in the queue. */
  settle(): Promise<void>;
  /** Has the Scheduler send its tick, which was meant for an instant (ISO; now, if it is not said). */
  due(scheduledAt?: string): Promise<void>;
  /** Puts a challenge's tick on the queue, as the tick of the Scheduler does. */
  tick(tick: string, scheduledAt: string): Promise<void>;
  /** The ticks of challenges that the worker has been given so far: `tick channel scheduledAt`. */
  ticks(): string[];
  /** How many jobs were reported back by the worker so far. */
  again(): number;
  close(): Promise<void>;
}

/** A request as an HTTP API passes it on. */
export const gatewayRequest = (
  method: string,
  path: string,
  headers: Record<string, string>,
  body: Buffer,
  isBase64Encoded = false,
): APIGatewayProxyEventV2 & GatewayRequest => ({
  version: '2.0',
  routeKey: `${method} ${path}`,
  rawPath: path,
  rawQueryString: '',
  headers,
  body: body.toString(isBase64Encoded ? 'base64' : 'utf8'),
  isBase64Encoded,
  requestContext: {
    accountId: '123456789012',
    apiId: 'api',
    domainName: 'api.execute-api.ap-northeast-2.amazonaws.com',
    domainPrefix: 'api',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'Slackbot 1.0' },
    requestId: 'request',
    routeKey: `${method} ${path}`,
    stage: '$default',
    time: '05/Aug/2024:00:30:00 +0000',
    timeEpoch: 1_722_817_800_000,
  },
});

/** A batch as Lambda's event source gives it. */
export const sqsEvent = (messages: Message[]): SQSEvent & SqsEvent => ({
  Records: messages.map(
    ({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {}, MessageAttributes = {} }) => ({
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: {
        SenderId: 'sender',
        SentTimestamp: '1722817800000',
        ApproximateFirstReceiveTimestamp: '1722817800000',
        ...Attributes,
        ApproximateReceiveCount: Attributes['ApproximateReceiveCount'] ?? '1',
      },
      messageAttributes: Object.fromEntries(
        Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [
          name,
          { stringValue: StringValue, dataType: 'String' as const },
        ]),
      ),
      md5OfBody: 'unused',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:ap-northeast-2:123456789012:events.fifo',
      awsRegion: 'ap-northeast-2',
    }),
  ),
});

/** A message of a batch that nobody has put on a queue. */
export const record = (id: string, group: string, body: Parameters<typeof jobOf>[2] | string): Message => {
  const { message } = entryOf(typeof body === 'string' ? { id, group, body } : jobOf(id, group, body));
  return {
    MessageId: id,
    ReceiptHandle: `handle-${id}`,
    Body: message.MessageBody,
    Attributes: {
      MessageGroupId: message.MessageGroupId,
      MessageDeduplicationId: message.MessageDeduplicationId,
      ApproximateReceiveCount: '1',
    },
  };
};

/** API Gateway: one address, behind which is a function. */
const startGateway = async (call: (request: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>) => {
  const server = createServer(async (request, response) => {
    const headers = request.headers as Record<string, string>;
    const body = await buffer(request);
    const answer = await call(gatewayRequest(request.method ?? '', request.url ?? '', headers, body));
    response.writeHead(answer.statusCode ?? 500, answer.headers as Record<string, string>).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** Starts it all at an instant (ISO), with this configuration. */
export const startAws = async (config: unknown, startsAt: string, secret?: unknown): Promise<Aws> => {
  let time = Date.parse(startsAt);
  const bundles = await bundleFunctions(config);
  const s3 = await startS3Server({
    buckets: ['log', 'state'],
    policies: { log: 'create-only', state: 'compare-and-swap' },
    versioned: true,
  });
  const sqs = await startSqsServer();
  const url = await sqs.createQueue('events', { maxReceiveCount: 10 });
  const secrets = await startSecretServer(
    secret ?? { SLACK_BOT_TOKEN: SAMPLE.bot.token, SLACK_SIGNING_SECRET: SECRET },
  );
  const workspace = createSampleWorkspace(() => time);
  const sandbox = await startSandbox({ workspace, signingSecret: SECRET, now: () => time, retryMilliseconds: [] });
  const environment = {
    ...KEYS,
    ...s3.environment,
    ...sqs.environment,
    ...secrets.environment,
    SLACK_API_URL: sandbox.apiUrl,
    TIL_LOG: 's3://log',
    TIL_STATE: 's3://state',
    TIL_QUEUE: url,
    TIL_SECRET: secrets.arn,
    TEST_NOW: String(time),
  };
  const ingest = await startFunction(join(bundles.folder, 'ingest.mjs'), environment);
  const startWorker = () => startFunction(join(bundles.folder, 'worker.mjs'), environment);
  const worker = await startWorker();
  const gateway = await startGateway((request) => ingest.call(request, time));
  sandbox.deliverTo(gateway.url);
  const client = sqsClient(sqs.environment);
  let again = 0;
  const ticks: string[] = [];
  const send = async (body: object, MessageGroupId: string): Promise<void> => {
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(body), MessageGroupId }));
    await settle();
  };

  /** One poll of the event source; says whether there was anything. */
  const poll = async (): Promise<boolean> => {
    const messages = await receive(client, url);
    if (messages.length === 0) return false;
    for (const { Body = '' } of messages) {
      const body = parseJob(Body);
      if (body?.kind === 'tick' && body.tick !== 'due') ticks.push(`${body.tick} ${body.channel} ${body.scheduledAt}`);
    }
    const { batchItemFailures } = await worker.call<SQSBatchResponse>(sqsEvent(messages), time);
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    again += failed.size;
    for (const { MessageId = '', ReceiptHandle } of messages)
      if (!failed.has(MessageId)) await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
    return true;
  };

  /** All that Slack has to say is said, link previews, which come a moment later, included. */
  const delivered = async (): Promise<void> => {
    for (let idle = false; !idle; ) {
      time = Math.max(time, workspace.nextAt() ?? 0);
      idle = await Promise.race([sandbox.idle().then(() => true), setTimeout(20, false)]);
    }
  };

  const settle = async (): Promise<void> => {
    do await delivered();
    while (await poll());
  };

  return {
    s3,
    sqs,
    secrets,
    sandbox,
    workspace,
    ingest,
    worker,
    anotherWorker: startWorker,
    log: s3Bucket({ client: s3Client(s3.environment), bucket: 'log' }),
    state: s3Bucket({ client: s3Client(s3.environment), bucket: 'state' }),
    queueUrl: url,
    now: () => time,
    again: () => again,
    settle,
    pass: async (seconds) => {
      time += seconds * 1000;
      await sqs.advance(seconds);
      await settle();
    },
    due: (scheduledAt = new Date(time).toISOString()) =>
      send({ kind: 'tick', tick: 'due', scheduledAt }, SCHEDULE_GROUP),
    tick: (tick, scheduledAt) => send({ kind: 'tick', tick, channel: SAMPLE.channel, scheduledAt }, SAMPLE.channel),
    ticks: () => ticks,
    close: async () => {
      await Promise.all([ingest.close(), worker.close()]);
      await Promise.all([gateway.close(), sandbox.close(), secrets.close(), s3.close(), sqs.close()]);
      client.destroy();
      bundles.remove();
    },
  };
};

const receive = async (client: SQSClient, QueueUrl: string): Promise<Message[]> => {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 0,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
};
