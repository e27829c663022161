import type { PersonalEffect } from '../handlers/personal-effect.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { EffectRecord } from '../projections/ledger.ts';
import type { Again } from '../queue/jobs.ts';
import type { Clock } from '../setup/clock.ts';
import type { createAttempt } from './attempt.ts';
import { createPace } from './pace.ts';
import type { Timing } from './timing.ts';

/** What waits for the morning looks again so often: no queue holds a job back for longer than half a day. */
const MOST_WAIT_SECONDS = 3 * 3600;

/** Tells one person alone what they may be told, in their daytime; such messages are a second apart over all. */
export const createTellAlone = (clock: Pick<Clock, 'elapsed'>, attempt: ReturnType<typeof createAttempt>) => {
  const turnOf = createPace(clock);
  return async (
    challenge: Challenge,
    effect: PersonalEffect,
    number: number,
    record: EffectRecord | undefined,
    { wait, isTimely }: Timing,
  ): Promise<Again> => {
    const seconds = wait() || turnOf(`${challenge.channel}/${effect.id}`);
    if (seconds > 0) return { retryAfterSeconds: Math.min(seconds, MOST_WAIT_SECONDS) };
    return attempt(challenge, effect, number, record, isTimely);
  };
};
