import { tsAt } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, plusMonths, type Week, weeksOf } from '../events/week.ts';
import { closeMonth } from '../handlers/month-result.ts';
import { dueAt, dueTs, firstOpenMonth, openWeek } from '../handlers/open-week.ts';
import { keys } from '../pipeline/keys.ts';
import { loadLedgers } from '../pipeline/ledgers.ts';
import { NO_TIME, type Recorder } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { IndexSnapshot } from '../projections/contract.ts';
import type { Ledger } from '../projections/ledger.ts';
import { type JobBody, jobOf } from '../queue/jobs.ts';
import type { NewJob, Queue } from '../queue/queue.ts';
import type { Documents } from '../store/documents.ts';
import { weekOpenJob } from './effect-jobs.ts';

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
 * The months that are over and that nobody has closed, as jobs: imported ones, and those that were missed, for however long. Only for a
 * moment when nothing of these months is on its way: a result is for ever.
 */
export const overdueJobs = async (challenge: Challenge, documents: Documents, now: number): Promise<NewJob[]> => {
  const { channel } = challenge;
  const openFrom = firstOpenMonth(challenge, now);
  const index = (await documents.load<IndexSnapshot>(keys.index(channel))).value;
  return (index?.months ?? [])
    .filter(({ month, closed, weeks }) => !closed && weeks.length > 0 && month < openFrom)
    .map(({ month }) => tickJob(channel, 'month.result', new Date(now * 1000), month));
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
