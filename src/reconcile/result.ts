import type { Event, Kind } from '../events/catalog.ts';
import type { Ts } from '../events/timestamp.ts';
import type { Month, Week } from '../events/week.ts';
import type { Skipped } from './skipped.ts';

/** What Slack had and the log lacked. */
export interface Reconciled {
  months: Month[];
  messages: number;
  found: Event[];
  /** Messages that Slack does not show, so many that it is not believed. */
  doubtful: { month: Month; messages: Ts[] }[];
  /** Members whom Slack does not list, so many that it is not believed. */
  doubtfulMembers: string[];
  /** Reactions of which Slack names fewer users than it counts. */
  unnamed: number;
  /** What could not be read or taken in. */
  skipped: Skipped[];
  /**
   * Of a dry run: the events of each week whose stored ledger is not what the log says: whoever appended some of them died before they
   * were folded.
   */
  unfolded: Map<Week, Event[]>;
}

/** The result of a run that has found nothing yet. */
export const emptyResult = (months: Month[]): Reconciled => ({
  months,
  messages: 0,
  found: [],
  doubtful: [],
  doubtfulMembers: [],
  unnamed: 0,
  skipped: [],
  unfolded: new Map(),
});

/** How many events of each kind were found. */
export const countKinds = (found: readonly Event[]): Partial<Record<Kind, number>> => {
  const counts: Partial<Record<Kind, number>> = {};
  for (const { kind } of found) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};
