import type { Event } from '../events/catalog.ts';
import { compareTs, tsAt } from '../events/timestamp.ts';
import { calendarOf, monthOf, type Week, weeksOf } from '../events/week.ts';
import { isStale } from '../handlers/addressing.ts';
import { aboutAlone, decide, decideOne, touchedBy } from '../handlers/decide.ts';
import { type Effect, isFinal, isUnclear, lastAttempt } from '../handlers/effect.ts';
import { dueTs, openWeek, weekOpenId } from '../handlers/open-week.ts';
import { loadLedgers } from '../pipeline/publish.ts';
import type { Recorder } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { EffectRecord, Ledger } from '../projections/ledger.ts';
import type { Again, EffectJob } from '../queue/jobs.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import type { Slack } from '../slack/slack.ts';
import type { Documents } from '../store/documents.ts';
import { createAttempt } from './attempt.ts';
import { effectJob, profileJob } from './effect-jobs.ts';
import { createNames } from './names.ts';
import { createOutcomes } from './outcomes.ts';
import { createUnclear, SETTLE_SECONDS } from './unclear.ts';

export interface EffectPorts {
  documents: Documents;
  queue: Pick<Queue, 'put'>;
  slack: Slack;
  clock: Clock;
  recorder: Recorder;
  settleSeconds?: number;
  alarm?: (code: string, subject: string) => Promise<void>;
}

/** What is owed to Slack: put on the queue when it is decided, and attempted, sent and recorded when its turn comes. */
export const createEffects = (ports: EffectPorts) => {
  const settleSeconds = ports.settleSeconds ?? SETTLE_SECONDS;
  const names = createNames(ports);
  const outcomes = createOutcomes(ports);
  const unclear = createUnclear({ ...ports, outcomes, settleSeconds });
  const attempt = createAttempt({ ...ports, outcomes, unclear, settleSeconds, namesOf: names.of });

  /** Queues what events of one week have made owed. */
  const decideFor = async (challenge: Challenge, week: Week, events: readonly Event[]): Promise<void> => {
    const ledgers = await ledgersOf(ports.documents, challenge, week);
    const ledger = ledgers.find((each) => each.week === week);
    if (!ledger) return;
    const owed = decide(challenge, monthOf(week), ledgers, touchedBy(challenge, events, ledger, ledgers));
    const unknown = await names.unknown(challenge, events);
    const now = ports.clock.now();
    await ports.queue.put([
      ...owed.map((effect) => effectJob(challenge, effect, now)),
      ...unknown.map((user) => profileJob(challenge, user, now)),
    ]);
  };

  const queueOwed = (challenge: Challenge, owed: readonly Effect[]): Promise<void> =>
    ports.queue.put(owed.map((effect) => effectJob(challenge, effect, ports.clock.now())));

  /** Queues what an effect that has come to its end has made owed. */
  const decideAfter = async (challenge: Challenge, { week, effect }: EffectJob, ledgers: Ledger[]): Promise<void> => {
    await queueOwed(challenge, decide(challenge, monthOf(week), ledgers, aboutAlone(effect)));
  };

  /** Queues everything that is owed about the months of the last two weeks: what a crash may have left unsaid. */
  const sweep = async (challenge: Challenge): Promise<void> => {
    const calendar = calendarOf(challenge.timeZone);
    const seconds = ports.clock.now() / 1000;
    const months = new Set([calendar.weekAt(seconds), calendar.weekAt(seconds - 14 * 86_400)].map(monthOf));
    for (const month of months) {
      const ledgers = await ledgersOf(ports.documents, challenge, weeksOf(month)[0] as Week);
      const oldest = tsAt((seconds - 3 * 86_400) * 1000);
      const owed = decide(challenge, month, ledgers).filter(
        ({ due, kind }) => kind === 'month.result' || compareTs(due, oldest) > 0,
      );
      await queueOwed(challenge, owed);
    }
  };

  /** The month's ledgers, that of an effect among them, and its record. */
  const lookUp = async (challenge: Challenge, { week, effect }: EffectJob) => {
    const ledgers = await ledgersOf(ports.documents, challenge, week);
    const ledger = ledgers.find((each) => each.week === week);
    return { ledgers, ledger, record: ledger?.effects[effect] };
  };

  /** `received`: how often the job has been taken. When it was before, its events may have been appended and not folded. */
  const perform = async (challenge: Challenge, job: EffectJob, received = 1): Promise<Again> => {
    let { ledgers, ledger, record } = await lookUp(challenge, job);
    while (received > 1 && (await ports.recorder.catchUp(challenge, job.week, job.effect, record)))
      ({ ledgers, ledger, record } = await lookUp(challenge, job));
    if (isFinal(record)) {
      // The try that ended it may have failed before it had queued what follows.
      if (received > 1) await decideAfter(challenge, job, ledgers);
      return undefined;
    }
    const effect = effectOf(challenge, job, ledgers, ledger);
    if (isUnclear(record)) {
      const cleared = await unclear.clearUp(challenge, job, record as EffectRecord, effect);
      if (cleared !== 'absent') return cleared;
    }
    const next = lastAttempt(record) + 1;
    if (!effect || effect.withdrawn) return next > 1 ? skip(challenge, job, next, 'no longer due', effect) : undefined;
    if (isStale(challenge, effect, ports.clock.now() / 1000)) return skip(challenge, job, next, 'too old', effect);
    return attempt(challenge, effect, next);
  };

  /**
   * Ends an effect unsent, and claims the attempt that will not be made: another worker, whose clock or ledger is behind, might be making
   * it just now.
   */
  const skip = async (
    challenge: Challenge,
    job: EffectJob,
    number: number,
    reason: string,
    effect: Effect | undefined,
  ): Promise<Again> => {
    const says = effect?.says ? { says: effect.says } : {};
    const first = await outcomes.claimed(challenge, { week: job.week, id: job.effect, ...says }, number);
    return first ? outcomes.skipped(challenge, job, reason, effect) : { retryAfterSeconds: settleSeconds };
  };

  return { decideFor, sweep, perform, profile: names.ask };
};

const ledgersOf = async (documents: Documents, { channel }: Challenge, week: Week): Promise<Ledger[]> =>
  (await loadLedgers(documents, channel, monthOf(week))).map(({ value }) => value);

/** The effect that a job asks for, as it stands now. */
const effectOf = (
  challenge: Challenge,
  job: EffectJob,
  ledgers: readonly Ledger[],
  ledger: Ledger | undefined,
): Effect | undefined => {
  if (job.alarm) return { kind: 'alarm', id: job.effect, week: job.week, due: '0000000000.000000', ...job.alarm };
  if (job.effect !== weekOpenId(job.week)) return decideOne(challenge, job.week, ledgers, job.effect);
  const { schedule, timeZone } = challenge;
  const [hour, minute] = schedule.weekOpen.split(':').map(Number) as [number, number];
  return openWeek(challenge, job.week, ledger, dueTs(calendarOf(timeZone).instant(job.week, 0, hour, minute)));
};
