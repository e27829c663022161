import { secondsOf } from '../events/timestamp.ts';
import { calendarOf, type Week } from '../events/week.ts';
import { isFinal } from '../handlers/effect-record.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { parseJob } from '../queue/jobs.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import { describeError, type Report } from '../setup/report.ts';
import type { Documents } from '../store/documents.ts';
import { alarmText, type Tell } from './alarm.ts';
import { heardSince } from './background.ts';
import { alarmJobs, refOf } from './effect-jobs.ts';

export interface ReinstallPorts {
  challenges: readonly Challenge[];
  documents: Documents;
  queue: Pick<Queue, 'put'>;
  clock: Clock;
  report: Report;
  /** Whether Slack's answers say that the app lacks the scope `commands`. */
  needsReinstall?: (() => boolean) | undefined;
  tell?: Tell | undefined;
}

/** `seen/reinstall.json`: when it was told the second way, as a date of UTC such as 2026-11-30. Lost, it is told once more. */
interface Told {
  told: string;
}

/** Names what is lacking; the heading of the code in RUNBOOK.md says what follows. It is part of the alarm's id, so it never changes. */
const SUBJECT = 'commands';

/**
 * Tells the admins once that the app should be installed again, and once the second way, where there is one. The alarm is recorded in the
 * week in which the bot first listened, whatever the date is: so its id is the same at every start. Never throws.
 */
export const createReinstall = (ports: ReinstallPorts): (() => Promise<void>) => {
  let isAsked = false;
  return async () => {
    if (isAsked || !ports.needsReinstall?.()) return;
    isAsked = true;
    try {
      await tellAdmins(ports);
      await tellSecondWay(ports);
    } catch (error) {
      isAsked = false;
      ports.report('problem', { error: describeError(error) });
    }
  };
};

const tellAdmins = async ({ challenges, documents, queue, clock, report }: ReinstallPorts): Promise<void> => {
  const told = new Set<string>();
  for (const challenge of challenges) {
    const admins = challenge.admins.filter((admin) => !told.has(admin));
    for (const admin of admins) told.add(admin);
    const week = await firstWeek(challenge, documents, clock);
    const { value: ledger } = await documents.load<Ledger>(keys.ledger(challenge.channel, week));
    const jobs = alarmJobs({ ...challenge, admins }, 'reinstall', SUBJECT, clock.now(), week).filter((job) => {
      const body = parseJob(job.body);
      return body?.kind === 'effect' && !isFinal(ledger?.effects[refOf(body).id]);
    });
    if (jobs.length > 0) report('alarm', { code: 'reinstall', subject: SUBJECT });
    await queue.put(jobs);
  }
};

/** Noted before it is told, so that of several processes one tells it; what then goes wrong on that way is reported by it. */
const tellSecondWay = async ({ tell, documents, clock }: ReinstallPorts): Promise<void> => {
  if (!tell) return;
  const document = await documents.load<Told>(keys.reinstall);
  if (document.value) return;
  await documents.save(document, { told: new Date(clock.now()).toISOString().slice(0, 10) });
  tell(alarmText('reinstall', SUBJECT));
};

/** The week in which the bot first listened; the present one when it has heard nothing yet. */
const firstWeek = async (challenge: Challenge, documents: Documents, clock: Clock): Promise<Week> => {
  const firstHeard = await heardSince(challenge, documents, clock);
  return calendarOf(challenge.timeZone).weekAt(firstHeard ? secondsOf(firstHeard) : clock.now() / 1000);
};
