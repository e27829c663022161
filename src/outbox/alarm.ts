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
  /** Whether anybody can be told. */
  canSpeak: boolean;
}

/** `code` is a heading of RUNBOOK.md; `subject` names a key, never a text. */
export type Alarm = (code: string, subject: string) => Promise<void>;

const HOUR_MILLISECONDS = 3_600_000;
const ALARMS_AN_HOUR = 5;

/** Tells the admins, a few times an hour at most for each kind of trouble; the report has all of it. */
export const createAlarm = ({ challenges, queue, clock, report, canSpeak }: AlarmPorts): Alarm => {
  const raised = new Map<string, number[]>();
  return async (code, subject) => {
    report('alarm', { code, subject });
    const elapsed = clock.elapsed();
    const recent = (raised.get(code) ?? []).filter((at) => elapsed - at < HOUR_MILLISECONDS);
    raised.set(code, [...recent, elapsed]);
    if (!canSpeak || recent.length >= ALARMS_AN_HOUR) return;
    const told = new Set<string>();
    for (const challenge of challenges) {
      const admins = challenge.admins.filter((admin) => !told.has(admin));
      for (const admin of admins) told.add(admin);
      await queue.put(alarmJobs({ ...challenge, admins } satisfies Challenge, code, subject, clock.now()));
    }
  };
};
