import { type Ts, tsAt } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, plusMonths, type Week, weeksOf } from '../events/week.ts';
import { isUnclear, lastAttempt } from '../handlers/effect.ts';
import { closeMonth, monthResultId } from '../handlers/month-result.ts';
import { dueAt, dueTs, firstOpenMonth, openWeek } from '../handlers/open-week.ts';
import { keys } from '../pipeline/keys.ts';
import { loadLedgers } from '../pipeline/ledgers.ts';
import { NO_TIME, type Recorder } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { IndexSnapshot } from '../projections/contract.ts';
import type { EffectRecord, Ledger } from '../projections/ledger.ts';
import { type JobBody, jobOf } from '../queue/jobs.ts';
import type { NewJob, Queue } from '../queue/queue.ts';
import type { Documents } from '../store/documents.ts';
import { monthResultJob, weekOpenJob } from './effect-jobs.ts';

type TickJob = Extract<JobBody, { kind: 'tick' }>;

/** What a person who asks wants beside what the schedule does. */
export type Wanted = Pick<TickJob, 'asked' | 'unsaid'>;

/** The job for a tick of the schedule. It waits in line with the channel's events: a result counts all that was acknowledged before it. */
export const tickJob = (
  channel: string,
  tick: TickJob['tick'],
  scheduledAt: Date,
  month?: Month,
  wanted?: Wanted,
): NewJob => {
  const at = scheduledAt.toISOString();
  // Whoever asks again within minutes must not be taken for a repetition.
  const name = wanted && month ? `${month}/${at}` : (month ?? at);
  return jobOf(`${tick}/${channel}/${name}`, channel, {
    kind: 'tick',
    tick,
    channel,
    scheduledAt: at,
    ...(month ? { month } : {}),
    ...wanted,
  });
};

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
  const wish = job.asked && { asked: job.asked, at: job.scheduledAt };
  if (job.tick === 'week.open') await ports.queue.put([weekOpenJob(challenge, week, wish)]);
  if (job.tick !== 'month.result') return;
  const month = job.month ?? plusMonths(monthOf(week), -1);
  const at = tsAt(seconds * 1000);
  if (!(await freeze(challenge, month, at, job.unsaid, ports))) return;
  if (wish) await ports.queue.put([monthResultJob(challenge, month, wish)]);
};

/**
 * The result is in the log before it is announced; the announcement follows from it, unless it is to stay unsaid. Says whether the month
 * has a result.
 */
const freeze = async (
  challenge: Challenge,
  month: Month,
  at: Ts,
  unsaid: string | undefined,
  ports: TickPorts,
): Promise<boolean> => {
  const { documents, recorder } = ports;
  const last = weeksOf(month).at(-1) as string;
  const ledger = (await documents.load<Ledger>(keys.ledger(challenge.channel, last))).value;
  if (ledger?.closed[month]) {
    // The try that froze it may have failed before it had queued the announcement.
    const event = { v: 1, kind: 'month.closed', channel: challenge.channel, at: NO_TIME, month } as const;
    if (unsaid) await passOver(challenge, month, at, unsaid, ports);
    await recorder.recall({ ...event, weeks: [], rules: {}, members: [], challengers: [], special: [] });
    return true;
  }
  // A result is for ever: it is worked out from what is stored, not from what is remembered.
  for (const week of weeksOf(month)) await documents.reload(keys.ledger(challenge.channel, week));
  const ledgers = (await loadLedgers(documents, challenge.channel, month)).map(({ value }) => value);
  const closed = closeMonth(challenge, month, ledgers, at);
  if (!closed) return false;
  // First, so that freezing it makes nothing owed.
  if (unsaid) await passOver(challenge, month, at, unsaid, ports);
  await recorder.record(closed);
  return true;
};

/**
 * Records, once, that a month's result is not announced. The attempt that will not be made is claimed, as by whoever skips what is owed; it
 * bears the date of the job, by which the job finds its own claim again after a crash.
 */
const passOver = async (
  { channel }: Challenge,
  month: Month,
  at: Ts,
  reason: string,
  { documents, recorder }: TickPorts,
): Promise<void> => {
  const week = weeksOf(month).at(-1) as Week;
  const effect = monthResultId(month);
  const recordNow = async (): Promise<EffectRecord | undefined> =>
    (await documents.load<Ledger>(keys.ledger(channel, week))).value?.effects[effect];
  const event = { v: 1, channel, at, week, effect } as const;
  const before = await recordNow();
  if (before?.delivered || before?.skipped) return;
  const isOurs = before?.attempts?.[lastAttempt(before)]?.at === at;
  // Of an attempt of which nobody knows what became of it, whoever can ask Slack finds out.
  if (isUnclear(before) && !isOurs) return;
  const attempt = isOurs ? lastAttempt(before) : lastAttempt(before) + 1;
  await recorder.claim({ ...event, kind: 'effect.attempted', attempt });
  if ((await recordNow())?.attempts?.[attempt]?.at !== at) return;
  await recorder.record({ ...event, kind: 'effect.skipped', reason, attempt });
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
