import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GatewayResponse } from '../../../src/host/lambda/gateway.ts';
import { tickJob } from '../../../src/outbox/tick.ts';
import type { NewJob } from '../../../src/queue/queue.ts';
import { SAMPLE } from '../../../src/sandbox/sample.ts';
import { seasonResults } from '../../../src/sandbox/season.ts';
import { addressesOf } from '../../../src/setup/environment.ts';
import { openQueue } from '../../../src/setup/open.ts';
import { playedWorkspace, SEASON_END } from '../../cli/til.ts';
import { deliver, openStore, serveIn, temporaryFolder } from '../../support/serving.ts';
import { SECRET, signedHeaders } from '../../support/signed.ts';
import { contents } from '../../support/world.ts';
import { type Aws, gatewayRequest, record, sqsEvent, startAws } from './aws.ts';

// The test's SQS gives out one job of a group at a time, so only these go through it; the others come in tens, as SQS itself gives them.
const THROUGH_THE_QUEUE = 100;

const { workspace } = playedWorkspace();
const bodies = workspace.take().map(({ payload }) => JSON.stringify(payload));
const ticks = seasonResults(SEASON_END).map(({ month, dueAt }) =>
  tickJob(SAMPLE.channel, 'month.result', new Date(dueAt), month),
);

const { folder, remove } = temporaryFolder();
let aws: Aws;
beforeAll(async () => {
  // Without a token both listen and count, and say nothing.
  aws = await startAws({ challenges: [{ channel: SAMPLE.channel }] }, new Date(SEASON_END).toISOString(), {
    SLACK_SIGNING_SECRET: SECRET,
  });
});
afterAll(async () => {
  remove();
  await aws.close();
});

const onOneMachine = async (): Promise<void> => {
  const queue = await openQueue(addressesOf({}, folder).queue, {});
  const running = await serveIn(folder, { queue });
  for (const body of bodies) expect(await deliver(running.port, body)).toBe(200);
  await queue.put(ticks);
  await running.settled();
  await running.stop();
};

const onAws = async (): Promise<void> => {
  const seconds = Math.floor(aws.now() / 1000);
  for (const body of bodies.slice(0, THROUGH_THE_QUEUE)) {
    const request = gatewayRequest('POST', '/slack/events', signedHeaders(body, seconds), Buffer.from(body));
    expect((await aws.ingest.call<GatewayResponse>(request, aws.now())).statusCode).toBe(200);
  }
  await aws.settle();
  const rest = bodies
    .slice(THROUGH_THE_QUEUE)
    .map((body, n) => record(`${n}`, SAMPLE.channel, { kind: 'event', payload: JSON.parse(body) }));
  const last = ticks.map(({ id, group, body }: NewJob) => record(id, group, body));
  const all = [...rest, ...last];
  for (let at = 0; at < all.length; at += 10) {
    const event = sqsEvent(all.slice(at, at + 10));
    expect(await aws.worker.call<SQSBatchResponse>(event, aws.now())).toEqual({ batchItemFailures: [] });
  }
};

test('one machine and AWS make the same log, ledgers and snapshots of the same season, byte for byte', async () => {
  await onOneMachine();
  await onAws();
  const machine = await openStore(folder);
  const [log, state] = [await contents(machine.log), await contents(machine.state)];
  expect(Object.keys(log).length).toBeGreaterThan(500);
  expect(Object.keys(state).filter((key) => key.startsWith('ledgers/')).length).toBeGreaterThan(19);
  expect(Object.keys(state).filter((key) => key.startsWith('snapshots/')).length).toBeGreaterThan(40);
  expect(await contents(aws.log)).toEqual(log);
  expect(await contents(aws.state)).toEqual(state);
}, 120_000);
