import type { Says } from '../events/catalog.ts';
import type { EffectRecord, Ledger } from '../projections/ledger.ts';
import { type EffectId, type EffectKind, effectId, type StandingMessage } from './effect.ts';

/** Delivered, skipped or refused for good: nothing more is to be done. */
export const isFinal = (record: EffectRecord | undefined): boolean =>
  record !== undefined &&
  (record.delivered !== undefined ||
    record.skipped !== undefined ||
    Object.values(record.refused ?? {}).some(({ final }) => final));

/** What was said by an effect that is final: by the attempt that was delivered, or what was passed over. */
export const saidBy = (record: EffectRecord): Says | undefined =>
  record.delivered ? record.attempts?.[record.delivered.attempt]?.says : record.skipped?.says;

/**
 * What an effect that has come to its end said, or would have said. A change that Slack refused for good counts as made: nobody can make
 * it, and it would be owed for ever.
 */
export const endedWith = (record: EffectRecord): Says | undefined =>
  record.delivered || record.skipped ? saidBy(record) : record.attempts?.[lastAttempt(record)]?.says;

/** The number of the last attempt, 0 when there was none. */
export const lastAttempt = (record: EffectRecord | undefined): number =>
  Math.max(0, ...Object.keys(record?.attempts ?? {}).map(Number));

/** Whether an attempt was made of which nobody knows what became of it. */
export const isUnclear = (record: EffectRecord | undefined): boolean => {
  const last = lastAttempt(record);
  return !isFinal(record) && last > 0 && record?.refused?.[last] === undefined;
};

/** The final effects of a series `<kind>:<about>:0`, `<kind>:<about>:1` …, and the id and record of the one that is next. */
export const seriesOf = <K extends EffectKind>(ledger: Ledger, kind: K, about: string) =>
  seriesIn(ledger, (number) => effectId(kind, about, number));

/** The same of a message and its changes: `<kind>:<about>`, `<kind>:<about>:1` … */
export const changesOf = <K extends EffectKind>(ledger: Ledger, kind: K, about: string) =>
  seriesIn(ledger, (number) => effectId(kind, about, number === 0 ? undefined : number));

const seriesIn = <K extends EffectKind>(ledger: Ledger, idOf: (number: number) => EffectId<K>) => {
  const past: EffectRecord[] = [];
  for (;;) {
    const id = idOf(past.length);
    const record = ledger.effects[id];
    if (!record || !isFinal(record)) return { past, id, record };
    past.push(record);
  }
};

/** The message that the first of a series left in Slack. */
export const standingMessageOf = (past: readonly EffectRecord[]): StandingMessage | undefined => {
  const delivered = past[0]?.delivered;
  return delivered?.ts ? { channel: delivered.to, ts: delivered.ts } : undefined;
};

/** Whether an attempt of an effect that is not final yet may have been made. */
export const mayBeMade = (record: EffectRecord | undefined): boolean =>
  !isFinal(record) && Object.keys(record?.attempts ?? {}).some((number) => !record?.refused?.[number]);
