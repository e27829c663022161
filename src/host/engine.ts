import type { Event } from '../events/catalog.ts';
import { type Choice, choiceFrom } from '../events/choices.ts';
import { Refused } from '../events/errors.ts';
import { calendarOf, type Month, monthOf, monthsBetween, plusMonths } from '../events/week.ts';
import { type Alarm, createAlarm, type Tell } from '../outbox/alarm.ts';
import { performDue } from '../outbox/due.ts';
import { missedJobs } from '../outbox/due-jobs.ts';
import { createOwed } from '../outbox/owed.ts';
import { createOwnId } from '../outbox/own-id.ts';
import { createPerformer } from '../outbox/perform.ts';
import { type AskPersonal, createAskPersonal } from '../outbox/personal-due.ts';
import { createReinstall } from '../outbox/reinstall.ts';
import { performTick } from '../outbox/tick.ts';
import { createTimekeeper, type IsTimeRight } from '../outbox/timekeeper.ts';
import { type ChangedMonth, createBookkeeping } from '../pipeline/bookkeeping.ts';
import { recordChoice } from '../pipeline/choices.ts';
import { createRecorder, type Recorder } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Again, JobBody } from '../queue/jobs.ts';
import type { Job, Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import { type ClockCheck, trustingCheck } from '../setup/clock-check.ts';
import type { Settings } from '../setup/config.ts';
import type { Report } from '../setup/report.ts';
import type { SendAnswer } from '../slack/response-url.ts';
import type { Slack } from '../slack/slack.ts';
import type { Bucket } from '../store/bucket.ts';
import type { Documents } from '../store/documents.ts';
import { authorsOf, createHome } from './home.ts';
import { createInteract } from './interact.ts';
import { createSeen } from './seen.ts';
import { createWorker, type Interact, type Worker } from './worker.ts';

export interface EnginePorts {
  settings: Settings;
  log: Bucket;
  documents: Documents;
  queue: Pick<Queue, 'put'>;
  clock: Clock;
  report: Report;
  /** Told of months that changed outside a batch. */
  changed: (months: ChangedMonth[]) => void;
  /** Absent: listens and counts, and cannot speak. */
  writer?: Slack | undefined;
  /** Answers people at the addresses that come with what they do; it needs no token. */
  sendAnswer?: SendAnswer | undefined;
  /** What Slack's answers say of the clock; absent as long as there are none. */
  clockCheck?: ClockCheck | undefined;
  /** Whether people can press and type: Slack's answers name the scope `commands`. Absent, or not known yet: false. */
  canTalk?: (() => boolean) | undefined;
  /** Whether Slack's answers say that the app lacks that scope. */
  needsReinstall?: (() => boolean) | undefined;
  settleSeconds?: number | undefined;
  /** A second way to tell of alarms, since a token that is no good cannot tell of itself. */
  tell?: Tell | undefined;
}

/** All that handles jobs, joined: the same for one machine, for Lambda and for the simulation. */
export interface Engine extends Worker {
  recorder: Recorder;
  canSpeak: boolean;
  alarm: Alarm;
  isTimeRight: IsTimeRight;
  /** Queues the personal messages whose moment has come. */
  askPersonal: AskPersonal;
  /** Dates as they are written down: by Slack's clock while this machine's is known to be wrong. */
  clock: Clock;
  /** Tells the admins, once, when the app should be installed again. Never throws. */
  tellOfReinstall(): Promise<void>;
  /** Has published, and queues, what a crash may have left unsaid. */
  sweep(): Promise<void>;
  /** Queues the freezing of months that were missed. Only when nothing of them is on its way: at a start, or after a whole comparison with Slack. */
  closeMissed(challenge: Challenge): Promise<void>;
}

/** Joined in one direction: owed, bookkeeping, recorder, perform, worker. */
export const createEngine = (given: EnginePorts): Engine => {
  const { clockCheck = trustingCheck(given.clock) } = given;
  const { clock } = clockCheck;
  const ports = { ...given, clock };
  const { settings, writer, changed } = ports;
  const { challenges } = settings;
  const byChannel = new Map(challenges.map((challenge) => [challenge.channel, challenge]));
  const alarm = createAlarm({ ...ports, challenges, canSpeak: writer !== undefined });
  const ownId = createOwnId(ports.writer, clock);
  const owed = createOwed({ ...ports, ownId });
  const bookkeeping = createBookkeeping({ ...ports, challenges, alarm, decide: writer && owed.decideFor });
  const recorder = createRecorder({ ...ports, challenges, bookkeeping });
  const performer = writer && createPerformer({ ...ports, slack: writer, clockCheck, recorder, ownId, owed, alarm });
  const mayTalk = async (): Promise<boolean> => {
    await clockCheck.look(); // A process that has just begun knows nothing of its rights until Slack answers.
    return ports.canTalk?.() ?? false;
  };
  const home = createHome({ ...ports, challenges, mayTalk });
  const act = createInteract({ ...ports, challenges, recorder, home, mayTalk });
  const see = createSeen(ports.documents, ports.report);
  const interact: Interact = async (interaction, job) => {
    await see(interaction);
    return act(interaction, job);
  };
  const heard = (events: readonly Event[]): Promise<void> => home.refresh(authorsOf(events));
  const isTimeRight = createTimekeeper(clockCheck, alarm);

  const canSpeak = writer !== undefined;
  const askPersonal = createAskPersonal(ports);
  const askWhatIsDue = async (scheduledAt: string): Promise<Again> =>
    void (await performDue(scheduledAt, { ...ports, challenges, isTimeRight, canSpeak, askPersonal }));

  const perform = async (body: JobBody, job: Job): Promise<Again> => {
    if (body.kind === 'tick' && body.tick === 'due') return askWhatIsDue(body.scheduledAt);
    const challenge = 'channel' in body ? byChannel.get(body.channel) : undefined;
    if (!challenge) return undefined; // A challenge that is configured no more.
    // What an earlier try changed may not have been published.
    if (job.received > 1) changed(monthsOf(challenge, body, clock).map((month) => ({ challenge, month })));
    if (body.kind === 'tick') return performTick(challenge, body, job.group, { ...ports, recorder, isTimeRight });
    if (body.kind === 'choice') return void (await recordChoice(challenge, choiceOf(body), { ...ports, recorder }));
    if (body.kind === 'profile') return performer?.profile(challenge, body.user, job.received);
    return body.kind === 'effect' ? performer?.perform(challenge, body, job.received) : undefined;
  };

  return {
    ...createWorker({ log: ports.log, challenges, bookkeeping, perform, interact, heard, clock }),
    recorder,
    alarm,
    canSpeak,
    askPersonal,
    isTimeRight,
    clock,
    tellOfReinstall: createReinstall({ ...ports, challenges }),
    closeMissed: async (challenge) => {
      if (await isTimeRight()) await ports.queue.put(await missedJobs(challenge, ports.documents, clock.now() / 1000));
    },
    sweep: async () => {
      for (const challenge of challenges) {
        changed(lastMonths(challenge, clock.now() / 1000, clock).map((month) => ({ challenge, month })));
        if (writer) await owed.sweep(challenge);
      }
    },
  };
};

/** What a job says that somebody chose. Throws `Refused` when it is no choice. */
const choiceOf = ({ event, channel }: Extract<JobBody, { kind: 'choice' }>): Choice => {
  const read = choiceFrom(event);
  if ('fault' in read) throw new Refused(`expected a choice: ${read.fault}`);
  if (read.choice.channel === channel) return read.choice;
  throw new Refused(`expected a choice about ${channel}, got one about ${read.choice.channel}`);
};

/** The months that a job may change, or have changed when it was tried first: a tick reaches into the month before its own. */
const monthsOf = (challenge: Challenge, body: JobBody, clock: Clock): Month[] => {
  if ('week' in body) return [monthOf(body.week)];
  const scheduled = body.kind === 'tick' ? Date.parse(body.scheduledAt) / 1000 : Number.NaN;
  return lastMonths(challenge, Number.isFinite(scheduled) ? scheduled : clock.now() / 1000, clock);
};

/** The month before that of an instant (in seconds), and all since. */
const lastMonths = ({ timeZone }: Challenge, since: number, clock: Clock): Month[] => {
  const calendar = calendarOf(timeZone);
  return monthsBetween(plusMonths(monthOf(calendar.weekAt(since)), -1), monthOf(calendar.weekAt(clock.now() / 1000)));
};
