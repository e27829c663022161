import { Refused } from '../events/errors.ts';
import { isOwedGroup } from '../outbox/effect-jobs.ts';
import type { LocalQueue } from '../queue/local.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import type { Settings } from '../setup/config.ts';
import type { SlackSettings } from '../setup/environment.ts';
import type { Report } from '../setup/report.ts';
import type { Bucket } from '../store/bucket.ts';
import type { Doubt } from '../store/doubt.ts';
import { makeRight, startMachine } from './machine.ts';
import { slackPorts } from './slack-ports.ts';
import type { FailedJob } from './worker.ts';

export interface DrainOptions {
  settings: Settings;
  log: Bucket;
  state: Bucket;
  doubt?: Doubt | undefined;
  queue: Queue & Partial<LocalQueue>;
  slack: SlackSettings;
  clock: Clock;
  report: Report;
  /** How long to wait for jobs that are held back, such as those that must be tried again, before leaving them to the next server. */
  patienceSeconds?: number;
}

/** What was done, and how many jobs wait on. */
export interface Drained {
  done: number;
  waiting: number;
}

/**
 * Does the work that lies in the queue in this process, without listening, until there is none; gives undefined, and does nothing,
 * when somebody else takes from the queue: that one does it. Without a token, what is owed to Slack stays in the queue.
 */
export const drain = async (options: DrainOptions): Promise<Drained | undefined> => {
  const { queue, slack, clock, patienceSeconds = 15 } = options;
  if (!(await becomeTaker(queue))) return undefined;
  const report: Report = (happening, fields) => {
    if (happening !== 'ready') options.report(happening, fields);
  };
  await makeRight({ ...options, report });
  let done = 0;
  let moved = clock.elapsed();
  const speechless = new Set<string>(); // The groups of what nobody can say: they wait for the next process.
  const onBatch = (count: number, failed: FailedJob[]): void => {
    done += count;
    if (count > 0) moved = clock.elapsed();
    for (const { job } of failed) if (!slack.botToken && isOwedGroup(job.group)) speechless.add(job.group);
  };
  // How full the queue is shows only when it has been looked into.
  let looked = false;
  const take: Queue['take'] = (max, waitSeconds) => queue.take(max, waitSeconds).finally(() => (looked = true));
  const machine = startMachine({
    ...options,
    ...slackPorts(slack, clock),
    report,
    queue: { ...queue, take },
    gapMilliseconds: 0,
    speechlessSeconds: 1, // The next command may have a token.
    onBatch,
  });
  const isBusy = (): boolean => !looked || (queue.depth?.().groups ?? 0) > speechless.size;
  while (isBusy() && clock.elapsed() - moved < patienceSeconds * 1000) await clock.sleep(20);
  await machine.stop();
  return { done, waiting: queue.depth?.().jobs ?? 0 };
};

/** A queue that lies elsewhere is taken from elsewhere. */
const becomeTaker = async (queue: Queue & Partial<LocalQueue>): Promise<boolean> => {
  if (!queue.openTaker) return false;
  try {
    await queue.openTaker();
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
};
