import { secondsOf, type Ts, tsAt } from '../events/timestamp.ts';
import { isInHistory, recipientById, recipientOf } from '../handlers/addressing.ts';
import type { Effect, EffectRef } from '../handlers/effect.ts';
import { lastAttempt } from '../handlers/effect-record.ts';
import { NO_TIME, type Recorder } from '../pipeline/recorder.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { EffectRecord } from '../projections/ledger.ts';
import type { Again } from '../queue/jobs.ts';
import type { Clock } from '../setup/clock.ts';
import type { Found, Slack, Within } from '../slack/slack.ts';
import type { Outcomes } from './outcomes.ts';

/**
 * How long after an unclear attempt Slack's history is trusted to show it: the worker's time-out (30 s), the call's (10 s) and the
 * largest lag of the history that is assumed (80 s).
 */
export const SETTLE_SECONDS = 120;

/** How soon a change of a standing message is tried again. Changing it twice does no harm, but a delayed call must not arrive after its successor. */
export const CHANGE_AGAIN_SECONDS = 15;

/** How far clocks may be off, either way. */
const CLOCK_ERROR_SECONDS = 600;
const UNKNOWN_AGAIN_SECONDS = 60;

/** After so long a message that cannot be looked up (busy channel, missing scope) is given up: not at all is better than twice. */
const GIVE_UP_SECONDS = 86_400;

export interface UnclearPorts {
  slack: Pick<Slack, 'find'>;
  clock: Clock;
  recorder: Recorder;
  outcomes: Outcomes;
  settleSeconds: number;
}

/** Finds out what became of attempts whose outcome is unknown. */
export const createUnclear = ({ slack, clock, recorder, outcomes, settleSeconds }: UnclearPorts) => {
  /** When this process first knew of an attempt, in milliseconds of the clock that nobody sets. */
  const known = createMemory();

  /**
   * For how many seconds an attempt is certainly past: for as long as this process has known of it, or as its date says less what two
   * clocks may be off. A date alone proves nothing: who made the attempt may have had another clock.
   */
  const ageOf = (attempt: string, at: Ts): number => {
    const elapsed = clock.elapsed();
    const knownFor = (elapsed - known(attempt, elapsed)) / 1000;
    return Math.max(knownFor, clock.now() / 1000 - secondsOf(at) - 2 * CLOCK_ERROR_SECONDS);
  };

  /**
   * When the message of one of the attempts may have come about. These were dated by clocks of ours, the message by Slack's; and a call may
   * have been under way for as long as an attempt settles.
   */
  const timeOf = ({ attempts = {} }: EffectRecord): Within => {
    const seconds = Object.values(attempts).map(({ at }) => secondsOf(at));
    return {
      oldest: tsAt((Math.min(...seconds) - CLOCK_ERROR_SECONDS - 60) * 1000),
      latest: tsAt((Math.max(...seconds) + CLOCK_ERROR_SECONDS + settleSeconds) * 1000),
    };
  };

  return {
    /** Notes that an attempt has just been made. */
    made: ({ channel }: Challenge, ref: EffectRef, number: number): void =>
      void known(attemptOf(channel, ref, number), clock.elapsed()),

    /**
     * What is to be done about an effect whose last attempt is unclear. 'absent': it is proven that it was not done. 'unreadable': the
     * history that would tell cannot be read, and has not been for so long that nobody waits any more. What was done by attempts up to
     * `after` is past.
     */
    clearUp: async (
      challenge: Challenge,
      ref: EffectRef,
      record: EffectRecord,
      effect: Effect | undefined,
      after = 0,
    ): Promise<Again | 'absent' | 'unreadable'> => {
      const number = lastAttempt(record);
      const attempted = record.attempts?.[number]?.at as Ts;
      const age = ageOf(attemptOf(challenge.channel, ref, number), attempted);
      if (effect?.change) return age < CHANGE_AGAIN_SECONDS ? { retryAfterSeconds: CHANGE_AGAIN_SECONDS } : 'absent';
      if (age < settleSeconds) return { retryAfterSeconds: Math.ceil(settleSeconds - age) };
      // What cannot be looked up is rather not said at all than twice.
      if (!isInHistory(ref.id)) return outcomes.skipped(challenge, ref, 'unclear', effect);
      // An effect that is not owed any more still went to somebody. When nobody knows to whom, it is not found; nor is it said again.
      const to = effect ? recipientOf(challenge, effect) : recipientById(challenge, ref.id);
      const found: Found = to === undefined ? { outcome: 'absent' } : await slack.find(ref.id, to, timeOf(record));
      if (found.outcome === 'unknown')
        return age < GIVE_UP_SECONDS ? { retryAfterSeconds: UNKNOWN_AGAIN_SECONDS } : 'unreadable';
      // Somebody else may have found it meanwhile, and changed it since: then it stands there under another name.
      if (found.outcome === 'absent' || found.attempt <= after)
        return (await wasDelivered(recorder, challenge, ref, after, number)) ? undefined : 'absent';
      await outcomes.delivered(challenge, ref, found.attempt, found);
      return undefined;
    },
  };
};

/** Whether the log knows of a delivery, by any of the attempts after one, up to another. */
const wasDelivered = async (
  recorder: Recorder,
  { channel }: Challenge,
  { week, id }: EffectRef,
  after: number,
  last: number,
): Promise<boolean> => {
  const like = { v: 1, kind: 'effect.delivered', channel, at: NO_TIME, week, effect: id, to: channel } as const;
  for (let attempt = after + 1; attempt <= last; attempt++)
    if (await recorder.recall({ ...like, attempt })) return true;
  return false;
};

export type Unclear = ReturnType<typeof createUnclear>;

/** An attempt's name, with the week, since the same alarm may come again in another one. */
const attemptOf = (channel: string, { week, id }: EffectRef, number: number): string =>
  `${channel}/${week}/${id}/${number}`;

const REMEMBERED = 10_000;

/** Remembers for each name the first number given with it; when there are too many, the oldest are forgotten. */
const createMemory = () => {
  const first = new Map<string, number>();
  return (name: string, number: number): number => {
    const known = first.get(name);
    if (known !== undefined) return known;
    first.set(name, number);
    if (first.size > REMEMBERED) first.delete(first.keys().next().value as string);
    return number;
  };
};
