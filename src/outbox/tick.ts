import { type Ts, tsAt } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, plusMonths, type Week, weeksOf } from '../events/week.ts';
import { isUnclear, lastAttempt } from '../handlers/effect-record.ts';
import { closeMonth, isExtended, monthResultId } from '../handlers/month-result.ts';
import { keys } from '../pipeline/keys.ts';
import { isStored, loadLedgers, loadMonth, mustBeWhole } from '../pipeline/ledgers.ts';
import { NO_TIME, type Recorder } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { EffectRecord, Ledger } from '../projections/ledger.ts';
import { type Again, type JobBody, jobOf } from '../queue/jobs.ts';
import type { NewJob, Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import type { Documents } from '../store/documents.ts';
import { digestJob, monthResultJob, weekOpenJob } from './effect-jobs.ts';
import type { IsTimeRight } from './timekeeper.ts';

type TickJob = Extract<JobBody, { kind: 'tick'; channel: string }>;

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
  clock: Pick<Clock, 'now'>;
  isTimeRight: IsTimeRight;
}

/** The ticks that ask for something to be said. */
const ASKED: ReadonlySet<string> = new Set(['week.open', 'month.result', 'digest'] satisfies TickJob['tick'][]);

/** Whether a tick asks for periodic maintenance, which is done once its job is. */
export const isUpkeep = (tick: TickJob['tick']): boolean => !ASKED.has(tick);

/** How soon a tick that came while the time was not certain comes again. */
export const UNSURE_AGAIN_SECONDS = 60;
/** How far apart two clocks that are right may be. */
const CLOCK_ERROR_SECONDS = 600;

/**
 * Does what a tick asks for, however often it comes: freezes a month's result, or queues a week's post or digest. `group` is the queue's that it
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
  if (!Number.isFinite(seconds) || isUpkeep(job.tick)) return undefined;
  if (!(await ports.isTimeRight())) return waitForTime(challenge, job, group, ports);
  // It was asked for by a clock that was ahead. When its time comes, it is asked for again.
  if (seconds - ports.clock.now() / 1000 > CLOCK_ERROR_SECONDS) return undefined;
  const week = calendar.weekAt(seconds);
  const wish = job.asked && { asked: job.asked, at: job.scheduledAt };
  if (job.tick === 'week.open') {
    await ports.queue.put([weekOpenJob(challenge, week, wish)]);
    return undefined;
  }
  if (job.tick === 'digest') {
    await ports.queue.put([digestJob(challenge, week)]);
    return undefined;
  }
  const month = job.month ?? plusMonths(monthOf(week), -1);
  if (!job.asked && (await waitsFor(challenge, month, ports))) return undefined;
  const isFrozen = await freeze(challenge, month, tsAt(seconds * 1000), job.unsaid, ports);
  if (isFrozen && wish) await ports.queue.put([monthResultJob(challenge, month, wish)]);
  return undefined;
};

/** Where ticks wait for the right time and hold up no event of their channel. */
export const waitingGroup = ({ channel }: Pick<Challenge, 'channel'>): string => `clock/${channel}`;

/** The job for a tick that waits until the time is certain. */
export const waitingJob = (job: TickJob): NewJob => {
  const wanted = job.asked || job.unsaid ? job : undefined;
  const { id } = tickJob(job.channel, job.tick, new Date(job.scheduledAt), job.month, wanted);
  return jobOf(job.portion ? `${id}/${job.portion}/waits` : `${id}/waits`, waitingGroup(job), job);
};

const waitForTime = async (challenge: Challenge, job: TickJob, group: string, { queue }: TickPorts): Promise<Again> => {
  if (group === waitingGroup(challenge)) return { retryAfterSeconds: UNSURE_AGAIN_SECONDS };
  await queue.put([waitingJob(job)]);
  return undefined;
};

/** Whether a month's result waits for the end of its last week, which was extended. Then it is asked for again. */
const waitsFor = async ({ channel }: Challenge, month: Month, { documents, clock }: TickPorts): Promise<boolean> => {
  const ledgers = (await loadLedgers(documents, channel, month)).map(({ value }) => value);
  return isExtended(month, ledgers, tsAt(clock.now()));
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
  for (const { key } of await loadMonth(documents, challenge, month)) await documents.reload(key);
  const sources = await loadMonth(documents, challenge, month);
  mustBeWhole(sources);
  const ledgers = sources.filter(isStored).map(({ value }) => value);
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
