import { Cron } from 'croner';
import { tsAt } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, plusMonths, type Week, weeksOf } from '../events/week.ts';
import { closeMonth } from '../handlers/month-result.ts';
import { dueAt, dueTs, openWeek } from '../handlers/open-week.ts';
import { weekOpenJob } from '../outbox/effect-jobs.ts';
import { keys } from '../pipeline/keys.ts';
import { loadLedgers } from '../pipeline/ledgers.ts';
import { NO_TIME, type Recorder } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { type JobBody, jobOf } from '../queue/jobs.ts';
import type { NewJob, Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import type { Documents } from '../store/documents.ts';

type TickJob = Extract<JobBody, { kind: 'tick' }>;

/** The job for a tick of the schedule. It waits in line with the channel's events: a result counts all that was acknowledged before it. */
export const tickJob = (channel: string, tick: TickJob['tick'], scheduledAt: Date, month?: Month): NewJob =>
  jobOf(`${tick}/${channel}/${month ?? scheduledAt.toISOString()}`, channel, {
    kind: 'tick',
    tick,
    channel,
    scheduledAt: scheduledAt.toISOString(),
    ...(month ? { month } : {}),
  });

export interface TickPorts {
  documents: Documents;
  queue: Pick<Queue, 'put'>;
  recorder: Recorder;
}

/** Does what a tick asks for, however often it comes: freezes a month's result, or queues a week's post. */
export const performTick = async (challenge: Challenge, job: TickJob, ports: TickPorts): Promise<void> => {
  const calendar = calendarOf(challenge.timeZone);
  const seconds = Date.parse(job.scheduledAt) / 1000;
  if (!Number.isFinite(seconds)) return;
  const week = calendar.weekAt(seconds);
  if (job.tick === 'week.open') await ports.queue.put([weekOpenJob(challenge, week)]);
  if (job.tick === 'month.result') await freeze(challenge, job.month ?? plusMonths(monthOf(week), -1), seconds, ports);
};

/** The result is in the log before it is announced; the announcement follows from it. */
const freeze = async (
  challenge: Challenge,
  month: Month,
  seconds: number,
  { documents, recorder }: TickPorts,
): Promise<void> => {
  const last = weeksOf(month).at(-1) as string;
  const ledger = (await documents.load<Ledger>(keys.ledger(challenge.channel, last))).value;
  if (ledger?.closed[month]) {
    // The try that froze it may have failed before it had queued the announcement.
    const event = { v: 1, kind: 'month.closed', channel: challenge.channel, at: NO_TIME, month } as const;
    await recorder.recall({ ...event, weeks: [], rules: {}, members: [], challengers: [], special: [] });
    return;
  }
  // A result is for ever: it is worked out from what is stored, not from what is remembered.
  for (const week of weeksOf(month)) await documents.reload(keys.ledger(challenge.channel, week));
  const ledgers = (await loadLedgers(documents, challenge.channel, month)).map(({ value }) => value);
  const closed = closeMonth(challenge, month, ledgers, tsAt(seconds * 1000));
  if (closed) await recorder.record(closed);
};

/**
 * Asks every ten minutes, at the scheduled minutes and at once, what is due, and puts it on the queue. A machine that was off or asleep
 * thereby makes up for what it missed.
 */
export const startSchedule = (
  challenges: readonly Challenge[],
  {
    queue,
    documents,
    clock,
    onError,
    upkeep,
  }: {
    queue: Pick<Queue, 'put'>;
    documents: Documents;
    clock: Clock;
    onError: (error: unknown) => void;
    /** Compares with Slack every night, and seals on Wednesdays, when last week has been quiet for 48 hours. */
    upkeep: (tick: 'reconcile' | 'seal', challenge: Challenge) => Promise<void>;
  },
) => {
  const ask = async (challenge: Challenge): Promise<void> => {
    try {
      await queue.put(await dueJobs(challenge, documents, clock.now() / 1000));
    } catch (error) {
      onError(error);
    }
  };
  const cronsOf = (challenge: Challenge): Cron[] => {
    const { timeZone: timezone, schedule } = challenge;
    const at = (time: string): string => `${Number(time.slice(3))} ${Number(time.slice(0, 2))} * * 1`;
    const ring = (pattern: string, work: () => Promise<void>): Cron =>
      new Cron(pattern, { timezone, unref: true, protect: true, catch: onError }, work);
    return [
      ...['*/10 * * * *', at(schedule.monthResult), at(schedule.weekOpen)].map((pattern) =>
        ring(pattern, () => ask(challenge)),
      ),
      ring('30 4 * * *', () => upkeep('reconcile', challenge)),
      ring('0 5 * * 3', () => upkeep('seal', challenge)),
    ];
  };
  let crons: Cron[] = [];
  return {
    /** Asks at once, and from now on. */
    start: async (): Promise<void> => {
      crons = challenges.flatMap(cronsOf);
      await Promise.all(challenges.map(ask));
    },
    stop: (): void => {
      for (const cron of crons) cron.stop();
    },
  };
};

/** What is due and not yet done, as jobs. A month in which no week was open has no result, however often it is asked for. */
export const dueJobs = async (challenge: Challenge, documents: Documents, now: number): Promise<NewJob[]> => {
  const calendar = calendarOf(challenge.timeZone);
  const jobs: NewJob[] = [];
  for (const { tick, at, month, week } of dueAt(challenge, calendar, now)) {
    const ledgers = (await loadLedgers(documents, challenge.channel, month ?? monthOf(week as Week))).map(
      ({ value }) => value,
    );
    if (month && ledgers.some(({ closed }) => closed[month])) continue;
    if (month && !closeMonth(challenge, month, ledgers, dueTs(at))) continue;
    const ledger = ledgers.find((each) => each.week === week);
    if (week && !openWeek(challenge, week, ledger, dueTs(at))) continue;
    jobs.push(tickJob(challenge.channel, tick, new Date(at * 1000), month));
  }
  return jobs;
};
