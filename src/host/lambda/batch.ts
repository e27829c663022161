import { Conflict, Unavailable } from '../../events/errors.ts';
import { withCurrentLedgers } from '../../pipeline/current-ledgers.ts';
import { publishChallenges, publishMonth } from '../../pipeline/publish.ts';
import type { Challenge } from '../../projections/challenge.ts';
import { parseJob, type Tick } from '../../queue/jobs.ts';
import type { Job, Queue } from '../../queue/queue.ts';
import { jobsFromSqsEvent, type SqsBatchResponse, type SqsEvent, sqsBatchResponse } from '../../queue/sqs-event.ts';
import type { Clock } from '../../setup/clock.ts';
import type { Settings } from '../../setup/config.ts';
import { describeError, type Report } from '../../setup/report.ts';
import type { SlackSettings } from '../../setup/wire.ts';
import { slackClient } from '../../slack/client.ts';
import { slackReader } from '../../slack/reader.ts';
import type { Bucket } from '../../store/bucket.ts';
import { type Documents, openDocuments } from '../../store/documents.ts';
import { createEngine } from '../engine.ts';
import { performUpkeep } from '../upkeep.ts';
import { type Dirty, MAX_JOB_TRIES, type Outcome } from '../worker.ts';

export interface BatchPorts {
  settings: Settings;
  log: Bucket;
  state: Bucket;
  queue: Pick<Queue, 'put' | 'retry'>;
  secret: () => Promise<SlackSettings>;
  clock: Clock;
  report: Report;
}

/** What Lambda says of the time that is left. */
export interface Remaining {
  getRemainingTimeInMillis(): number;
}

type Failed = Outcome['failed'];
type Handle = (jobs: Job[], time: Remaining) => Promise<Outcome>;

/**
 * With less time than this no further job is begun. Whoever is cut off by Lambda leaves no harm, but the jobs come back only after the
 * visibility time-out.
 */
const MARGIN_MILLISECONDS = 5_000;

/** What a tick may leave to record, publish and answer. */
const TICK_MARGIN_MILLISECONDS = 12_000;

/** Without a token, what is owed to Slack waits. */
const SPEECHLESS_SECONDS = 60;

/**
 * Handles batches of the queue as the loop of one machine does: group by group, each in order; the months that changed are published
 * before the answer, since nobody may be there to do it afterwards.
 */
export const createBatchHandler = (ports: BatchPorts) => {
  const { settings, state, queue, report } = ports;
  // Another worker may be at it at the same time.
  // After an upgrade nothing is rebuilt here: what is old is folded anew when it is read.
  const documents = withCurrentLedgers(openDocuments(state, { shared: true }), ports.log, settings.challenges);
  // Survives a batch whose publishing failed: its jobs may have nothing more to say when they come back.
  const dirty = new Map<string, Dirty>();
  const changed = (months: readonly Dirty[]): void => {
    for (const month of months) dirty.set(`${month.challenge.channel}/${month.month}`, month);
  };
  const handleFor = handleByToken({ ...ports, documents, changed });
  let listed = false;

  const publish = async (): Promise<void> => {
    if (!listed) await publishChallenges(documents, settings.challenges);
    listed = true;
    for (const [name, { challenge, month }] of dirty) {
      await publishMonth(documents, challenge, month);
      dirty.delete(name);
    }
  };

  const work = async (jobs: Job[], time: Remaining): Promise<Failed> => {
    try {
      const handle = handleFor(await ports.secret());
      const groups = [...Map.groupBy(jobs, ({ group }) => group).values()];
      const failed = await Promise.all(groups.map((group) => inOrder(group, handle, time)));
      await publish();
      return failed.flat();
    } catch (error) {
      return jobs.map((job) => ({ job, error })); // Handling them again does no harm.
    }
  };

  return async (event: SqsEvent, time: Remaining): Promise<SqsBatchResponse> => {
    const jobs = jobsFromSqsEvent(event);
    const failed = await work(jobs, time);
    for (const error of new Set(failed.map(({ error }) => error)))
      if (error !== undefined && !(error instanceof Conflict)) report('problem', { error: describeError(error) });
    await comeBack(failed, queue, report);
    report('handled', { jobs: jobs.length, again: failed.length });
    return sqsBatchResponse(
      event,
      failed.map(({ job }) => job),
    );
  };
};

/** The engine goes on from batch to batch, because it counts alarms and pauses; a replaced token makes a new one. */
const handleByToken = (
  ports: BatchPorts & { documents: Documents; changed: (months: Dirty[]) => void },
): ((slack: SlackSettings) => Handle) => {
  let last: { token: string | undefined; handle: Handle } | undefined;
  return (slack) => {
    const { botToken, apiUrl } = slack;
    if (last && last.token === botToken) return last.handle;
    const writer = botToken ? slackClient({ token: botToken, apiUrl }) : undefined;
    const reader = botToken ? slackReader({ token: botToken, apiUrl }) : undefined;
    const engine = createEngine({ ...ports, ...(writer ? { writer } : {}) });
    const handle: Handle = async (jobs, time) => {
      if (!writer && isOwed(jobs)) return { done: [], failed: jobs.map(wait), dirty: [] };
      const outcome = await engine.handle(jobs);
      ports.changed(outcome.dirty);
      for (const { tick, challenge } of ticksOf(outcome.done, ports.settings)) {
        const milliseconds = time.getRemainingTimeInMillis() - TICK_MARGIN_MILLISECONDS;
        await performUpkeep(tick, challenge, { ...ports, recorder: engine.recorder, reader }, milliseconds);
        if (tick === 'reconcile') await engine.sweep();
      }
      return outcome;
    };
    last = { token: botToken, handle };
    return handle;
  };
};

const ticksOf = (jobs: readonly Job[], { challenges }: Settings): { tick: Tick; challenge: Challenge }[] =>
  jobs.flatMap((job) => {
    const body = parseJob(job.body);
    const challenge = body?.kind === 'tick' && challenges.find(({ channel }) => channel === body.channel);
    return challenge ? [{ tick: body.tick, challenge }] : [];
  });

const isOwed = (jobs: readonly Job[]): boolean => jobs[0]?.group.startsWith('effect/') === true;
const wait = (job: Job) => ({ job, error: undefined, delaySeconds: SPEECHLESS_SECONDS });

/** Handles one group's jobs in order, until one fails or time runs out; gives those that must come again. */
const inOrder = async (jobs: Job[], handle: Handle, time: Remaining): Promise<Failed> => {
  // Events are appended together and folded at once. Of what is said to Slack, each takes its own time.
  const portions = isOwed(jobs) ? jobs.map((job) => [job]) : [jobs];
  for (const [position, portion] of portions.entries()) {
    const behind = portions.slice(position + 1).flat();
    if (time.getRemainingTimeInMillis() < MARGIN_MILLISECONDS)
      return [...portion, ...behind].map((job) => ({ job, error: undefined, delaySeconds: 1 }));
    const { failed } = await handle(portion, time);
    const [first] = failed;
    if (first) return [...failed, ...behind.map((job) => ({ ...first, job }))];
  }
  return [];
};

/** Says when failed jobs are to be given out again, each group's last first, so that none overtakes another. */
const comeBack = async (failed: Failed, queue: BatchPorts['queue'], report: Report): Promise<void> => {
  const groups = Map.groupBy(failed, ({ job }) => job.group).values();
  const oneGroup = async (jobs: Failed): Promise<void> => {
    const seconds = Math.max(...jobs.map(waitSeconds));
    for (const { job } of jobs.toReversed()) await queue.retry(job, seconds);
  };
  for (const { reason } of (await Promise.allSettled([...groups].map(oneGroup))).filter(isRejected))
    report('problem', { error: describeError(reason) }); // These come back by their visibility time-out.
};

const isRejected = (result: PromiseSettledResult<void>): result is PromiseRejectedResult =>
  result.status === 'rejected';

/**
 * 5 s, 15 s, 45 s … 9 h, and never sooner than was asked for: SQS gives a job up after ten tries, and an outage of half a day must heal
 * by itself. A job that fails for a reason of its own is put aside at its fifth try, so these come quickly.
 */
const waitSeconds = ({ job, error, delaySeconds = 0 }: Failed[number]): number => {
  const own = error !== undefined && !(error instanceof Unavailable) && !(error instanceof Conflict);
  if (own && job.received <= MAX_JOB_TRIES) return job.received;
  return Math.max(delaySeconds, Math.min(36_000, 5 * 3 ** (job.received - 1)));
};
