import { Conflict, Refused } from '../events/errors.ts';
import { rebuild } from '../history/rebuild.ts';
import { publishChallenges } from '../pipeline/publish.ts';
import { createPublisher } from '../pipeline/publisher.ts';
import type { LocalQueue } from '../queue/local.ts';
import type { Job, Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import type { Settings } from '../setup/config.ts';
import { describeError, type Report } from '../setup/report.ts';
import type { SlackSettings } from '../setup/wire.ts';
import { slackClient } from '../slack/client.ts';
import type { Bucket } from '../store/bucket.ts';
import { openDocuments } from '../store/documents.ts';
import { createEngine } from './engine.ts';
import { startLoop } from './loop.ts';
import type { Outcome } from './worker.ts';

export interface DrainOptions {
  settings: Settings;
  log: Bucket;
  state: Bucket;
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
 * Does the work that lies in the queue in this process, without a front door, until there is none; gives undefined, and does nothing,
 * when somebody else takes from the queue: that one does it. Without a token, what is owed to Slack stays in the queue.
 */
export const drain = async (options: DrainOptions): Promise<Drained | undefined> => {
  const { settings, log, state, queue, slack, clock, report, patienceSeconds = 15 } = options;
  if (!(await becomeTaker(queue))) return undefined;
  const onError = (error: unknown): void => {
    if (!(error instanceof Conflict)) report('problem', { error: describeError(error) });
  };
  await publishChallenges(openDocuments(state), settings.challenges);
  for (const challenge of settings.challenges) await rebuild(challenge, { log, state });
  const documents = openDocuments(state);
  const publisher = createPublisher(documents, clock, { gapMilliseconds: 0, onError });
  const writer = slack.botToken ? slackClient({ token: slack.botToken, apiUrl: slack.apiUrl }) : undefined;
  const engine = createEngine({ ...options, documents, changed: publisher.changed, ...(writer ? { writer } : {}) });
  let done = 0;
  let moved = clock.now();
  const speechless = new Set<string>(); // The groups of what nobody can say; their jobs stay taken, and wait for the next process.
  const handle = async (jobs: Job[]): Promise<Outcome> => {
    const group = jobs[0]?.group ?? '';
    if (writer || !group.startsWith('effect/')) return engine.handle(jobs);
    speechless.add(group);
    return { done: [], failed: [], dirty: [] };
  };
  const onOutcome = (outcome: Outcome): void => {
    done += outcome.done.length;
    if (outcome.done.length > 0) moved = clock.now();
    publisher.changed(outcome.dirty);
  };
  // How full the queue is shows only when it has been looked into.
  let looked = false;
  const take: Queue['take'] = (max, waitSeconds) => queue.take(max, waitSeconds).finally(() => (looked = true));
  const loop = startLoop({ queue: { ...queue, take }, clock, handle, onOutcome, onError });
  const isBusy = (): boolean => !looked || (queue.depth?.().groups ?? 0) > speechless.size;
  while (isBusy() && clock.now() - moved < patienceSeconds * 1000) await clock.sleep(20);
  await loop.stop();
  await publisher.stop();
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
