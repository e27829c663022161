import { alarmsWhenRefused } from '../handlers/addressing.ts';
import { missedSubject } from '../handlers/catch-up.ts';
import { aboutAlone } from '../handlers/decide.ts';
import { decideOne } from '../handlers/decide-one.ts';
import { type Effect, type EffectRef, TOO_OLD } from '../handlers/effect.ts';
import { isFinal, isUnclear, lastAttempt } from '../handlers/effect-record.ts';
import { isForestalled } from '../handlers/hint.ts';
import { isEffectId, parseId } from '../handlers/kinds.ts';
import { namingFresh } from '../handlers/like-notice.ts';
import { HELD, withTalk } from '../handlers/personal.ts';
import { sinceAsked } from '../handlers/second-chance.ts';
import { keys } from '../pipeline/keys.ts';
import type { Recorder } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { EffectRecord, Ledger } from '../projections/ledger.ts';
import type { Again, EffectJob } from '../queue/jobs.ts';
import type { Queue } from '../queue/queue.ts';
import { momentOf } from '../setup/clock.ts';
import type { ClockCheck } from '../setup/clock-check.ts';
import type { Settings } from '../setup/config.ts';
import type { Slack } from '../slack/slack.ts';
import type { Documents } from '../store/documents.ts';
import type { Alarm } from './alarm.ts';
import { createAttempt } from './attempt.ts';
import { backgroundOf, lookBack } from './background.ts';
import { refOf } from './effect-jobs.ts';
import { elsewhereOf, ledgersOf, openLedgers } from './month-ledgers.ts';
import { askAgain, createNames } from './names.ts';
import { createOutcomes, type Outcomes } from './outcomes.ts';
import type { Owed } from './owed.ts';
import type { OwnId } from './own-id.ts';
import { seasonFor } from './season.ts';
import { createTellAlone } from './tell-alone.ts';
import { isPersonal, timingOf } from './timing.ts';
import { createUnclear, SETTLE_SECONDS, type Unclear } from './unclear.ts';

export interface PerformPorts {
  documents: Documents;
  queue: Pick<Queue, 'put'>;
  slack: Slack;
  clockCheck: ClockCheck;
  recorder: Recorder;
  ownId: OwnId;
  owed: Pick<Owed, 'decideAfter' | 'putStale'>;
  settings?: Pick<Settings, 'command'> | undefined;
  canTalk?: (() => boolean) | undefined;
  settleSeconds?: number | undefined;
  alarm?: Alarm | undefined;
}

/** What is owed to Slack: attempted, sent and recorded when its turn comes. */
export interface Performer {
  /** `received`: how often the job has been taken. When it was before, its events may have been appended and not folded. */
  perform(challenge: Challenge, job: EffectJob, received?: number): Promise<Again>;
  /** Asks Slack for a person's name, unless it is known. */
  profile(challenge: Challenge, user: string, received?: number): Promise<Again>;
}

type Attempt = ReturnType<typeof createAttempt>;

interface Parts extends PerformPorts {
  settleSeconds: number;
  outcomes: Outcomes;
  unclear: Unclear;
  attempt: Attempt;
  tellAlone: ReturnType<typeof createTellAlone>;
}

/** How soon it is asked again whether Slack answers, before which nobody knows what time it is. */
const UNSURE_AGAIN_SECONDS = 10;
/** How soon it is asked again whether a wrong clock is right. */
const WRONG_AGAIN_SECONDS = 600;

export const createPerformer = (given: PerformPorts): Performer => {
  const { clockCheck } = given;
  const ports = { ...given, clock: clockCheck.clock };
  const settleSeconds = ports.settleSeconds ?? SETTLE_SECONDS;
  const names = createNames(ports);
  const outcomes = createOutcomes(ports);
  const unclear = createUnclear({ ...ports, outcomes, settleSeconds });
  const isForestalled = createForestalled(ports.documents);
  const attempt = createAttempt({ ...ports, outcomes, unclear, settleSeconds, isForestalled, namesOf: names.of });
  const tellAlone = createTellAlone(clockCheck.clock, attempt);
  const parts: Parts = { ...ports, settleSeconds, outcomes, unclear, attempt, tellAlone };
  return {
    perform: (challenge, job, received = 1) => perform(challenge, job, received, parts),
    profile: async (challenge, user, received = 1) => {
      // A name is dated, too: by a clock that is ahead it would begin a week that is not there yet.
      if (!(await clockCheck.look())) return { retryAfterSeconds: UNSURE_AGAIN_SECONDS };
      return (await names.ask(challenge, user)) === undefined ? askAgain(received) : undefined;
    },
  };
};

/** Of two hints to one person that were decided at once, whoever folds its claim later finds the other's; a whisper can be taken back by nobody. */
const createForestalled =
  (documents: Documents) =>
  async ({ channel }: Challenge, effect: Effect): Promise<boolean> => {
    if (effect.kind !== 'hint') return false;
    const { value } = await documents.reload<Ledger>(keys.ledger(channel, effect.week));
    return value !== undefined && isForestalled(value, effect);
  };

const perform = async (challenge: Challenge, job: EffectJob, received: number, parts: Parts): Promise<Again> => {
  const { clockCheck } = parts;
  // What is said is dated, and looked up by that date when nobody knows what became of it.
  if (!(await clockCheck.look())) return { retryAfterSeconds: UNSURE_AGAIN_SECONDS };
  const ref = refOf(job);
  const { asked } = job;
  const found = await caughtUp(challenge, ref, received, parts);
  const { ledgers, record } = asked ? asSince(found, ref, asked.after) : found;
  if (isFinal(record)) {
    // The try that ended it may have failed before it had queued what follows.
    if (received > 1) await parts.owed.decideAfter(challenge, ref, ledgers);
    return undefined;
  }
  const { clock } = clockCheck;
  const { documents, owed, alarm } = parts;
  const background = await backgroundOf(challenge, documents, clock);
  const about = aboutAlone(ref.id);
  const elsewhere = await elsewhereOf(documents, challenge, ledgers, about);
  const ownId = await parts.ownId(ledgers, about);
  const back = await lookBack(challenge, ref, ledgers, documents);
  const decidedAt = momentOf(clock);
  const season = await seasonFor(challenge, ref, documents);
  const talking = withTalk(challenge, parts.canTalk?.() ?? false);
  const effect = decideOne(talking, ref, ledgers, job.alarm, { ...background, ...back, ...season, elsewhere, ownId });
  const next = lastAttempt(found.record) + 1;
  if (isUnclear(record)) {
    const cleared = await parts.unclear.clearUp(challenge, ref, record as EffectRecord, effect, asked?.after);
    if (cleared === 'unreadable') return giveUp(challenge, ref, next, effect, parts);
    if (cleared !== 'absent') return cleared;
  }
  if (!effect || effect.withdrawn)
    return lastAttempt(record) > 0 ? skip(challenge, ref, next, 'no longer due', effect, parts) : undefined;
  const timing = timingOf(challenge, effect, season, decidedAt, clockCheck);
  const isTooOld = !asked?.late && timing.wait() === undefined;
  // Nobody is held out of what nobody could be told any more: the two arms would not be the same people.
  const unsaid = effect.unsaid === HELD && isTooOld ? TOO_OLD : effect.unsaid;
  // What a person asks for is said all the same.
  if (unsaid && !asked?.late && !(unsaid === TOO_OLD && clockCheck.isWrong()))
    return skip(challenge, ref, next, unsaid, effect, parts);
  if (clockCheck.isWrong() && (isTooOld || goesByClock(effect))) return { retryAfterSeconds: WRONG_AGAIN_SECONDS };
  if (isTooOld) return skip(challenge, ref, next, TOO_OLD, effect, parts);
  if (isPersonal(effect)) return parts.tellAlone(challenge, effect, next, found.record, timing);
  if (effect.kind === 'like')
    return parts.attempt(challenge, namingFresh(challenge, effect, clock.now() / 1000), next, record);
  if (effect.kind !== 'catch-up' || effect.change) return parts.attempt(challenge, effect, next, record);
  // It tells of all that was missed, once that is recorded.
  if (received <= MOST_WAITS && (await owed.putStale(challenge, ledgers))) return { retryAfterSeconds: GATHER_SECONDS };
  const again = await parts.attempt(challenge, effect, next, record);
  if (!again) await alarm?.('missed', missedSubject(challenge, effect, ledgers));
  return again;
};

/** A wrong clock opens no week, has no digest, catches up on nothing, and finds nothing too old. */
const goesByClock = ({ kind, change }: Effect): boolean =>
  kind === 'catch-up' || (!change && (kind === 'week.open' || kind === 'digest'));

/** How long a catch-up waits for what is still to be recorded as too old, and how often. */
const GATHER_SECONDS = 10;
const MOST_WAITS = 4;

interface Found {
  ledgers: Ledger[];
  record: EffectRecord | undefined;
}

/** The month's ledgers (a catch-up's: the open months'), that of an effect among them, and its record: with what an earlier try has appended and not folded. */
const caughtUp = async (
  challenge: Challenge,
  ref: EffectRef,
  received: number,
  { documents, recorder }: Parts,
): Promise<Found> => {
  const isCatchUp = isEffectId(ref.id) && parseId(ref.id).kind === 'catch-up';
  for (;;) {
    const ledgers = isCatchUp
      ? await openLedgers(documents, challenge, ref.week)
      : await ledgersOf(documents, challenge, ref.week);
    const record = ledgers.find(({ week }) => week === ref.week)?.effects[ref.id];
    const isBehind = received > 1 && (await recorder.catchUp(challenge, ref, record));
    if (!isBehind) return { ledgers, record };
  }
};

/** What is known of an effect, as far as it counts for a person who asked for it after an attempt. */
const asSince = ({ ledgers, record }: Found, { week, id }: EffectRef, after: number): Found => {
  const since = sinceAsked(record, after);
  if (!since) return { ledgers, record };
  const seen = ledgers.map((each) =>
    each.week === week ? { ...each, effects: { ...each.effects, [id]: since } } : each,
  );
  return { ledgers: seen, record: since };
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
  return first ? outcomes.skipped(challenge, ref, reason, effect, number) : { retryAfterSeconds: settleSeconds };
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
  if (!again && alarmsWhenRefused(ref.id)) await parts.alarm?.('refused', `${ref.id}: ${reason}`, challenge.channel);
  return again;
};
