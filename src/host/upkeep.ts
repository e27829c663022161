import type { Storage } from '../history/month.ts';
import { sealQuietWeeks } from '../history/seal.ts';
import type { Recorder } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Tick } from '../queue/jobs.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import { describeError, type Report } from '../setup/report.ts';
import type { Reader } from '../slack/reader.ts';
import { type Comparison, compareWithSlack } from './comparison.ts';
import { within } from './within.ts';

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

/**
 * Periodic maintenance: compares the log with Slack, and seals quiet weeks. Says whether it came to its end, or goes on in another run;
 * `comparison` is the comparison with Slack that is begun, or gone on with.
 */
export const performUpkeep = async (
  tick: Tick,
  challenge: Challenge,
  ports: UpkeepPorts,
  milliseconds: number,
  comparison: Comparison,
): Promise<boolean | 'goes on'> => {
  if (tick === 'reconcile') return compareWithSlack(challenge, ports, milliseconds, comparison);
  return tick === 'seal' && seal(challenge, ports, milliseconds);
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
