import { setTimeout as wait } from 'node:timers/promises';
import { calendarOf, type Month, monthOf, plusMonths, type Week, weeksOf } from '../events/week.ts';
import type { Storage } from '../history/month.ts';
import { sealQuietWeeks } from '../history/seal.ts';
import { alarmJobs } from '../outbox/effect-jobs.ts';
import type { Recorder } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Tick } from '../queue/jobs.ts';
import type { Queue } from '../queue/queue.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import { countKinds } from '../reconcile/result.ts';
import type { Clock } from '../setup/clock.ts';
import { describeError, type Report } from '../setup/report.ts';
import type { Reader } from '../slack/reader.ts';

export interface UpkeepPorts extends Storage {
  queue: Pick<Queue, 'put'>;
  recorder: Recorder;
  /** Absent while there is no token: then nothing is compared. */
  reader?: Reader | undefined;
  clock: Clock;
  report: Report;
  /** Resolves after so many milliseconds, and holds up no process that wants to end. */
  after?: (milliseconds: number) => Promise<unknown>;
}

/** Periodic maintenance: compares the log with Slack, and seals quiet weeks. Says whether it came to its end. */
export const performUpkeep = async (
  tick: Tick,
  challenge: Challenge,
  ports: UpkeepPorts,
  milliseconds: number,
): Promise<boolean> => {
  if (tick === 'reconcile') return compareWithSlack(challenge, ports, milliseconds);
  return tick === 'seal' && seal(challenge, ports, milliseconds);
};

const monthsOf = ({ timeZone }: Challenge, { clock }: UpkeepPorts): [last: Month, current: Month] => {
  const month = monthOf(calendarOf(timeZone).weekAt(clock.now() / 1000));
  return [plusMonths(month, -1), month];
};

/**
 * Reads last month and this one from Slack and records what the log lacks; whoever looks after the challenge hears of it. Only the
 * reading takes long, and it changes nothing: when it fails or is cut short, nobody is held up, and the alarm says so.
 */
const compareWithSlack = async (challenge: Challenge, ports: UpkeepPorts, milliseconds: number): Promise<boolean> => {
  const { reader, recorder } = ports;
  if (!reader) return false;
  const calendar = calendarOf(challenge.timeZone);
  const since = calendar.instant(weeksOf(monthsOf(challenge, ports)[0])[0] as Week, 0, 0, 0);
  const reading = reconcile(challenge, { ...ports, reader }, { since, dryRun: true, kept: true });
  const read = (await within(milliseconds, reading, ports.after).catch(describeError)) ?? 'not finished in time';
  if (typeof read === 'string') {
    await raise(challenge, read, ports);
    return false;
  }
  // A try that ended halfway may have appended what it had not folded yet, and what is in the log is not found again.
  for (const events of read.unfolded.values()) await recorder.refold(events);
  await recorder.record(...read.found);
  const counts = Object.entries(countKinds(read.found)).map(([kind, count]) => `${count} ${kind}`);
  const doubtful = read.doubtful.map(({ month, messages }) => `${messages.length} messages of ${month} not shown`);
  if (read.doubtfulMembers.length > 0) doubtful.push(`${read.doubtfulMembers.length} members not listed`);
  if (read.skipped.length > 0) doubtful.push(`${read.skipped.length} things that could not be read`);
  if (counts.length + doubtful.length > 0) await raise(challenge, [...counts, ...doubtful].join(', '), ports);
  return doubtful.length === 0;
};

const raise = async (challenge: Challenge, what: string, { queue, clock, report }: UpkeepPorts): Promise<void> => {
  const code = 'reconcile-differences';
  const subject = `${challenge.channel}, ${new Date(clock.now()).toISOString().slice(0, 10)}: ${what}`;
  report('alarm', { code, subject });
  await queue.put(alarmJobs(challenge, code, subject, clock.now()));
};

/** Seals the weeks that are quiet. Only ever creates, so it may be cut short: the next tick goes on. */
const seal = async (challenge: Challenge, ports: UpkeepPorts, milliseconds: number): Promise<boolean> => {
  const { log, clock, report } = ports;
  const { channel } = challenge;
  const sealing = within(milliseconds, sealQuietWeeks(challenge, log, clock.now()), ports.after);
  const sealed = (await sealing.catch(describeError)) ?? 'not finished in time';
  if (typeof sealed === 'string') {
    report('problem', { error: `sealing ${channel} goes on next week: ${sealed}` });
    return false;
  }
  for (const { week, outcome } of sealed.weeks)
    if (outcome === 'sealed' || outcome === 'damaged') report(outcome, { channel, week });
  return true;
};

/** The result of some work, or undefined when it takes longer. */
const within = async <T>(
  milliseconds: number,
  work: Promise<T>,
  after: (milliseconds: number) => Promise<unknown> = (time) => wait(time, undefined, { ref: false }),
): Promise<T | undefined> => {
  work.catch(() => undefined); // A failure after the time limit concerns nobody.
  return Promise.race([work, after(Math.max(0, milliseconds)).then(() => undefined)]);
};
