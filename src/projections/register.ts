import { canonical } from '../events/codec.ts';
import { compareTs, type Ts } from '../events/timestamp.ts';

/** The later one wins; of two at the same instant, the one whose canonical text is larger: any fixed choice does. */
export const wins = <T extends { at: Ts }>(next: T, last: T): boolean => {
  const order = compareTs(next.at, last.at);
  return order > 0 || (order === 0 && canonical(next) > canonical(last));
};
