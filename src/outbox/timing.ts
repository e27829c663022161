import { isStale } from '../handlers/addressing.ts';
import type { Background, Effect } from '../handlers/effect.ts';
import { type PersonalEffect, personalSayableAt } from '../handlers/personal-effect.ts';
import type { Challenge } from '../projections/challenge.ts';
import { PERSONAL_KINDS } from '../projections/month-rows.ts';
import { type Moment, millisecondsSince } from '../setup/clock.ts';
import type { ClockCheck } from '../setup/clock-check.ts';

/** When an effect that was decided may be said. */
export interface Timing {
  /** In how many seconds it may be, 0: now; undefined: it is too old. */
  wait(): number | undefined;
  /** Whether it may be said this very moment, and what it was decided by is known to be true still. */
  isTimely(): boolean;
}

/** What was decided so long ago is decided again before it is said to a person alone: they may have switched it off meanwhile. */
const FRESH_SECONDS = 30;

/** Whether an effect is one of the personal messages that are paced, and keep the hours of whom they are for. */
export const isPersonal = (effect: Effect): effect is PersonalEffect =>
  PERSONAL_KINDS.some((kind) => kind === effect.kind);

/** The timing of an effect. `decidedAt`: just before what it was decided by was read. */
export const timingOf = (
  challenge: Challenge,
  effect: Effect,
  { season }: Pick<Background, 'season'>,
  decidedAt: Moment,
  { clock, isSure }: ClockCheck,
): Timing => {
  if (!isPersonal(effect) || !season) {
    const wait = (): number | undefined => (isStale(challenge, effect, clock.now() / 1000) ? undefined : 0);
    return { wait, isTimely: () => true };
  }
  const wait = (): number | undefined => {
    const now = clock.now() / 1000;
    const at = personalSayableAt(challenge, effect, season, now);
    return at === undefined ? undefined : Math.ceil(at - now);
  };
  const isFresh = (): boolean => millisecondsSince(decidedAt, clock) <= FRESH_SECONDS * 1000;
  return { wait, isTimely: () => isSure() && isFresh() && wait() === 0 };
};
