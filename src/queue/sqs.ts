import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { Refused, Unavailable } from '../events/errors.ts';
import { awsSettings, refusedKeys } from '../store/aws.ts';
import type { Job, NewJob, Queue } from './queue.ts';
import { entryOf, jobFromMessage, type SqsEntry, waveOf } from './sqs-message.ts';

/** What `sqsQueue` needs. `visibilitySeconds` overrides the queue's own; `random` and `sleep` are for tests. */
export interface SqsQueueOptions {
  client: SQSClient;
  url: string;
  visibilitySeconds?: number;
  /** How long a `put` tries while SQS accepts no job: Slack waits 3 s, and there must be time left to answer that it failed. */
  putMilliseconds?: number;
  random?: () => number;
  sleep?: (milliseconds: number) => Promise<unknown>;
}

/** A client whose addresses, region and keys come from `environment`, with the AWS SDK's own variable names. */
export const sqsClient = (environment: Record<string, string | undefined>): SQSClient => {
  const settings = awsSettings(environment, 'SQS');
  return new SQSClient({
    ...settings,
    // The SDK's retries do here: a repeated send carries the same deduplication id, a repeated delete changes nothing.
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, throwOnRequestTimeout: true },
    // An emulator's queue URL may name a host that only it knows.
    ...(settings.endpoint && { useQueueUrlAsEndpoint: false }),
  });
};

const TRIES = 3;
const SEND_MILLISECONDS = 800; // A FIFO send takes some 20 ms; three tries must fit into `putMilliseconds`.
const CALL_MILLISECONDS = 5_000;

/** What each call needs: the client, the queue's URL, and the pause before a try that follows `failures`. */
interface Connection {
  client: SQSClient;
  url: string;
  pause(failures: number): Promise<unknown>;
}

/** A queue on SQS FIFO: a message group per group. The queue's redrive policy moves what fails too often to its dead letters. */
export const sqsQueue = (options: SqsQueueOptions): Queue => {
  const { client, url, visibilitySeconds, putMilliseconds = 2_000 } = options;
  const { random = Math.random, sleep = (milliseconds) => setTimeout(milliseconds) } = options;
  const connection = { client, url, pause: (failures: number) => sleep(random() * 100 * 2 ** failures) };
  return {
    put: (jobs) => put(jobs, putMilliseconds, connection),
    take: (max, waitSeconds) => take({ max, waitSeconds, visibilitySeconds }, connection),
    done: (jobs) => done(jobs, connection),
    retry: (job, delaySeconds) => retry(job, delaySeconds, connection),
  };
};

const put = async (jobs: NewJob[], putMilliseconds: number, connection: Connection): Promise<void> => {
  let waiting = jobs.map(entryOf);
  let abortSignal = AbortSignal.timeout(putMilliseconds);
  for (let failures = 0; waiting.length > 0; ) {
    const wave = waveOf(waiting);
    const failed = new Set(await send(wave, abortSignal, connection));
    const sent = new Set(wave.filter((entry) => !failed.has(entry)));
    waiting = waiting.filter((entry) => !sent.has(entry));
    if (sent.size > 0) abortSignal = AbortSignal.timeout(putMilliseconds);
    if (failed.size === 0) continue;
    if (++failures >= TRIES) {
      throw new Unavailable(
        `sqs:SendMessage ${connection.url}: ${waiting.length} of ${jobs.length} jobs not taken in ${TRIES} tries`,
      );
    }
    await connection.pause(failures);
  }
};

/** Sends one wave and gives the entries that SQS asks to send again. */
const send = async (wave: SqsEntry[], abortSignal: AbortSignal, { client, url }: Connection): Promise<SqsEntry[]> => {
  const Entries = wave.map((entry, index) => ({ Id: `${index}`, ...entry.message }));
  const answer = await client
    .send(new SendMessageBatchCommand({ QueueUrl: url, Entries }), { abortSignal, requestTimeout: SEND_MILLISECONDS })
    .catch(explain('sqs:SendMessage', url));
  const failed = answer.Failed ?? [];
  const hopeless = failed.find(({ SenderFault }) => SenderFault);
  if (hopeless) throw new Refused(`sqs:SendMessage ${url}: SQS refused a job with ${hopeless.Code}`);
  const again = new Set(failed.map(({ Id }) => Id));
  return wave.filter((_, index) => again.has(`${index}`));
};

const take = async (
  { max, waitSeconds, visibilitySeconds }: { max: number; waitSeconds: number; visibilitySeconds: number | undefined },
  { client, url }: Connection,
): Promise<Job[]> => {
  const command = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: max,
    WaitTimeSeconds: waitSeconds,
    ...(visibilitySeconds !== undefined && { VisibilityTimeout: visibilitySeconds }),
    MessageSystemAttributeNames: ['MessageGroupId', 'MessageDeduplicationId', 'ApproximateReceiveCount'],
    MessageAttributeNames: ['All'],
    // If the answer is lost, the SDK's next try gets the same jobs instead of a group that is blocked for minutes.
    ReceiveRequestAttemptId: randomUUID(),
  });
  const { Messages = [] } = await client
    .send(command, { requestTimeout: waitSeconds * 1_000 + CALL_MILLISECONDS })
    .catch(explain('sqs:ReceiveMessage', url));
  return Messages.map((message) =>
    jobFromMessage(message.Body, message.Attributes, message.MessageAttributes, message.ReceiptHandle),
  );
};

const done = async (jobs: Job[], { client, url, pause }: Connection): Promise<void> => {
  for (let failures = 0, waiting = jobs; waiting.length > 0; ) {
    const some = waiting.slice(0, 10);
    const Entries = some.map(({ handle }, index) => ({ Id: `${index}`, ReceiptHandle: handle }));
    const { Failed = [] } = await client
      .send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }), { requestTimeout: CALL_MILLISECONDS })
      .catch(explain('sqs:DeleteMessage', url));
    // A sender's fault is a handle whose time-out has passed: that job comes back, as the port says.
    const again = new Set(Failed.filter(({ SenderFault }) => !SenderFault).map(({ Id }) => Id));
    waiting = [...some.filter((_, index) => again.has(`${index}`)), ...waiting.slice(10)];
    if (again.size === 0) continue;
    if (++failures >= TRIES) {
      throw new Unavailable(`sqs:DeleteMessage ${url}: ${waiting.length} jobs not removed in ${TRIES} tries`);
    }
    await pause(failures);
  }
};

const retry = async ({ handle }: Job, delaySeconds: number, { client, url }: Connection): Promise<void> => {
  const command = new ChangeMessageVisibilityCommand({
    QueueUrl: url,
    ReceiptHandle: handle,
    VisibilityTimeout: delaySeconds,
  });
  await client.send(command, { requestTimeout: CALL_MILLISECONDS }).catch((error: Failure) => {
    // Its time-out has passed, so it is back already.
    if (error.name === 'MessageNotInflight' || error.name === 'ReceiptHandleIsInvalid') return;
    explain('sqs:ChangeMessageVisibility', url)(error);
  });
};

/** An error as the SDK throws it, or as Node does. */
interface Failure {
  name: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
  $retryable?: unknown;
}

/** Turns what the SDK throws, after its own retries, into one of our errors. */
const explain =
  (action: string, url: string) =>
  (error: Failure): never => {
    const status = error.$metadata?.httpStatusCode;
    const what = `${action} ${url}: ${[status, error.code ?? error.name].filter(Boolean).join(' ')}`;
    const lost = status === undefined && (error.code !== undefined || /^(Timeout|Abort)Error$/.test(error.name));
    const later = status !== undefined && (status >= 500 || status === 429 || error.name.includes('Throttl'));
    if (lost || later) throw new Unavailable(what, { cause: error });
    if (error.message === 'Region is missing')
      throw new Refused(`AWS_REGION: expected the region of ${url}`, { cause: error });
    const keys = refusedKeys(error);
    if (keys) throw new Refused(`${action} ${url}: ${keys.message}`, { cause: error });
    if (status !== undefined) {
      const hint = status === 403 ? `: this role needs ${action} there` : '';
      const says = error.message && error.message !== error.name ? `; SQS says: ${error.message}` : '';
      throw new Refused(`${what}${hint}${says}`, { cause: error });
    }
    throw error;
  };
