import { calendarOf } from '../events/week.ts';
import { upkeepDue } from '../handlers/upkeep-due.ts';
import { ASKED_EVERY_MINUTES, type Challenge } from '../projections/challenge.ts';
import type { NewJob, Queue } from '../queue/queue.ts';
import { describeError, type Report } from '../setup/report.ts';
import type { Documents } from '../store/documents.ts';
import { mapOrdered } from '../store/together.ts';
import { dueJobs } from './due-jobs.ts';
import type { AskPersonal } from './personal-due.ts';
import { type TickPorts, tickJob } from './tick.ts';

export interface DuePorts extends Pick<TickPorts, 'documents' | 'clock' | 'isTimeRight'> {
  challenges: readonly Challenge[];
  documents: Documents;
  queue: Pick<Queue, 'put'>;
  report: Report;
  askPersonal: AskPersonal;
  /** Without a token nothing can be said, so nothing that would be said is asked for. */
  canSpeak: boolean;
}

/** How many challenges are looked at at a time: each asks the storage a few times, and waits for it. */
const CHALLENGES_AT_ONCE = 16;
/** How far the clock of whoever sends the ticks may be ahead of this machine's. */
const CLOCK_ERROR_SECONDS = 600;

/**
 * Asks for all challenges what is due, and queues it in line with each channel's events. Maintenance is asked for by the instant for which
 * the tick was meant, so that it is asked for once, however late the tick comes. All else is asked for by what is not done yet: what
 * a tick could not find out, the next one does.
 */
export const performDue = async (scheduledAt: string, ports: DuePorts): Promise<void> => {
  const { challenges, queue, clock, canSpeak } = ports;
  const scheduled = Date.parse(scheduledAt) / 1000;
  if (!Number.isFinite(scheduled)) return;
  const isTimeRight = canSpeak && (await ports.isTimeRight());
  const now = clock.now() / 1000;
  // A tick of 09:30 is not too early where it is still 09:29:59.
  const asOf = scheduled - now > CLOCK_ERROR_SECONDS ? now : Math.max(now, scheduled);
  await mapOrdered(challenges, CHALLENGES_AT_ONCE, async (challenge) => {
    await queue.put(upkeepJobs(challenge, scheduled, challenge === challenges[0]));
    if (isTimeRight) await askDue(challenge, asOf, ports);
  });
};

/** The maintenance since the tick before. What is done once for all challenges is asked of the first. */
const upkeepJobs = ({ channel, timeZone }: Challenge, scheduled: number, isFirst: boolean): NewJob[] =>
  upkeepDue(calendarOf(timeZone), scheduled - ASKED_EVERY_MINUTES * 60, scheduled)
    .filter(({ tick }) => isFirst || tick !== 'traces')
    .map(({ tick, at }) => tickJob(channel, tick, new Date(at * 1000)));

/** What cannot be read of one challenge holds up no other. */
const askDue = async (challenge: Challenge, now: number, ports: DuePorts): Promise<void> => {
  const { documents, queue, report, askPersonal } = ports;
  const guarded = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      report('problem', { error: `what is due in ${challenge.channel} is asked again: ${describeError(error)}` });
      return undefined;
    }
  };
  await queue.put((await guarded(() => dueJobs(challenge, documents, now))) ?? []);
  await guarded(() => askPersonal(challenge, now));
};
