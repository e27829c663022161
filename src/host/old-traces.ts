import { TRACES_LAST_SECONDS } from '../handlers/upkeep-due.ts';
import { lastHeard } from '../history/last-heard.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Clock } from '../setup/clock.ts';
import { describeError, type Report } from '../setup/report.ts';
import type { Bucket } from '../store/bucket.ts';
import { type EraseTraces, sumUpTraces } from '../store/trace-sums.ts';

export interface OldTracesPorts {
  log: Bucket;
  settings: { challenges: readonly Challenge[] };
  /** Absent: traces stay for ever. */
  eraseTraces?: EraseTraces | undefined;
  clock: Pick<Clock, 'now' | 'elapsed'>;
  report: Report;
}

/**
 * Counts the traces that are older than 30 days, and takes them away. How old they are is told by Slack's dates alone: theirs, and that of the
 * last message in the log; a clock that is ahead makes nothing older. What takes too long goes on the next night.
 */
export const sumUpOldTraces = async (
  { log, settings, eraseTraces, clock, report }: OldTracesPorts,
  milliseconds: number,
): Promise<void> => {
  if (!eraseTraces) return;
  const until = clock.elapsed() + milliseconds;
  try {
    const heard = await lastHeard(log, settings.challenges);
    if (heard === undefined) return;
    const before = Math.min(clock.now() / 1000, heard) - TRACES_LAST_SECONDS;
    const summed = await sumUpTraces(log, eraseTraces, before, () => clock.elapsed() < until);
    if (summed.erased > 0) report('traces', { ...summed });
  } catch (error) {
    report('problem', { error: `old traces stay until tomorrow: ${describeError(error)}` });
  }
};
