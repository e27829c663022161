import type { ChangedMonth } from '../../pipeline/bookkeeping.ts';
import { withCurrentLedgers } from '../../pipeline/current-ledgers.ts';
import { publishChallenges, publishMonth } from '../../pipeline/publish.ts';
import type { Queue } from '../../queue/queue.ts';
import { jobsFromSqsEvent, type SqsBatchResponse, type SqsEvent, sqsBatchResponse } from '../../queue/sqs-event.ts';
import type { Clock } from '../../setup/clock.ts';
import type { Settings } from '../../setup/config.ts';
import type { SlackSettings } from '../../setup/environment.ts';
import { describeError, type Report } from '../../setup/report.ts';
import type { Bucket } from '../../store/bucket.ts';
import { type Documents, openDocuments } from '../../store/documents.ts';
import type { WaitingBodies } from '../../store/s3-waiting.ts';
import { type BatchPorts, createBatchRunner, type RunBatch } from '../batch.ts';
import { createHost, type Host, type HostPorts } from '../host.ts';
import { type Redeemed, redeem, removeStored } from './stored-jobs.ts';
import { waitSeconds } from './wait-seconds.ts';

export interface BatchHandlerPorts extends Pick<HostPorts, 'yieldTurn' | 'after' | 'settleSeconds' | 'eraseTraces'> {
  settings: Settings;
  log: Bucket;
  state: Bucket;
  queue: Pick<Queue, 'put' | 'retry'>;
  /** What was too large for the queue. */
  bodies: WaitingBodies;
  secret: () => Promise<SlackSettings>;
  /** The ports to Slack that a token opens. */
  connect: (
    slack: SlackSettings,
    clock: Clock,
  ) => Pick<HostPorts, 'writer' | 'reader' | 'clockCheck' | 'sendAnswer' | 'canTalk' | 'needsReinstall'>;
  clock: Clock;
  report: Report;
}

/** What Lambda says of the time that is left. */
export interface Remaining {
  getRemainingTimeInMillis(): number;
}

/** Runs batches as one machine does, but publishes changed months before it answers, since the function may not run again soon. */
export const createBatchHandler = (ports: BatchHandlerPorts) => {
  const { report } = ports;
  const onError = (error: unknown): void => report('problem', { error: describeError(error) });
  // Another worker may run at the same time. After an upgrade nothing is rebuilt here: an old ledger is folded again when it is read.
  const shared = openDocuments(ports.state);
  const upgrades = new Map<string, string>();
  const documents = withCurrentLedgers(shared, ports.log, ports.settings.challenges, ({ channel }, upgrade) => {
    upgrades.set(channel, upgrade);
  });
  const { changed, publish } = createEagerPublisher(ports.settings, documents);
  const runnerFor = createRunnerByToken(ports, { documents, changed, publish, onError, upgrades });

  return async (event: SqsEvent, time: Remaining): Promise<SqsBatchResponse> => {
    const jobs = jobsFromSqsEvent(event);
    const timeLeft = (): number => time.getRemainingTimeInMillis();
    const redeemed = (await Promise.all(jobs.map((job) => redeem(job, ports.bodies, onError)))).filter(isThere);
    const failed = await runnerFor(
      redeemed.map(({ job }) => job),
      timeLeft,
    );
    const again = new Set(failed.map(({ job }) => job));
    await removeStored(
      redeemed.filter(({ job }) => !again.has(job)),
      ports.bodies,
      onError,
    );
    report('handled', { jobs: jobs.length, again: failed.length });
    return sqsBatchResponse(
      event,
      failed.map(({ job }) => job),
    );
  };
};

const isThere = (redeemed: Redeemed | undefined): redeemed is Redeemed => redeemed !== undefined;

/** Publishes within the batch. Months that could not be published are kept for the next one, since their jobs may change nothing when they come back. */
const createEagerPublisher = ({ challenges }: Settings, documents: Documents) => {
  const waiting = new Map<string, ChangedMonth>();
  let listed = false;
  const changed = (months: readonly ChangedMonth[]): void => {
    for (const month of months) waiting.set(`${month.challenge.channel}/${month.month}`, month);
  };
  const publish = async (months: readonly ChangedMonth[]): Promise<void> => {
    changed(months);
    if (!listed) await publishChallenges(documents, challenges);
    listed = true;
    for (const [name, { challenge, month }] of waiting) {
      await publishMonth(documents, challenge, month);
      waiting.delete(name);
    }
  };
  return { changed, publish };
};

interface RunnerParts extends Pick<BatchPorts, 'publish' | 'onError'>, Pick<HostPorts, 'documents' | 'changed'> {
  /** Of which upgrades the admins are still to be told, by channel. */
  upgrades: Map<string, string>;
}

/** The host goes on from batch to batch, because it counts alarms and pauses; a replaced token makes a new one. */
const createRunnerByToken = (ports: BatchHandlerPorts, parts: RunnerParts): RunBatch => {
  let last: { token: string | undefined; handle: BatchPorts['handle'] } | undefined;
  const handleWith = (slack: SlackSettings): BatchPorts['handle'] => {
    const token = slack.botToken;
    if (last?.token !== token || !last) {
      const host = createHost({ ...ports, ...parts, ...ports.connect(slack, ports.clock) });
      last = { token, handle: tellingOf(parts.upgrades, host) };
    }
    return last.handle;
  };
  return createBatchRunner({
    ...parts,
    handle: async (jobs, timeLeft) => {
      // Other workers write, too. What is stored is looked at once for these jobs, and again around whatever is written.
      parts.documents.forget();
      return handleWith(await ports.secret())(jobs, timeLeft);
    },
    queue: { retry: ports.queue.retry }, // What did not fail is removed by Lambda.
    waitSeconds,
  });
};

/** Tells of upgrades once they are known: an alarm of the same words is told once. */
const tellingOf =
  (upgrades: Map<string, string>, { handle, engine }: Host): BatchPorts['handle'] =>
  async (jobs, timeLeft) => {
    const outcome = await handle(jobs, timeLeft);
    for (const [channel, upgrade] of upgrades) {
      await engine.alarm('counts-changed', upgrade, channel);
      upgrades.delete(channel);
    }
    return outcome;
  };
