import { createBatchHandler } from '../../src/host/lambda/batch.ts';
import { makeRight, startMachine } from '../../src/host/machine.ts';
import type { Challenge } from '../../src/projections/challenge.ts';
import type { Job, Queue } from '../../src/queue/queue.ts';
import type { SqsEvent } from '../../src/queue/sqs-event.ts';
import { entryOf } from '../../src/queue/sqs-message.ts';
import type { ClockCheck } from '../../src/setup/clock-check.ts';
import type { Report } from '../../src/setup/report.ts';
import type { Reader } from '../../src/slack/reader.ts';
import type { Slack } from '../../src/slack/slack.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import type { Faults } from './faults.ts';
import type { Process } from './process.ts';
import type { Timeline } from './timeline.ts';

/** All that a process of the bot reaches, as it reaches it. */
export interface Reach {
  log: Bucket;
  state: Bucket;
  queue: Queue;
  slack: Slack;
  reader: Reader;
  clockCheck: ClockCheck;
  settleSeconds?: number;
  /** Of a mutant: nothing is made right at the start. */
  careless?: boolean;
}

/** What the process says, beside what it does. */
export interface Told {
  problems: string[];
  alarms: string[];
}

const WORKER_SECONDS = 30;

/** As long as a function has when it begins with it, less what the rest needs. */
const UPKEEP_MILLISECONDS = 15_000;

/** In virtual time everybody has a turn at every call. */
export const yieldTurn = async (): Promise<void> => {};

const reportTo =
  (told: Told): Report =>
  (happening, fields) =>
    void told.alarms.push(`${happening} ${JSON.stringify(fields)}`);

/** The worker on one machine, by the code that `til serve` runs: makes everything right, takes jobs, and catches up with the schedule. */
export const runMachine = async (process: Process, challenge: Challenge, reach: Reach, told: Told): Promise<void> => {
  const { slack: writer, careless, ...ports } = reach;
  const all = {
    ...ports,
    writer,
    settings: { challenges: [challenge] },
    clock: process.clock,
    report: reportTo(told),
    yieldTurn,
    after: process.wait,
  };
  if (!careless) await makeRight({ ...all, pause: () => process.wait(300) });
  const machine = startMachine(all);
  machine.running.catch((error) => void told.problems.push(String(error)));
  process.upkeep = (tick) => machine.upkeep(tick, challenge, UPKEEP_MILLISECONDS);
  process.ask = () => machine.ask(challenge);
  await askUntilSure(process, told);
  if (!careless) await machine.sweep();
};

/** What the schedule does: asks at once, and again and again while the time is not certain. Waits for the first time only. */
export const askUntilSure = async (process: Process, told: Told): Promise<void> => {
  if (!process.ask || (await process.ask())) return;
  const again = async (): Promise<void> => {
    do await process.wait(60_000);
    while (process.alive && !(await process.ask?.()));
  };
  again().catch((error) => void told.problems.push(String(error)));
};

/** One of the functions behind SQS, by the code that is uploaded: it answers one batch after the other, and is stopped after 30 seconds. */
export const runLambda = async (
  process: Process,
  challenge: Challenge,
  reach: Reach,
  told: Told,
  { timeline, faults }: { timeline: Timeline; faults: Faults },
): Promise<void> => {
  const { queue, slack: writer, reader, clockCheck } = reach;
  const handler = createBatchHandler({
    ...reach,
    settings: { challenges: [challenge] },
    bodies: { get: async () => undefined, remove: async () => {} }, // Nothing here is too large.
    secret: async () => ({ botToken: 'xoxb-simulated', signingSecrets: [] }),
    connect: () => ({ writer, reader, clockCheck }),
    clock: process.clock,
    report: reportTo(told),
    yieldTurn,
    after: process.wait,
  });
  while (process.alive) {
    const jobs = await queue.take(10, 20).catch(() => []);
    if (jobs.length === 0) {
      await process.wait(1000);
      continue;
    }
    const end = timeline.now() + WORKER_SECONDS * 1000;
    let over = false;
    timeline.at(end, () => {
      if (over || !process.alive) return;
      faults.count('worker stopped by its time-out');
      process.die();
    });
    const answer = await handler(sqsEventOf(jobs), { getRemainingTimeInMillis: () => end - timeline.now() });
    over = true;
    const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    // What Lambda itself does: if it cannot, the jobs come again by their visibility time-out.
    await queue.done(jobs.filter(({ handle }) => !failed.has(handle))).catch(() => {});
  }
};

/** Jobs as Lambda's event source passes them. */
const sqsEventOf = (jobs: readonly Job[]): SqsEvent => ({
  Records: jobs.map((job) => {
    const { message } = entryOf(job);
    return {
      messageId: job.handle,
      receiptHandle: job.handle,
      body: message.MessageBody,
      attributes: {
        MessageGroupId: message.MessageGroupId,
        MessageDeduplicationId: message.MessageDeduplicationId,
        ApproximateReceiveCount: String(job.received),
        ApproximateFirstReceiveTimestamp: String(job.firstTaken),
      },
      messageAttributes: Object.fromEntries(
        Object.entries(message.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
          name,
          { stringValue: StringValue },
        ]),
      ),
    };
  }),
});
