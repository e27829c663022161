import type { Event } from '../events/catalog.ts';
import { Conflict, type Corrupt, Unavailable } from '../events/errors.ts';
import { keyOf } from '../events/key.ts';
import { type Calendar, calendarOf, type Month, monthOf, type Week } from '../events/week.ts';
import { groupByWeek } from '../pipeline/by-week.ts';
import { foldSafely, type Poisoned } from '../pipeline/fold-safely.ts';
import { again, keys } from '../pipeline/publish.ts';
import type { Challenge } from '../projections/challenge.ts';
import { emptyLedger, LEDGER_VERSION, type Ledger } from '../projections/ledger.ts';
import { type JobBody, parseJob } from '../queue/jobs.ts';
import type { Job } from '../queue/queue.ts';
import { translate } from '../slack/translate.ts';
import type { Bucket } from '../store/bucket.ts';
import type { Documents } from '../store/documents.ts';
import { openLog, quarantine } from '../store/log.ts';
import { putOther } from '../store/other.ts';
import { createTurns } from '../store/together.ts';

/** After so many tries a job that fails for a reason of its own is put into quarantine. */
export const MAX_JOB_TRIES = 5;

/** A job that came back so often without an answer may be what kills the process. */
const SUSPECT_TRIES = 20;

/** A month whose ledgers have changed. */
export interface Dirty {
  challenge: Challenge;
  month: Month;
  /** Among them is one that was not there before. */
  isNew?: boolean;
}

/** What became of a batch: `done` may be removed, `failed` (with all behind it) must come back. */
export interface Outcome {
  done: Job[];
  failed: { job: Job; error: unknown; delaySeconds?: number }[];
  dirty: Dirty[];
}

export interface WorkerPorts {
  log: Bucket;
  documents: Documents;
  challenges: readonly Challenge[];
  /** What follows from changed ledgers; called before a job is done, so that nothing owed is lost. Absent: the worker cannot speak. */
  decide?: (challenge: Challenge, week: Week, events: readonly Event[]) => Promise<void>;
  /** Jobs other than events: ticks and effects. Gives the seconds to wait when it must be tried again. */
  perform?: (body: JobBody, job: Job) => Promise<{ retryAfterSeconds: number } | undefined>;
  /** Something an admin should know: `code` is a heading of RUNBOOK.md, `subject` names a key, never a text. */
  alarm?: (code: string, subject: string) => Promise<void>;
}

/** A job and what it says; undefined when that is none of ours. */
interface Read {
  job: Job;
  body: JobBody | undefined;
}

/** A job is appended, folded, saved, decided. */
export const createWorker = (ports: WorkerPorts) => {
  const log = openLog(ports.log);
  const inTurn = createTurns();
  const byChannel = new Map(ports.challenges.map((challenge) => [challenge.channel, challenge]));
  const channels = new Set(byChannel.keys());

  const setAside = async (reason: string, content: unknown): Promise<{ created: boolean }> => {
    const { key, created } = await quarantine(ports.log, reason, content);
    if (created) await ports.alarm?.('quarantine', key);
    return { created };
  };

  /** Appends what a job holds; gives the event when it is one. */
  const append = async ({ job, body }: Read): Promise<Event | undefined> => {
    if (!body) return void (await setAside('a job of no known kind', job.body));
    if (body.kind === 'malformed') return void (await setAside(body.reason, body.raw));
    if (body.kind !== 'event') return undefined;
    // A copy is put aside before one more try; when the copy is there already, that try did not end either.
    if (job.received > SUSPECT_TRIES && !(await setAside('taken again and again', body.payload)).created)
      return undefined;
    try {
      return await appendPayload(body.payload);
    } catch (error) {
      if (error instanceof Unavailable || job.received < MAX_JOB_TRIES) throw error;
      return void (await setAside(`failed ${job.received} times: ${(error as Error).message}`, body.payload));
    }
  };

  const appendPayload = async (payload: unknown): Promise<Event | undefined> => {
    const translation = translate(payload, channels);
    if (translation.to === 'broken') return void (await setAside(translation.reason, payload));
    if (translation.to === 'other') return void (await putOther(ports.log, translation, payload));
    return appendEvent(translation.event);
  };

  /** Gives the event that the log holds: what is not in the log must not come into a ledger. */
  const appendEvent = async (event: Event): Promise<Event | undefined> => {
    const calendar = calendarOf((byChannel.get(event.channel) as Challenge).timeZone);
    const appended = await log.append(event, calendar);
    if (appended !== 'conflict') return event;
    const kept = await log.find(keyOf(event, calendar), calendar);
    if (!isEcho(event) && !isInferred(kept)) await setAside('another event has this key', event);
    return kept;
  };

  /**
   * Folds events of one week into its ledger: loaded, folded, saved if it changed, and again if somebody else saved meanwhile. A ledger
   * that is missing, damaged or of another version is folded anew from the log, which holds these events already.
   */
  const saveLedger = (
    { channel, timeZone }: Challenge,
    week: Week,
    events: readonly Event[],
  ): Promise<{ poisoned: Poisoned[]; isNew: boolean }> =>
    // One after the other within this process; against other processes the compare-and-swap guards.
    inTurn(keys.ledger(channel, week), () =>
      again(ports.documents, async () => {
        const document = await ports.documents.load<Ledger>(keys.ledger(channel, week));
        const ours = document.value?.version === LEDGER_VERSION && document.value.week === week;
        let folded = ours ? foldSafely(document.value as Ledger, events) : undefined;
        // Before an event is blamed, the ledger is.
        if (!folded || folded.poisoned.length > 0)
          folded = foldSafely(emptyLedger(channel, week), await readWeek(channel, week, calendarOf(timeZone)));
        await ports.documents.save(document, folded.state);
        return { poisoned: folded.poisoned, isNew: document.etag === undefined };
      }),
    );

  /** The events of a week; one that is damaged is told of, and does not hold up the others. */
  const readWeek = async (channel: string, week: Week, calendar: Calendar): Promise<Event[]> => {
    const damaged: Corrupt[] = [];
    const events = await log.readWeek(channel, week, calendar, (error) => damaged.push(error));
    for (const { message } of damaged) await ports.alarm?.('damaged', message.split(':')[0] as string);
    return events;
  };

  /** Folds events into the ledgers of their weeks; gives the months these belong to. */
  const foldEvents = async (events: readonly Event[]): Promise<Dirty[]> => {
    const dirty = new Map<string, Dirty>();
    for (const { challenge, week, ofWeek } of groupByWeek(events, byChannel)) {
      const { poisoned, isNew } = await saveLedger(challenge, week, ofWeek);
      for (const { event, reason } of poisoned) await setAside(reason, event);
      await ports.decide?.(challenge, week, ofWeek);
      const name = `${challenge.channel}/${monthOf(week)}`;
      dirty.set(name, { challenge, month: monthOf(week), isNew: isNew || dirty.get(name)?.isNew === true });
    }
    return [...dirty.values()];
  };

  /** Does a job that is no event; says when it must be tried again. One that fails for a reason of its own does not hold up the others for ever. */
  const performJob = async ({ job, body }: Read): Promise<{ error: unknown; delaySeconds?: number } | undefined> => {
    if (!body || body.kind === 'event' || body.kind === 'malformed' || !ports.perform) return undefined;
    try {
      const again = await ports.perform(body, job);
      return again && { error: undefined, delaySeconds: again.retryAfterSeconds };
    } catch (error) {
      if (error instanceof Unavailable || error instanceof Conflict || job.received < MAX_JOB_TRIES) return { error };
      await setAside(`failed ${job.received} times: ${(error as Error).message}`, body);
      return undefined;
    }
  };

  /** Handles jobs of one group, in order. Never throws. After the first failure nothing behind it is done. */
  const handle = async (jobs: Job[]): Promise<Outcome> => {
    const read: Read[] = jobs.map((job) => ({ job, body: parseJob(job.body) }));
    const appended = await Promise.allSettled(read.map(append));
    const failure = appended.findIndex(({ status }) => status === 'rejected');
    const good = failure < 0 ? jobs : jobs.slice(0, failure);
    const failed = jobs
      .slice(good.length)
      .map((job) => ({ job, error: (appended[failure] as PromiseRejectedResult).reason as unknown }));
    const events = appended
      .slice(0, good.length)
      .flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []));
    try {
      const dirty = await foldEvents(events);
      for (const [position, each] of read.slice(0, good.length).entries()) {
        const again = await performJob(each);
        if (again)
          return {
            done: good.slice(0, position),
            failed: [...good.slice(position).map((job) => ({ job, ...again })), ...failed],
            dirty,
          };
      }
      return { done: good, failed, dirty };
    } catch (error) {
      return { done: [], failed: jobs.map((job) => ({ job, error })), dirty: [] };
    }
  };

  return { handle, appendEvent, foldEvents };
};

export type Worker = ReturnType<typeof createWorker>;

/** Slack's echo of a message of our own may be worded slightly differently from its answer, which was first. */
const isEcho = (event: Event): boolean => event.kind === 'message.posted' && event.metadata?.effect !== undefined;

/** What reconciling or importing found may be worded slightly differently from the delivery that comes after all. */
const isInferred = (event: Event | undefined): boolean =>
  event !== undefined && 'inferred' in event && event.inferred === true;
