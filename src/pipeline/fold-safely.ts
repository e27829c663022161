import type { Event, Kind } from '../events/catalog.ts';
import { Unavailable } from '../events/errors.ts';
import type { Ledger } from '../projections/ledger.ts';
import { ledger } from '../projections/ledger-fold.ts';
import { fold } from '../projections/projection.ts';

/** An event that the fold cannot take. */
export interface Poisoned {
  event: Event;
  reason: string;
}

/** Folds what can be folded. Events that make the fold throw are left out and named; their neighbours are not disturbed. */
export const foldSafely = (state: Ledger, events: readonly Event[]): { state: Ledger; poisoned: Poisoned[] } => {
  try {
    return { state: fold(ledger, state, events), poisoned: [] };
  } catch (error) {
    if (error instanceof Unavailable) throw error;
  }
  const poisoned: Poisoned[] = [];
  for (const event of events) {
    try {
      state = fold(ledger, state, [event]);
    } catch (error) {
      poisoned.push({ event, reason: `${event.kind satisfies Kind} cannot be folded: ${(error as Error).message}` });
    }
  }
  return { state, poisoned };
};
