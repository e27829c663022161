import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { sqsClient } from '../../src/queue/sqs.ts';

/** A running SQS. The queues it makes are FIFO, with FIFO dead letters when `maxReceiveCount` is given. */
export interface SqsServer {
  port: number;
  /** The variables that point the AWS SDK here. */
  environment: Record<string, string>;
  createQueue(name: string, options?: { visibilitySeconds?: number; maxReceiveCount?: number }): Promise<string>;
  /** Moves the server's clock ahead: visibility and delays end without anybody waiting for them. */
  advance(seconds: number): Promise<void>;
  close(): Promise<void>;
}

// fauxqs' own start listens on every interface; this listens on loopback, at a free port, and ends with its parent.
const PROGRAM = `
  import { buildApp } from 'fauxqs';
  const app = buildApp({ logger: false });
  await app.listen({ port: 0, host: '127.0.0.1' });
  process.on('disconnect', () => process.exit());
  const { now } = Date;
  let ahead = 0;
  Date.now = () => now() + ahead;
  process.on('message', (seconds) => {
    ahead += seconds * 1000;
    process.send('ahead');
  });
  process.send(app.server.address().port);
`;

/** Starts fauxqs as a process of its own, as a queue would be, so that its timers and ours do not share a loop. */
export const startSqsServer = async (): Promise<SqsServer> => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const port = await portOf(child);
  const environment = {
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const client = sqsClient(environment);

  const create = async (QueueName: string, Attributes: Record<string, string>) => {
    const fifo = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
    const { QueueUrl } = await client.send(
      new CreateQueueCommand({ QueueName, Attributes: { ...fifo, ...Attributes } }),
    );
    return QueueUrl ?? '';
  };

  return {
    port,
    environment,
    async createQueue(name, { visibilitySeconds = 180, maxReceiveCount } = {}) {
      const VisibilityTimeout = `${visibilitySeconds}`;
      if (maxReceiveCount === undefined) return create(`${name}.fifo`, { VisibilityTimeout });
      const QueueUrl = await create(`${name}-dead.fifo`, {});
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
      );
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes?.['QueueArn'], maxReceiveCount });
      return create(`${name}.fifo`, { VisibilityTimeout, RedrivePolicy });
    },
    async advance(seconds) {
      const moved = once(child, 'message');
      child.send(seconds);
      await moved;
    },
    async close() {
      client.destroy();
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
};

const portOf = (child: ChildProcess) =>
  new Promise<number>((resolve, reject) => {
    child.once('message', (port) => resolve(Number(port)));
    child.once('exit', (code) => reject(new Error(`fauxqs ended with ${code} before it listened`)));
  });
