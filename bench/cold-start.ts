import { join } from 'node:path';
import { jobOf } from '../src/queue/jobs.ts';
import { entryOf } from '../src/queue/sqs-message.ts';
import { gatewayRequest, sqsEvent } from '../test/host/lambda/aws.ts';
import { bundleFunctions, KEYS, startFunction, startSecretServer } from '../test/host/lambda/cloud.ts';
import { startS3Server } from '../test/support/s3-server.ts';
import { SECRET, signedHeaders } from '../test/support/signed.ts';
import { startSqsServer } from '../test/support/sqs-server.ts';
import { payload } from '../test/support/world.ts';

// What a cold start costs: the size of each function as it is uploaded, and the time until a fresh process has answered its first
// request, with S3, SQS and Secrets Manager on loopback. Sizes are a gate; times are this machine's.
const ROUNDS = Number(process.argv[2] ?? 15);
const LIMITS = { ingest: { kilobytes: 330, milliseconds: 120 }, worker: { kilobytes: 520, milliseconds: 200 } };
const NAMES = ['ingest', 'worker'] as const;

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const bundles = await bundleFunctions({ challenges: [{ channel: 'C0TILCHAN1' }] });
const s3 = await startS3Server({ buckets: ['log', 'state'] });
const sqs = await startSqsServer();
const secrets = await startSecretServer({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: SECRET });
const environment = {
  ...KEYS,
  ...s3.environment,
  ...sqs.environment,
  ...secrets.environment,
  TIL_LOG: 's3://log',
  TIL_STATE: 's3://state',
  TIL_QUEUE: await sqs.createQueue('events'),
  TIL_SECRET: secrets.arn,
};

const body = JSON.stringify(payload(3));
const { message } = entryOf(jobOf('Ev1', 'C0TILCHAN1', { kind: 'event', payload: payload(3) }));
const { MessageBody: Body, MessageGroupId, MessageDeduplicationId } = message;
const record = { MessageId: '1', ReceiptHandle: '1', Body, Attributes: { MessageGroupId, MessageDeduplicationId } };
const EVENTS = {
  ingest: () => gatewayRequest('POST', '/slack/events', signedHeaders(body), Buffer.from(body)),
  worker: () => sqsEvent([record]),
};

const coldStart = async (name: (typeof NAMES)[number]) => {
  const started = await startFunction(join(bundles.folder, `${name}.mjs`), environment);
  await started.call(EVENTS[name]());
  const first = started.firstAnswer();
  await started.close();
  return first;
};

const times = { ingest: [], worker: [] } as Record<string, Awaited<ReturnType<typeof coldStart>>[]>;
for (let round = 0; round < ROUNDS; round++) for (const name of NAMES) times[name]?.push(await coldStart(name));

process.stdout.write('function   size      limit     import + first answer   limit    with Node’s own start\n');
for (const name of NAMES) {
  const { kilobytes, milliseconds } = LIMITS[name];
  const [took, whole] = [times[name]?.map((time) => time.took), times[name]?.map((time) => time.sinceStart)];
  const cells = [
    name.padEnd(9),
    `${(bundles.bytes[name] / 1000).toFixed(0)} kB`.padEnd(8),
    `${kilobytes} kB`.padEnd(8),
    `${median(took ?? []).toFixed(0)} ms`.padEnd(22),
    `${milliseconds} ms`.padEnd(7),
    `${median(whole ?? []).toFixed(0)} ms`,
  ];
  process.stdout.write(`${cells.join('  ')}\n`);
}
await Promise.all([s3.close(), sqs.close(), secrets.close()]);
bundles.remove();
process.exitCode = NAMES.some((name) => bundles.bytes[name] > LIMITS[name].kilobytes * 1000) ? 1 : 0;
