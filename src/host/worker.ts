import type { Event } from '../events/catalog.ts';
import { Conflict, isLasting, Refused, Unavailable } from '../events/errors.ts';
import { type Interaction, interactionFrom, withoutSecrets } from '../events/interaction.ts';
import type { Bookkeeping, ChangedMonth } from '../pipeline/bookkeeping.ts';
import type { Challenge } from '../projections/challenge.ts';
import { type Again, type JobBody, parseJob } from '../queue/jobs.ts';
import { type Job, PRIVATE_GROUPS } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import { translate } from '../slack/translate.ts';
import type { Bucket } from '../store/bucket.ts';
import { putOther } from '../store/other.ts';
import { traceInteraction } from './interaction-trace.ts';

/** After so many tries a job that fails for a reason of its own is put into quarantine. */
export const MAX_JOB_TRIES = 5;

/** A job that was taken so often without an outcome may itself kill the process. */
const SUSPECT_TRIES = 20;

/**
 * What a job takes at least for each time that it was put back in an outage, which can last for days: up to ten minutes a try, of which the
 * first ones are shorter. A job whose process died comes again after three, by its visibility time-out.
 */
const WAITED_MILLISECONDS = 300_000;

/** A job that must come back: why, and after how long if that is known. */
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
  /** Jobs other than deliveries: ticks, effects, names and choices. Absent: the worker cannot speak. */
  perform?: ((body: JobBody, job: Job) => Promise<Again>) | undefined;
  /** Does what a person asked for, and answers. Absent: of what people do, only a trace is kept. */
  interact?: Interact | undefined;
  /** How old a job is, where its queue knows. Absent: how often it was taken is all that is known. */
  clock?: Pick<Clock, 'now'> | undefined;
  /** Told of the events of a batch when all of it is done. Never throws. */
  heard?: ((events: readonly Event[]) => Promise<void>) | undefined;
}

/** Does what an interaction asks for; says when its job must come again. */
export type Interact = (interaction: Interaction, job: Job) => Promise<Again>;

/** A job and its parsed body; undefined when the body is not one of ours. */
interface Read {
  job: Job;
  body: JobBody | undefined;
}

/** Takes jobs of one group, in order. */
export interface Worker {
  /** Never throws. After the first failure the jobs behind it are not done. */
  handle(jobs: Job[]): Promise<Outcome>;
}

/** A job that holds an event is appended, folded, saved, decided; any other is performed. */
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
        await ports.heard?.(events);
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
  if (!body)
    return void (await setAside('a job of no known kind', job.group.startsWith(PRIVATE_GROUPS) ? '' : job.body));
  if (body.kind === 'malformed') return void (await setAside(body.reason, body.raw));
  if (body.kind === 'stored') throw new Unavailable(`${body.key}: the body of a job could not be read`);
  if (body.kind !== 'event') return undefined;
  // A copy goes to quarantine before one more try; if the copy is there already, that last try did not end either.
  if (isSuspect(job, ports) && !(await setAside('taken again and again', body.payload, job.group)).created)
    return undefined;
  try {
    return await appendPayload(body.payload, job.group, channels, ports);
  } catch (error) {
    if (comesAgain(error, job)) throw error;
    return void (await setAside(whyItFailed(error, job), body.payload, job.group));
  }
};

/** Whether a job was taken often, and not put back in between. */
const isSuspect = ({ received, firstTaken }: Job, { clock }: WorkerPorts): boolean => {
  if (received <= SUSPECT_TRIES) return false;
  return !firstTaken || !clock || clock.now() - firstTaken < received * WAITED_MILLISECONDS;
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

/** Performs jobs one after the other until one must come again; all behind it must come again too. */
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

/** Performs a job that is no event; says when it must be tried again. A job that fails for a reason of its own does not block its group for ever. */
const performJob = async ({ job, body }: Read, ports: WorkerPorts): Promise<Omit<FailedJob, 'job'> | undefined> => {
  if (!body || body.kind === 'event' || body.kind === 'malformed' || body.kind === 'stored') return undefined;
  try {
    const again = await (body.kind === 'interaction' ? interactWith(body, job, ports) : ports.perform?.(body, job));
    return again && { delaySeconds: again.retryAfterSeconds };
  } catch (error) {
    if (comesAgain(error, job)) return { error };
    const channel = 'channel' in body ? body.channel : undefined;
    await ports.bookkeeping.setAside(whyItFailed(error, job), keptOf(body), channel);
    return undefined;
  }
};

const interactWith = async (
  { interaction: value }: Extract<JobBody, { kind: 'interaction' }>,
  job: Job,
  { interact, log }: WorkerPorts,
): Promise<Again> => {
  const read = interactionFrom(value);
  if ('fault' in read) throw new Refused(`expected an interaction: ${read.fault}`);
  return interact ? interact(read.interaction, job) : void (await traceInteraction(log, read.interaction));
};

/** What is kept of a job that is given up. */
const keptOf = (body: JobBody): unknown => {
  if (body.kind !== 'interaction') return body;
  const read = interactionFrom(body.interaction);
  return { kind: body.kind, ...('fault' in read ? {} : { interaction: withoutSecrets(read.interaction) }) };
};

/** An error that passes is tried again for as long as it takes, a lasting one never, any other a few times. */
const comesAgain = (error: unknown, { received }: Job): boolean => {
  if (error instanceof Unavailable || error instanceof Conflict) return true;
  return !isLasting(error) && received < MAX_JOB_TRIES;
};

const whyItFailed = (error: unknown, { received }: Job): string => {
  const { message } = error as Error;
  return isLasting(error) ? `refused: ${message}` : `failed ${received} times: ${message}`;
};
