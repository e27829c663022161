import { rebuild } from '../../src/history/rebuild.ts';
import { createEngine } from '../../src/host/engine.ts';
import { startLoop } from '../../src/host/loop.ts';
import { dueJobs } from '../../src/host/schedule.ts';
import { performUpkeep } from '../../src/host/upkeep.ts';
import type { Outcome } from '../../src/host/worker.ts';
import { publishChallenges, publishMonth } from '../../src/pipeline/publish.ts';
import { createPublisher } from '../../src/pipeline/publisher.ts';
import type { Challenge } from '../../src/projections/challenge.ts';
import { parseJob } from '../../src/queue/jobs.ts';
import type { Job, Queue } from '../../src/queue/queue.ts';
import type { Reader } from '../../src/slack/reader.ts';
import type { Slack } from '../../src/slack/slack.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { openDocuments } from '../../src/store/documents.ts';
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
  settleSeconds?: number;
  /** Of a mutant: nothing is made right at the start. */
  careless?: boolean;
  /** Of a mutant: believes that nobody else writes. */
  alone?: boolean;
}

/** What the process says, beside what it does. */
export interface Told {
  problems: string[];
  alarms: string[];
}

const WORKER_SECONDS = 30;

/** In virtual time everybody has a turn at every call. */
export const yieldTurn = async (): Promise<void> => {};

/** The worker on one machine, as `til serve` runs it: makes everything right, then listens, publishes, and catches up with the schedule. */
export const runMachine = async (process: Process, challenge: Challenge, reach: Reach, told: Told): Promise<void> => {
  const { log, state, queue } = reach;
  const documents = openDocuments(state);
  await publishChallenges(documents, [challenge]);
  if (!reach.careless) await rebuild(challenge, { log, state, pause: () => process.wait(300), yieldTurn });
  const onError = (error: unknown): void => void told.problems.push(String(error));
  const publisher = createPublisher(documents, process.clock, { onError });
  const engine = engineOf(process, challenge, reach, told, documents, publisher.changed);
  process.upkeep = upkeepOf(process, challenge, reach, told, engine);
  startLoop({
    queue,
    clock: process.clock,
    handle: engine.handle,
    onOutcome: ({ dirty }) => publisher.changed(dirty),
    onError,
  }).running.catch(onError);
  await queue.put(await dueJobs(challenge, documents, process.clock.now() / 1000));
  if (!reach.careless) await engine.sweep();
};

/** One of the workers behind SQS: publishes before it answers, and is stopped after 30 seconds. */
export const runLambda = async (
  process: Process,
  challenge: Challenge,
  reach: Reach,
  told: Told,
  { timeline, faults }: { timeline: Timeline; faults: Faults },
): Promise<void> => {
  const documents = openDocuments(reach.state, { shared: !reach.alone });
  const changed = new Set<string>();
  const engine = engineOf(process, challenge, reach, told, documents, (dirty) => {
    for (const { month } of dirty) changed.add(month);
  });
  const upkeep = upkeepOf(process, challenge, reach, told, engine);
  const handle = async (jobs: Job[]): Promise<Outcome> => {
    let over = false;
    timeline.at(timeline.now() + WORKER_SECONDS * 1000, () => {
      if (over || !process.alive) return;
      faults.count('worker stopped by its time-out');
      process.die();
    });
    try {
      const outcome = await engine.handle(jobs);
      for (const { body } of outcome.done) {
        const job = parseJob(body);
        if (job?.kind === 'tick' && (job.tick === 'reconcile' || job.tick === 'seal')) await upkeep(job.tick);
      }
      for (const { month } of outcome.dirty) changed.add(month);
      for (const month of [...changed]) {
        await publishMonth(documents, challenge, month);
        changed.delete(month);
      }
      return outcome;
    } finally {
      over = true;
    }
  };
  const onError = (error: unknown): void => void told.problems.push(String(error));
  const { queue } = reach;
  await startLoop({ queue, clock: process.clock, handle, onOutcome: () => {}, onError }).running;
};

/** As long as a function has when it begins with it, less what the rest needs. */
const UPKEEP_MILLISECONDS = 15_000;

/** Compares with Slack, or seals, as both kinds of deployment do. */
const upkeepOf = (
  process: Process,
  challenge: Challenge,
  { log, state, queue, reader }: Reach,
  told: Told,
  { recorder, sweep }: ReturnType<typeof createEngine>,
): NonNullable<Process['upkeep']> => {
  const report = (happening: string, fields?: object): void =>
    void told.alarms.push(`${happening} ${JSON.stringify(fields)}`);
  const ports = { log, state, yieldTurn, queue, recorder, reader, clock: process.clock, report, after: process.wait };
  return async (tick) => {
    await performUpkeep(tick, challenge, ports, UPKEEP_MILLISECONDS);
    if (tick === 'reconcile') await sweep();
  };
};

const engineOf = (
  process: Process,
  challenge: Challenge,
  { log, queue, slack, settleSeconds }: Reach,
  told: Told,
  documents: ReturnType<typeof openDocuments>,
  changed: Parameters<typeof createEngine>[0]['changed'],
) =>
  createEngine({
    settings: { challenges: [challenge] },
    log,
    documents,
    queue,
    clock: process.clock,
    report: (happening, fields) => void told.alarms.push(`${happening} ${JSON.stringify(fields)}`),
    changed,
    writer: slack,
    ...(settleSeconds === undefined ? {} : { settleSeconds }),
  });
