import { Unavailable } from '../events/errors.ts';
import { tryAgain } from '../events/try-again.ts';
import { rebuild, renew } from '../history/rebuild.ts';
import { dueJobs } from '../outbox/due-jobs.ts';
import { pendingUpgrade } from '../pipeline/current-ledgers.ts';
import { publishChallenges } from '../pipeline/publish.ts';
import { createPublisher } from '../pipeline/publisher.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Queue } from '../queue/queue.ts';
import { describeError } from '../setup/report.ts';
import { openDocuments } from '../store/documents.ts';
import type { Doubt } from '../store/doubt.ts';
import { createBatchRunner } from './batch.ts';
import type { Engine } from './engine.ts';
import { createHost, type Host, type HostPorts } from './host.ts';
import { backoffSeconds, startLoop } from './loop.ts';
import type { FailedJob } from './worker.ts';

/** All that one machine needs to do the work, wherever it comes from. */
export interface MachinePorts extends Omit<HostPorts, 'documents' | 'changed' | 'queue'> {
  queue: Queue;
  /** The shortest time between two publications, in milliseconds; 1,000 by default. */
  gapMilliseconds?: number;
  /** Told of each batch: how many jobs were done, and which come again. */
  onBatch?: (done: number, failed: FailedJob[]) => void;
}

/** The worker behind the queue of one machine. */
export interface Machine extends Pick<Host, 'upkeep'>, Pick<Engine, 'alarm'> {
  /** Queues what the schedule says is due; false when nobody knows what time it is, so that it must be asked again. */
  ask(challenge: Challenge): Promise<boolean>;
  /** Has published, and queues, what a crash may have left unsaid, and has months frozen that were missed: once, at the start. */
  sweep(): Promise<void>;
  /** Resolves when all that changed is published. */
  settled(): Promise<void>;
  /** Takes no more, finishes what was taken, publishes. */
  stop(): Promise<void>;
  /** Rejects when it cannot go on. */
  running: Promise<void>;
}

/** Starts taking jobs. What was left undone before must have been made right: see `makeRight`. */
export const startMachine = (ports: MachinePorts): Machine => {
  const { queue, clock, report, gapMilliseconds } = ports;
  const onError = (error: unknown): void => report('problem', { error: describeError(error) });
  const documents = openDocuments(ports.state);
  const publisher = createPublisher(documents, clock, {
    onError,
    ...(gapMilliseconds === undefined ? {} : { gapMilliseconds }),
  });
  const host = createHost({ ...ports, documents, changed: publisher.changed });
  let isStopping = false;
  // Left to the visibility time-out, these jobs and all behind them would wait for minutes after the disk is well again.
  const untilSettled = (deed: () => Promise<void>): Promise<void> =>
    tryAgain(deed, async (error, attempt) => {
      if (isStopping || !(error instanceof Unavailable)) throw error;
      if (attempt === 1) onError(error);
      await clock.sleep(1000);
    });
  const runBatch = createBatchRunner({
    handle: host.handle,
    publish: publisher.changed,
    queue: {
      done: (jobs) => untilSettled(() => queue.done(jobs)),
      retry: (job, seconds) => untilSettled(() => queue.retry(job, seconds)),
    },
    waitSeconds: backoffSeconds,
    onError,
  });
  const loop = startLoop({
    queue,
    clock,
    onError,
    run: async (jobs) => {
      const failed = await runBatch(jobs);
      ports.onBatch?.(jobs.length - failed.length, failed);
      return failed;
    },
  });
  return {
    ask: async (challenge) => {
      if (!(await host.engine.isTimeRight())) return false;
      const now = clock.now() / 1000;
      await queue.put(await dueJobs(challenge, documents, now));
      await host.engine.askPersonal(challenge, now);
      return true;
    },
    upkeep: host.upkeep,
    alarm: host.engine.alarm,
    sweep: async () => {
      await host.engine.sweep();
      // From the log as it lies there: what was in the queue stands before them in line.
      for (const challenge of ports.settings.challenges) await host.engine.closeMissed(challenge);
    },
    settled: publisher.settled,
    stop: async () => {
      isStopping = true;
      await loop.stop();
      await publisher.stop();
    },
    running: loop.running,
  };
};

/** Something of which the admins have to be told, found before the worker could. */
export interface StartAlarm {
  challenge: Challenge;
  code: 'damaged' | 'counts-changed';
  subject: string;
}

/** Whatever was left undone, deleted, lost with the power, or decided by other rules when the process last ended is made right before anything new. */
export const makeRight = async ({
  settings,
  log,
  state,
  doubt,
  report,
  onAlarm,
  ...turns
}: Pick<MachinePorts, 'settings' | 'log' | 'state' | 'report' | 'yieldTurn'> & {
  doubt?: Doubt | undefined;
  pause?: () => Promise<void>;
  onAlarm?: (alarm: StartAlarm) => void;
}): Promise<void> => {
  const channels = settings.challenges.map(({ channel }) => channel);
  const isDoubtful = doubt?.isThere(channels) ?? false;
  const began = performance.now();
  if (isDoubtful) report('renewing', { meaning: RENEWING });
  await publishChallenges(openDocuments(state), settings.challenges);
  for (const challenge of settings.challenges) {
    const upgrade = await pendingUpgrade(state, challenge.channel);
    if (upgrade) onAlarm?.({ challenge, code: 'counts-changed', subject: upgrade });
    const ports = { log, state, ...turns };
    const { events, weeks, written, differences } = await (isDoubtful ? renew : rebuild)(challenge, ports);
    report('ready', { channel: challenge.channel, events, weeks, written: written.length });
    for (const { key, problem } of differences) {
      report('damaged', { key, problem });
      onAlarm?.({ challenge, code: 'damaged', subject: key });
    }
  }
  if (!isDoubtful) return;
  await doubt?.dispel(channels);
  report('renewed', { seconds: Number(((performance.now() - began) / 1000).toFixed(2)) });
};

const RENEWING =
  'the machine was started, or the folder copied, since the state was last written: before it is read, it is made anew from the log';
