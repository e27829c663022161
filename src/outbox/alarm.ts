import type { Challenge } from '../projections/challenge.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import type { Report } from '../setup/report.ts';
import { alarmJobs } from './effect-jobs.ts';

export interface AlarmPorts {
  challenges: readonly Challenge[];
  queue: Pick<Queue, 'put'>;
  clock: Clock;
  report: Report;
  /** Whether alarms can be sent in Slack. */
  canSpeak: boolean;
  tell?: Tell | undefined;
}

/** Sends an alarm by another way than Slack. Never throws, and nobody waits for it. */
export type Tell = (text: string) => void;

/** Raises an alarm: `code` is a heading of RUNBOOK.md; `subject` names a key, never a text. With a `channel`, only that challenge's admins get it. */
export type Alarm = (code: string, subject: string, channel?: string) => Promise<void>;

const HOUR_MILLISECONDS = 3_600_000;
const ALARMS_AN_HOUR = 5;

/** Tells the admins, a few times an hour at most for each kind of trouble; the report has all of it. */
export const createAlarm = ({ challenges, queue, clock, report, canSpeak, tell }: AlarmPorts): Alarm => {
  const raised = new Map<string, number[]>();

  const isTooOften = (name: string): boolean => {
    const now = clock.elapsed();
    const recent = (raised.get(name) ?? []).filter((at) => now - at < HOUR_MILLISECONDS);
    raised.set(name, [...recent, now]);
    return recent.length >= ALARMS_AN_HOUR;
  };

  const tellAdmins = async (about: readonly Challenge[], code: string, subject: string): Promise<void> => {
    const told = new Set<string>();
    for (const challenge of about) {
      const admins = challenge.admins.filter((admin) => !told.has(admin));
      for (const admin of admins) told.add(admin);
      await queue.put(alarmJobs({ ...challenge, admins }, code, subject, clock.now()));
    }
  };

  return async (code, subject, channel) => {
    report('alarm', { code, subject });
    if (isTooOften(`${code} ${channel ?? ''}`)) return;
    tell?.(alarmText(code, subject));
    if (!canSpeak) return;
    const about = channel === undefined ? challenges : challenges.filter((each) => each.channel === channel);
    await tellAdmins(about, code, subject);
  };
};

/** What is told of an alarm the second way. */
export const alarmText = (code: string, subject: string): string =>
  `TIL challenge: ${code}: ${subject}. See the heading of that name in RUNBOOK.md.`;
