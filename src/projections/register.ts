import { canonical } from '../events/codec.ts';
import { compareTs, type Ts } from '../events/timestamp.ts';

/** The later one wins; of two at the same instant, the one whose canonical text is larger: any fixed choice does. */
export const wins = <T extends { at: Ts }>(next: T, last: T): boolean => {
  const order = compareTs(next.at, last.at);
  return order > 0 || (order === 0 && canonical(next) > canonical(last));
};

/** A last-writer-wins register of something that is or is not. */
export interface Register {
  at: Ts;
  live: boolean;
  /** Not heard, but read from Slack's history or imported: when it came about is not known, only that it was not later than this. */
  inferred?: true;
}

/** The later word wins; at the same instant, the removal does, and of two that say the same, the one that was heard. */
export const setRegister = (last: Register | undefined, next: Register): Register => {
  if (!last) return next;
  const order = compareTs(next.at, last.at);
  if (order > 0) return next;
  if (order < 0) return last;
  if (next.live !== last.live) return next.live ? last : next;
  return next.inferred ? last : next;
};
