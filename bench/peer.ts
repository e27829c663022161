import type { Event } from '../src/events/catalog.ts';
import type { Ledger } from '../src/projections/ledger.ts';
import { ledger } from '../src/projections/ledger-fold.ts';
import { applyAll } from '../src/projections/projection.ts';

/** An event store that is compared: a stream a week. */
export interface Peer {
  /** Appends events to a week's stream; the first one is its `version`th, counted from 1. */
  append(week: string, events: readonly Event[], version: number): Promise<unknown>;
  /** Reads a week's stream, and folds it. */
  fold(week: string): Promise<Ledger>;
  close?(): Promise<void>;
  /** Events in one call of `append`; one by default. */
  atOnce?: number;
  /** Calls at a time; one by default. */
  lanes?: number;
}

/** One event more in a ledger that nobody else holds. */
export const apply = (state: Ledger, event: Event): Ledger => {
  applyAll(ledger, state as never, [event]);
  return state;
};
