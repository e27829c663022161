import type { Event } from '../events/catalog.ts';
import { Conflict, isLasting, Unavailable } from '../events/errors.ts';
import type { Bookkeeping, ChangedMonth } from '../pipeline/bookkeeping.ts';
import type { Challenge } from '../projections/challenge.ts';
import { type Again, type JobBody, parseJob } from '../queue/jobs.ts';
import type { Job } from '../queue/queue.ts';
import { translate } from '../slack/translate.ts';
import type { Bucket } from '../store/bucket.ts';
import { putOther } from '../store/other.ts';

/** After so many tries a job that fails for a reason of its own is put into quarantine. */
export const MAX_JOB_TRIES = 5;

/** A job that came back so often without an answer may be what kills the process. */
const SUSPECT_TRIES = 20;

/** A job that must come back: why, and when that was said. */
export interface FailedJob {
  job: Job;
  /** Absent: nothing went wrong, it is only too early. */
  error?: unknown;
  delaySeconds?: number;
}

/** What became of a batch: `done` may be removed, `failed` (with all behind it) must come back. */
export interface Outcome {
  done: Job[];
  failed: FailedJob[];
  changed: ChangedMonth[];
}

export interface WorkerPorts {
  log: Bucket;
  challenges: readonly Challenge[];
  bookkeeping: Bookkeeping;
  /** Jobs other than events: ticks, effects and names. Absent: the worker cannot speak. */
  perform?: ((body: JobBody, job: Job) => Promise<Again>) | undefined;
}

/** A job and what it says; undefined when that is none of ours. */
interface Read {
  job: Job;
  body: JobBody | undefined;
}

/** Takes jobs of one group, in order. */
export interface Worker {
  /** Never throws. After the first failure nothing behind it is done. */
  handle(jobs: Job[]): Promise<Outcome>;
}

/** A job is appended, folded, saved, decided; or performed. */
export const createWorker = (ports: WorkerPorts): Worker => {
  const channels = new Set(ports.challenges.map(({ channel }) => channel));
  return {
    handle: async (jobs) => {
      const read: Read[] = jobs.map((job) => ({ job, body: parseJob(job.body) }));
      const appended = await Promise.allSettled(read.map((each) => append(each, channels, ports)));
      const failure = appended.findIndex(({ status }) => status === 'rejected');
      const good = failure < 0 ? read : read.slice(0, failure);
      const error = (appended[failure] as PromiseRejectedResult | undefined)?.reason as unknown;
      const failed: FailedJob[] = jobs.slice(good.length).map((job) => ({ job, error }));
      const events = appended
        .slice(0, good.length)
        .flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []));
      try {
        const changed = await ports.bookkeeping.foldEvents(events);
        const performed = await performInOrder(good, ports);
        return { done: performed.done, failed: [...performed.failed, ...failed], changed };
      } catch (error) {
        return { done: [], failed: jobs.map((job) => ({ job, error })), changed: [] };
      }
    },
  };
};

/** Appends what a job holds; gives the event when it is one. A delivery's group is its channel. */
const append = async (
  { job, body }: Read,
  channels: ReadonlySet<string>,
  ports: WorkerPorts,
): Promise<Event | undefined> => {
  const { setAside } = ports.bookkeeping;
  if (!body) return void (await setAside('a job of no known kind', job.body));
  if (body.kind === 'malformed') return void (await setAside(body.reason, body.raw));
  if (body.kind !== 'event') return undefined;
  // A copy is put aside before one more try; when the copy is there already, that try did not end either.
  if (job.received > SUSPECT_TRIES && !(await setAside('taken again and again', body.payload, job.group)).created)
    return undefined;
  try {
    return await appendPayload(body.payload, job.group, channels, ports);
  } catch (error) {
    if (comesAgain(error, job)) throw error;
    return void (await setAside(whyItFailed(error, job), body.payload, job.group));
  }
};

const appendPayload = async (
  payload: unknown,
  channel: string,
  channels: ReadonlySet<string>,
  { log, bookkeeping }: WorkerPorts,
): Promise<Event | undefined> => {
  const translation = translate(payload, channels);
  if (translation.to === 'broken') return void (await bookkeeping.setAside(translation.reason, payload, channel));
  if (translation.to === 'other') return void (await putOther(log, translation, payload));
  return bookkeeping.appendEvent(translation.event);
};

/** Performs jobs one after the other, until one must come again: it, and all behind it. */
const performInOrder = async (
  read: readonly Read[],
  ports: WorkerPorts,
): Promise<{ done: Job[]; failed: FailedJob[] }> => {
  const jobs = read.map(({ job }) => job);
  for (const [position, each] of read.entries()) {
    const again = await performJob(each, ports);
    if (again) return { done: jobs.slice(0, position), failed: jobs.slice(position).map((job) => ({ job, ...again })) };
  }
  return { done: jobs, failed: [] };
};

/** Does a job that is no event; says when it must be tried again. One that fails for a reason of its own does not hold up the others for ever. */
const performJob = async (
  { job, body }: Read,
  { perform, bookkeeping }: WorkerPorts,
): Promise<Omit<FailedJob, 'job'> | undefined> => {
  if (!body || body.kind === 'event' || body.kind === 'malformed' || !perform) return undefined;
  try {
    const again = await perform(body, job);
    return again && { delaySeconds: again.retryAfterSeconds };
  } catch (error) {
    if (comesAgain(error, job)) return { error };
    const channel = 'channel' in body ? body.channel : undefined;
    await bookkeeping.setAside(whyItFailed(error, job), body, channel);
    return undefined;
  }
};

/** What passes is tried again, however long it takes; what lasts is not; anything else has a few tries. */
const comesAgain = (error: unknown, { received }: Job): boolean => {
  if (error instanceof Unavailable || error instanceof Conflict) return true;
  return !isLasting(error) && received < MAX_JOB_TRIES;
};

const whyItFailed = (error: unknown, { received }: Job): string => {
  const { message } = error as Error;
  return isLasting(error) ? `refused: ${message}` : `failed ${received} times: ${message}`;
};
