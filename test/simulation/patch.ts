import { ledger } from '../../src/projections/ledger-fold.ts';

/** What each kind of event does to a ledger. */
export type On = Record<string, (state: never, event: never) => void>;

/** Lets some kinds of events do something else to a ledger; the call gives the way back. */
export const patched = (kinds: string[], instead: (kind: string) => (state: never, event: never) => void) => () => {
  const on = ledger.on as unknown as On;
  const before = kinds.map((kind) => [kind, on[kind]] as const);
  for (const kind of kinds) on[kind] = instead(kind);
  return () => {
    for (const [kind, own] of before) on[kind] = own as On[string];
  };
};
