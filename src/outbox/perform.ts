import { alarmsWhenRefused, isStale } from '../handlers/addressing.ts';
import { decideOne } from '../handlers/decide-one.ts';
import { type Effect, type EffectRef, isFinal, isUnclear, lastAttempt } from '../handlers/effect.ts';
import type { Recorder } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { EffectRecord, Ledger } from '../projections/ledger.ts';
import type { Again, EffectJob } from '../queue/jobs.ts';
import type { Queue } from '../queue/queue.ts';
import type { ClockCheck } from '../setup/clock-check.ts';
import type { Slack } from '../slack/slack.ts';
import type { Documents } from '../store/documents.ts';
import { createAttempt } from './attempt.ts';
import { refOf } from './effect-jobs.ts';
import { createNames } from './names.ts';
import { createOutcomes, type Outcomes } from './outcomes.ts';
import { ledgersOf, type Owed } from './owed.ts';
import { createUnclear, SETTLE_SECONDS, type Unclear } from './unclear.ts';

export interface PerformPorts {
  documents: Documents;
  queue: Pick<Queue, 'put'>;
  slack: Slack;
  clockCheck: ClockCheck;
  recorder: Recorder;
  owed: Pick<Owed, 'decideAfter'>;
  settleSeconds?: number | undefined;
  alarm?: ((code: string, subject: string) => Promise<void>) | undefined;
}

/** What is owed to Slack: attempted, sent and recorded when its turn comes. */
export interface Performer {
  /** `received`: how often the job has been taken. When it was before, its events may have been appended and not folded. */
  perform(challenge: Challenge, job: EffectJob, received?: number): Promise<Again>;
  /** Asks Slack for a person's name, unless it is known. */
  profile(challenge: Challenge, user: string): Promise<unknown>;
}

type Attempt = ReturnType<typeof createAttempt>;

interface Parts extends PerformPorts {
  settleSeconds: number;
  outcomes: Outcomes;
  unclear: Unclear;
  attempt: Attempt;
}

/** How soon it is asked again whether Slack answers, before which nobody knows what time it is. */
const UNSURE_AGAIN_SECONDS = 10;
/** How soon it is asked again whether a wrong clock is right. */
const WRONG_AGAIN_SECONDS = 600;

export const createPerformer = (given: PerformPorts): Performer => {
  const ports = { ...given, clock: given.clockCheck.clock };
  const settleSeconds = ports.settleSeconds ?? SETTLE_SECONDS;
  const names = createNames(ports);
  const outcomes = createOutcomes(ports);
  const unclear = createUnclear({ ...ports, outcomes, settleSeconds });
  const attempt = createAttempt({ ...ports, outcomes, unclear, settleSeconds, namesOf: names.of });
  const parts: Parts = { ...ports, settleSeconds, outcomes, unclear, attempt };
  return {
    perform: (challenge, job, received = 1) => perform(challenge, job, received, parts),
    profile: names.ask,
  };
};

const perform = async (challenge: Challenge, job: EffectJob, received: number, parts: Parts): Promise<Again> => {
  const { clockCheck } = parts;
  // What is said is dated, and looked up by that date when nobody knows what became of it.
  await clockCheck.look();
  if (!clockCheck.isSure()) return { retryAfterSeconds: UNSURE_AGAIN_SECONDS };
  const ref = refOf(job);
  const { ledgers, record } = await caughtUp(challenge, ref, received, parts);
  if (isFinal(record)) {
    // The try that ended it may have failed before it had queued what follows.
    if (received > 1) await parts.owed.decideAfter(challenge, ref, ledgers);
    return undefined;
  }
  const effect = decideOne(challenge, ref, ledgers, job.alarm);
  const next = lastAttempt(record) + 1;
  if (isUnclear(record)) {
    const cleared = await parts.unclear.clearUp(challenge, ref, record as EffectRecord, effect);
    if (cleared === 'unreadable') return giveUp(challenge, ref, next, effect, parts);
    if (cleared !== 'absent') return cleared;
  }
  if (!effect || effect.withdrawn)
    return next > 1 ? skip(challenge, ref, next, 'no longer due', effect, parts) : undefined;
  const isTooOld = isStale(challenge, effect, clockCheck.clock.now() / 1000);
  // A wrong clock opens no week, and finds nothing too old.
  if (clockCheck.isWrong() && (isTooOld || effect.kind === 'week.open'))
    return { retryAfterSeconds: WRONG_AGAIN_SECONDS };
  if (isTooOld) return skip(challenge, ref, next, 'too old', effect, parts);
  return parts.attempt(challenge, effect, next, record);
};

interface Found {
  ledgers: Ledger[];
  record: EffectRecord | undefined;
}

/** The month's ledgers, that of an effect among them, and its record: with what an earlier try has appended and not folded. */
const caughtUp = async (
  challenge: Challenge,
  ref: EffectRef,
  received: number,
  { documents, recorder }: Parts,
): Promise<Found> => {
  for (;;) {
    const ledgers = await ledgersOf(documents, challenge, ref.week);
    const record = ledgers.find(({ week }) => week === ref.week)?.effects[ref.id];
    const isBehind = received > 1 && (await recorder.catchUp(challenge, ref, record));
    if (!isBehind) return { ledgers, record };
  }
};

/**
 * Ends an effect unsent, and claims the attempt that will not be made: another worker, whose clock or ledger is behind, might be making
 * it just now.
 */
const skip = async (
  challenge: Challenge,
  ref: EffectRef,
  number: number,
  reason: string,
  effect: Effect | undefined,
  { outcomes, settleSeconds }: Parts,
): Promise<Again> => {
  const says = effect?.says ? { says: effect.says } : {};
  const first = await outcomes.claimed(challenge, { ...ref, ...says }, number);
  return first ? outcomes.skipped(challenge, ref, reason, effect) : { retryAfterSeconds: settleSeconds };
};

/** Ends an effect of which nobody will know whether it was said. */
const giveUp = async (
  challenge: Challenge,
  ref: EffectRef,
  number: number,
  effect: Effect | undefined,
  parts: Parts,
): Promise<Again> => {
  const reason = 'unclear, not repeated';
  const again = await skip(challenge, ref, number, reason, effect, parts);
  if (!again && alarmsWhenRefused(ref.id)) await parts.alarm?.('refused', `${ref.id}: ${reason}`);
  return again;
};
