import { type Clock, type Moment, millisecondsSince, momentOf } from './clock.ts';

/** A clock that is further off, either way, is wrong. Slack's own limit for the age of a signature. */
const WRONG_MILLISECONDS = 300_000;
/** When the two clocks of this machine have gone apart by more than this, one was set, or the machine has slept. */
const MOVED_MILLISECONDS = 60_000;
/** Of an answer that took longer nobody knows when it was given. */
const SLOW_MILLISECONDS = 60_000;
/** After an asking without an answer. Each delivery that comes meanwhile would wait for another. */
const ASK_AGAIN_MILLISECONDS = 10_000;

/** How far this machine's clock is from Slack's, by the dates of the answers of its Web API alone. */
export interface ClockCheck {
  /** Dates by this machine's clock; by Slack's as long as that of this machine is known to be wrong. */
  clock: Clock;
  /** By how many seconds this machine's clock is ahead of Slack's, as far as is known. */
  differenceSeconds(): number;
  /** Whether it is more than five minutes off, or may be since it was set. */
  isWrong(): boolean;
  /** Whether Slack has answered since this process began, and nobody has set the clock since. */
  isSure(): boolean;
  /** Has Slack answer when that is needed to be sure, and says whether it is then. Never throws. */
  look(): Promise<boolean>;
  /** Called when a call to Slack begins; what it gives takes the `Date` of the answer. */
  watch: Watch;
}

/** Told of a call that begins, and of the `Date` of its answer (null: it has none). */
export type Watch = () => (date: string | null) => void;

interface Seen extends Moment {
  /** By how many milliseconds this machine's clock was ahead. */
  difference: number;
}

/** Watches a clock by the answers of Slack; `ask` has it give one, and calls `watch`. */
export const createClockCheck = (clock: Clock, ask: () => Promise<unknown>): ClockCheck => {
  let seen: Seen | undefined;
  let asking: Promise<void> | undefined;
  let failed: Moment | undefined;

  /** By how much this machine's clock has gone faster than time since Slack's last answer. */
  const moved = (): number => (seen ? clock.now() - seen.now - (clock.elapsed() - seen.elapsed) : 0);

  // Going back, it was set. Going ahead, it was set, or the machine has slept, which is no error: until Slack answers, the usual is assumed.
  const difference = (): number => (seen?.difference ?? 0) + Math.min(0, moved());

  const isSure = (): boolean => seen !== undefined && Math.abs(moved()) <= MOVED_MILLISECONDS;

  const askSlack = async (): Promise<void> => {
    await ask().catch(() => undefined); // A refusal is an answer as well. No answer leaves all as it was.
    failed = isSure() ? undefined : momentOf(clock);
    asking = undefined;
  };

  return {
    clock: {
      ...clock,
      now: () => (Math.abs(difference()) > WRONG_MILLISECONDS ? clock.now() - difference() : clock.now()),
    },
    differenceSeconds: () => difference() / 1000,
    isWrong: () => Math.abs((seen?.difference ?? 0) + moved()) > WRONG_MILLISECONDS,
    isSure,
    look: async () => {
      if (isSure()) return true;
      if (!failed || millisecondsSince(failed, clock) >= ASK_AGAIN_MILLISECONDS) asking ??= askSlack();
      await asking;
      return isSure();
    },
    watch: () => {
      const began = momentOf(clock);
      return (date) => {
        const difference = differenceBy(date, began, momentOf(clock));
        if (difference === 'unknown') return;
        seen = { difference: difference ?? seen?.difference ?? 0, ...momentOf(clock) };
      };
    },
  };
};

/**
 * By how many milliseconds a clock is ahead of an answer's date, which was made about halfway, within the second that it names. Undefined
 * when the answer has none, 'unknown' when nobody can tell when it was given: the process was held up, or the clock set meanwhile.
 */
const differenceBy = (date: string | null, began: Moment, ended: Moment): number | undefined | 'unknown' => {
  const took = ended.elapsed - began.elapsed;
  if (took > SLOW_MILLISECONDS || Math.abs(ended.now - began.now - took) > MOVED_MILLISECONDS) return 'unknown';
  const dated = Date.parse(date ?? '') + 500;
  return Number.isFinite(dated) ? ended.now - took / 2 - dated : undefined;
};

/** Trusts this machine's clock: where there is no token nothing is decided by it, and nobody could be asked. */
export const trustingCheck = (clock: Clock): ClockCheck => ({
  clock,
  differenceSeconds: () => 0,
  isWrong: () => false,
  isSure: () => true,
  look: async () => true,
  watch: () => () => {},
});
