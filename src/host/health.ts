import type { Report } from '../setup/report.ts';

/** What may keep the bot from hearing, storing or working. Each is a heading of RUNBOOK.md. */
export const REASONS = ['disk', 'queue', 'worker', 'socket', 'slack-token', 'clock'] as const;

/** A reason why `/healthz` answers 503. */
export type Reason = (typeof REASONS)[number];

/** What is known to be wrong at this moment. Whoever notices something sets its reason here, and clears it when it is over. */
export interface Health {
  /** Sets the reason when `stands` is true, and clears it when it is false. */
  set(reason: Reason, stands: boolean): void;
  /** The reasons that stand, in the order of `REASONS`. */
  reasons(): Reason[];
}

/** Nothing is wrong at first. Each change is one line of the report. */
export const createHealth = (report: Report): Health => {
  const standing = new Set<Reason>();
  const reasons = (): Reason[] => REASONS.filter((reason) => standing.has(reason));
  return {
    reasons,
    set: (reason, stands) => {
      if (standing.has(reason) === stands) return;
      if (stands) standing.add(reason);
      else standing.delete(reason);
      report('health', { ok: standing.size === 0, reasons: reasons().join(',') });
    },
  };
};

/** What `/healthz` answers, on one machine and on AWS: never a secret. */
export interface HealthAnswer {
  ok: boolean;
  /** How many jobs wait; null when that is not known. */
  waiting: number | null;
  reasons: Reason[];
}

/** The answer for these reasons. */
export const healthAnswer = (reasons: Reason[], waiting: number | null): HealthAnswer => ({
  ok: reasons.length === 0,
  waiting,
  reasons,
});
