import type { Clock } from '../setup/clock.ts';
import type { Refusal } from '../slack/slack.ts';

const PAUSE_SECONDS = 60;

/** Until when nothing is sent, because Slack said so; while it waits it leaves no events. */
export const createPauses = (clock: Pick<Clock, 'elapsed'>) => {
  /** While the token is no good, one effect a minute finds out whether it is again. */
  let pausedUntil = 0;
  /** By kind of call and conversation: Slack's limits are by these, and the others need not wait too. */
  const limitedUntil = new Map<string, number>();

  return {
    /** Notes a refusal, after which `againSeconds` are to pass at its place. One that nobody knows may be about its message alone. */
    note: (place: string, { final, pause, unknown }: Refusal, againSeconds: number): void => {
      if (final || unknown) return;
      if (pause) pausedUntil = Math.max(pausedUntil, clock.elapsed() + PAUSE_SECONDS * 1000);
      else limitedUntil.set(place, Math.max(limitedUntil.get(place) ?? 0, clock.elapsed() + againSeconds * 1000));
    },

    /** For how many seconds nothing may be sent to a place; 0 or less: it may. */
    closedFor: (place: string): number => {
      const until = limitedUntil.get(place) ?? 0;
      if (until <= clock.elapsed()) limitedUntil.delete(place);
      return Math.ceil((Math.max(until, pausedUntil) - clock.elapsed()) / 1000);
    },
  };
};
