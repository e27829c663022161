import { sqsClient, sqsQueue } from '../../queue/sqs.ts';
import { takingAnySize } from '../../queue/stored.ts';
import { systemClock as clock } from '../../setup/clock.ts';
import { keepBodyOnS3 } from '../keep-body.ts';
import { openSlackSecret } from '../secret.ts';
import { report, variable } from './deployment.ts';
import { createGatewayHandler } from './gateway.ts';

const { env: environment } = process;
const secret = openSlackSecret({ arn: variable(environment, 'TIL_SECRET'), environment, clock, report });
await secret().catch(() => undefined); // While it starts, the function has a whole core. If this fails, the first request asks again.
const keep = keepBodyOnS3({ log: variable(environment, 'TIL_LOG'), environment, clock });
const queue = takingAnySize(
  sqsQueue({ client: sqsClient(environment), url: variable(environment, 'TIL_QUEUE') }),
  keep,
);

/** Slack's requests, behind API Gateway. */
export const handler = createGatewayHandler({ queue, secret, clock, report });
