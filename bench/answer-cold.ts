import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { rebuild } from '../src/history/rebuild.ts';
import { sqsClient } from '../src/queue/sqs.ts';
import { openLog } from '../src/store/log.ts';
import { s3Bucket, s3Client } from '../src/store/s3.ts';
import { mapOrdered } from '../src/store/together.ts';
import { gatewayRequest, sqsEvent } from '../test/host/lambda/aws.ts';
import {
  bundleFunctions,
  type CloudFunction,
  KEYS,
  startFunction,
  startSecretServer,
} from '../test/host/lambda/cloud.ts';
import { startS3Server } from '../test/support/s3-server.ts';
import { SECRET, signedHeaders } from '../test/support/signed.ts';
import { startSqsServer } from '../test/support/sqs-server.ts';
import { CHANNEL } from '../test/support/world.ts';
import { doing, history, TOKEN } from './answer-load.ts';
import { challenge } from './measure.ts';

/** A function has the whole of a core while it starts, and then what its memory gives. (docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html: 1,769 MB are one.) */
const CORES = 512 / 1769;

/** Milliseconds, one of each round. */
export interface ColdTimes extends Record<string, number[]> {
  'ingest, start and answer': number[];
  'worker, start and work': number[];
  'until the person is answered': number[];
  'with a share of a core': number[];
}

/**
 * Asks both functions, each in a process that has just begun, with a season in S3, on loopback; what a managed queue takes to hand a message
 * on is not in it. `answered`: when each answer came, by its path.
 */
export const coldAnswers = async (
  slack: { origin: string; apiUrl: string },
  answered: ReadonlyMap<string, number>,
  rounds: number,
): Promise<ColdTimes> => {
  const bundles = await bundleFunctions({ challenges: [{ channel: CHANNEL }] });
  const s3 = await startS3Server({ buckets: ['log', 'state'] });
  const sqs = await startSqsServer();
  const secrets = await startSecretServer({ SLACK_BOT_TOKEN: TOKEN, SLACK_SIGNING_SECRET: SECRET });
  const url = await sqs.createQueue('events');
  const client = sqsClient(sqs.environment);
  const environment = {
    ...KEYS,
    ...s3.environment,
    ...sqs.environment,
    ...secrets.environment,
    SLACK_API_URL: slack.apiUrl,
    TIL_LOG: 's3://log',
    TIL_STATE: 's3://state',
    TIL_QUEUE: url,
    TIL_SECRET: secrets.arn,
  };
  await fill(s3.environment);
  const times: ColdTimes = {
    'ingest, start and answer': [],
    'worker, start and work': [],
    'until the person is answered': [],
    'with a share of a core': [],
  };
  for (let round = 0; round < rounds; round++) {
    const start = (name: string) => startFunction(join(bundles.folder, `${name}.mjs`), environment);
    const address = `${slack.origin}/commands/T0TILTEAM1/cold-${round}/bench`;
    await coldRound(start, { address, number: 1_000_000 + round * 10, client, url }, answered, times);
  }
  client.destroy();
  await Promise.all([s3.close(), sqs.close(), secrets.close()]);
  bundles.remove();
  return times;
};

const fill = async (environment: Record<string, string>): Promise<void> => {
  const s3 = s3Client(environment);
  const [log, state] = ['log', 'state'].map((bucket) => s3Bucket({ client: s3, bucket })) as [never, never];
  const opened = openLog(log, challenge);
  await mapOrdered(history(), 32, (event) => opened.append(event));
  await rebuild(challenge, { log, state });
};

const coldRound = async (
  start: (name: string) => Promise<CloudFunction>,
  { address, number, client, url }: { address: string; number: number; client: SQSClient; url: string },
  answered: ReadonlyMap<string, number>,
  times: ColdTimes,
): Promise<void> => {
  const { path, type, body } = doing(number, address);
  const headers = { ...signedHeaders(body), 'content-type': type };
  const began = performance.now();
  const ingest = await start('ingest');
  const { statusCode } = await ingest.call<{ statusCode: number }>(
    gatewayRequest('POST', path, headers, Buffer.from(body)),
  );
  const acknowledged = performance.now();
  if (statusCode !== 200) throw new Error(`expected 200, got ${statusCode}`);
  const messages = await receive(client, url);
  const worker = await start('worker');
  await worker.call(sqsEvent(messages));
  const worked = performance.now();
  const at = answered.get(new URL(address).pathname);
  if (at === undefined) throw new Error('expected an answer to the person, got none');
  times['ingest, start and answer'].push(acknowledged - began);
  times['worker, start and work'].push(worked - acknowledged);
  times['until the person is answered'].push(at - began);
  const cpu = ingest.firstAnswer().cpu + worker.firstAnswer().cpu;
  times['with a share of a core'].push(at - began + cpu / CORES - cpu);
  await Promise.all([ingest.close(), worker.close()]);
  for (const { ReceiptHandle } of messages)
    await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
};

const receive = async (client: SQSClient, QueueUrl: string) => {
  for (const end = performance.now() + 10_000; performance.now() < end; await sleep(5)) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length > 0) return Messages;
  }
  throw new Error('expected a message on the queue, got none within ten seconds');
};
