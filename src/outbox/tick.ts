import { tsAt } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, plusMonths, type Week, weeksOf } from '../events/week.ts';
import { missedMonths } from '../handlers/missed-months.ts';
import { closeMonth } from '../handlers/month-result.ts';
import { dueAt, dueTs, openWeek } from '../handlers/open-week.ts';
import { keys } from '../pipeline/keys.ts';
import { loadLedgers } from '../pipeline/ledgers.ts';
import { NO_TIME, type Recorder } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { IndexSnapshot } from '../projections/contract.ts';
import type { Ledger } from '../projections/ledger.ts';
import { type Again, type JobBody, jobOf } from '../queue/jobs.ts';
import type { NewJob, Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import type { Documents } from '../store/documents.ts';
import { weekOpenJob } from './effect-jobs.ts';
import type { IsTimeRight } from './timekeeper.ts';

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
  clock: Pick<Clock, 'now'>;
  isTimeRight: IsTimeRight;
}

/** How soon a tick that came while the time was not certain comes again. */
const UNSURE_AGAIN_SECONDS = 60;
/** How far apart two clocks that are right may be. */
const CLOCK_ERROR_SECONDS = 600;

/**
 * Does what a tick asks for, however often it comes: freezes a month's result, or queues a week's post. `group` is the queue's that it
 * came in.
 */
export const performTick = async (
  challenge: Challenge,
  job: TickJob,
  group: string,
  ports: TickPorts,
): Promise<Again> => {
  const calendar = calendarOf(challenge.timeZone);
  const seconds = Date.parse(job.scheduledAt) / 1000;
  if (!Number.isFinite(seconds) || (job.tick !== 'week.open' && job.tick !== 'month.result')) return undefined;
  if (!(await ports.isTimeRight())) return waitForTime(challenge, job, group, ports);
  // It was asked for by a clock that was ahead. When its time comes, it is asked for again.
  if (seconds - ports.clock.now() / 1000 > CLOCK_ERROR_SECONDS) return undefined;
  const week = calendar.weekAt(seconds);
  if (job.tick === 'week.open') await ports.queue.put([weekOpenJob(challenge, week)]);
  else await freeze(challenge, job.month ?? plusMonths(monthOf(week), -1), seconds, ports);
  return undefined;
};

/** A tick waits for the right time where it holds up no event of its channel. */
const waitForTime = async (
  { channel }: Challenge,
  job: TickJob,
  group: string,
  { queue }: TickPorts,
): Promise<Again> => {
  const waiting = `clock/${channel}`;
  if (group === waiting) return { retryAfterSeconds: UNSURE_AGAIN_SECONDS };
  const { id } = tickJob(channel, job.tick, new Date(job.scheduledAt), job.month);
  await queue.put([jobOf(`${id}/waits`, waiting, job)]);
  return undefined;
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

/** The results that are overdue by more than a month, as jobs. To be asked only when no event of theirs is still on its way. */
export const missedJobs = async (challenge: Challenge, documents: Documents, now: number): Promise<NewJob[]> => {
  const { channel } = challenge;
  const index = (await documents.load<IndexSnapshot>(keys.index(channel))).value;
  return missedMonths(challenge, index?.months ?? [], now).map(({ tick, at, month }) =>
    tickJob(channel, tick, new Date(at * 1000), month),
  );
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
