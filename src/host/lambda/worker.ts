import config from '../../../til.config.ts';
import { sqsClient, sqsQueue } from '../../queue/sqs.ts';
import { systemClock as clock } from '../../setup/clock.ts';
import { parseConfig } from '../../setup/config.ts';
import { bucketOf } from '../../setup/environment.ts';
import { s3Bucket, s3Client } from '../../store/s3.ts';
import { s3TraceEraser } from '../../store/s3-trace-eraser.ts';
import { s3WaitingBodies } from '../../store/s3-waiting.ts';
import { openSlackSecret } from '../secret.ts';
import { slackPorts } from '../slack-ports.ts';
import { createBatchHandler } from './batch.ts';
import { report, variable } from './deployment.ts';

const { env: environment } = process;
const client = s3Client(environment);
const log = bucketOf(variable(environment, 'TIL_LOG'));
const secret = openSlackSecret({ arn: variable(environment, 'TIL_SECRET'), environment, clock, report });
await secret().catch(() => undefined); // While it starts, the function has a whole core. If this fails, the first batch asks again.

/** The queue's jobs, ten at a time. */
export const handler = createBatchHandler({
  settings: parseConfig(config, 'til.config.ts'),
  log: s3Bucket({ client, ...log }),
  eraseTraces: s3TraceEraser({ client, ...log }),
  state: s3Bucket({ client, ...bucketOf(variable(environment, 'TIL_STATE')) }),
  queue: sqsQueue({ client: sqsClient(environment), url: variable(environment, 'TIL_QUEUE') }),
  bodies: s3WaitingBodies({ client, ...log }),
  secret,
  connect: slackPorts,
  clock,
  report,
});
