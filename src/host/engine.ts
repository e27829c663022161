import { calendarOf, type Month, monthOf, monthsBetween, plusMonths } from '../events/week.ts';
import { alarmJobs } from '../outbox/effect-jobs.ts';
import { createEffects } from '../outbox/effects.ts';
import { createRecorder, type Recorder } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { JobBody } from '../queue/jobs.ts';
import type { Job, Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import type { Settings } from '../setup/config.ts';
import type { Report } from '../setup/report.ts';
import type { Slack } from '../slack/slack.ts';
import type { Bucket } from '../store/bucket.ts';
import type { Documents } from '../store/documents.ts';
import { performTick } from './schedule.ts';
import { createWorker, type Dirty, type Worker } from './worker.ts';

export interface EnginePorts {
  settings: Settings;
  log: Bucket;
  documents: Documents;
  queue: Pick<Queue, 'put'>;
  clock: Clock;
  report: Report;
  /** Told of months that changed outside a batch. */
  changed: (dirty: Dirty[]) => void;
  /** Absent: listens and counts, and cannot speak. */
  writer?: Slack;
  settleSeconds?: number;
}

const HOUR_MILLISECONDS = 3_600_000;
const ALARMS_AN_HOUR = 5;

/** Worker and effects joined: the same for one machine, for Lambda and for the simulation. */
export const createEngine = (ports: EnginePorts) => {
  const { settings, clock, queue, writer } = ports;
  const byChannel = new Map(settings.challenges.map((challenge) => [challenge.channel, challenge]));
  const alarm = createAlarm(ports);
  // The worker decides through the effects, and these record through the worker.
  const decide: { run?: ReturnType<typeof createEffects>['decideFor'] } = {};
  const worker: Worker = createWorker({
    log: ports.log,
    documents: ports.documents,
    challenges: settings.challenges,
    alarm,
    decide: async (challenge, week, events) => decide.run?.(challenge, week, events),
    perform: (body, job) => perform(body, job),
  });
  const recorder: Recorder = createRecorder({
    ...ports,
    challenges: settings.challenges,
    foldEvents: worker.foldEvents,
  });
  const effects = writer && createEffects({ ...ports, slack: writer, recorder, alarm });
  if (effects) decide.run = effects.decideFor;

  const perform = async (body: JobBody, job: Job): Promise<{ retryAfterSeconds: number } | undefined> => {
    const challenge = 'channel' in body ? byChannel.get(body.channel) : undefined;
    if (!challenge) return undefined; // A challenge that is configured no more.
    // What an earlier try changed may not have been published.
    if (job.received > 1) ports.changed(monthsOf(challenge, body).map((month) => ({ challenge, month })));
    if (body.kind === 'tick') await performTick(challenge, body, { ...ports, queue, recorder });
    if (body.kind === 'profile') await effects?.profile(challenge, body.user);
    return body.kind === 'effect' ? effects?.perform(challenge, body, job.received) : undefined;
  };

  /** The months that a job may change, or have changed when it was tried first: a tick reaches into the month before its own. */
  const monthsOf = (challenge: Challenge, body: JobBody): Month[] => {
    if ('week' in body) return [monthOf(body.week)];
    const scheduled = body.kind === 'tick' ? Date.parse(body.scheduledAt) / 1000 : Number.NaN;
    return lastMonths(challenge, Number.isFinite(scheduled) ? scheduled : clock.now() / 1000);
  };

  /** The month before that of an instant (in seconds), and all since. */
  const lastMonths = ({ timeZone }: Challenge, since: number): Month[] => {
    const calendar = calendarOf(timeZone);
    return monthsBetween(plusMonths(monthOf(calendar.weekAt(since)), -1), monthOf(calendar.weekAt(clock.now() / 1000)));
  };

  return {
    handle: worker.handle,
    recorder,
    /** Has published, and queues, what a crash may have left unsaid. */
    sweep: async (): Promise<void> => {
      for (const challenge of settings.challenges) {
        ports.changed(lastMonths(challenge, clock.now() / 1000).map((month) => ({ challenge, month })));
        await effects?.sweep(challenge);
      }
    },
    now: clock.now,
  };
};

/** Tells the admins, a few times an hour at most for each kind of trouble; the report has all of it. */
const createAlarm = ({ settings, queue, clock, report, writer }: EnginePorts) => {
  const raised = new Map<string, number[]>();
  return async (code: string, subject: string): Promise<void> => {
    report('alarm', { code, subject });
    const now = clock.now();
    const recent = (raised.get(code) ?? []).filter((at) => now - at < HOUR_MILLISECONDS);
    raised.set(code, [...recent, now]);
    if (!writer || recent.length >= ALARMS_AN_HOUR) return;
    const told = new Set<string>();
    for (const challenge of settings.challenges) {
      const admins = challenge.admins.filter((admin) => !told.has(admin));
      for (const admin of admins) told.add(admin);
      await queue.put(alarmJobs({ ...challenge, admins } satisfies Challenge, code, subject, now));
    }
  };
};
