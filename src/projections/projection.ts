import { type Draft, produce, setAutoFreeze } from 'immer';
import type { Event, EventOf, Kind } from '../events/catalog.ts';

// Freezing a whole ledger after each batch costs more than the fold; the type system guards instead.
setAutoFreeze(false);

/** A state and what each kind of event does to it. Kinds without an entry do nothing. */
export interface Projection<State> {
  init(...key: never[]): State;
  on: { [K in Kind]?: (state: Draft<State>, event: EventOf<K>) => void };
}

/** Applies events to a state inside one `produce`; the state itself stays as it was. Unknown kinds are skipped. */
export const fold = <State>(projection: Projection<State>, state: State, events: Iterable<Event>): State =>
  produce(state, (draft) => {
    applyAll(projection, draft, events);
  });

/** Applies events to a state that nobody else holds, in place. */
export const applyAll = <State>(projection: Projection<State>, draft: Draft<State>, events: Iterable<Event>): void => {
  for (const event of events) {
    const apply = projection.on[event.kind] as ((state: Draft<State>, event: Event) => void) | undefined;
    apply?.(draft, event);
  }
};
