import { compareTs } from '../events/timestamp.ts';
import type { Delivered, EffectRecord } from '../projections/ledger.ts';

/** Every delivery of an effect, by the numbers of their attempts. */
export const deliveriesOf = (record: EffectRecord | undefined): Delivered[] =>
  record?.delivered
    ? [
        record.delivered,
        ...Object.values(record.deliveredAgain ?? {}).sort((left, right) => left.attempt - right.attempt),
      ]
    : [];

/** Whether nobody knew, when an effect was skipped, whether it had been said. */
const wasUnclear = ({ skipped }: EffectRecord): boolean => skipped?.reason.startsWith('unclear') === true;

/** The attempt that was claimed so that nobody makes it, 0 when there is none. Older events do not name it: it came just before them. */
const passedOver = ({ skipped, attempts = {} }: EffectRecord): number => {
  if (!skipped) return 0;
  const before = Object.entries(attempts).filter(([, { at }]) => compareTs(at, skipped.at) <= 0);
  return skipped.attempt ?? Math.max(0, ...before.map(([number]) => Number(number)));
};

/** The last attempt of an effect of which it is known what became of it for good, 0 when there is none. */
export const endedAttempt = (record: EffectRecord | undefined): number => {
  if (!record) return 0;
  const refused = Object.entries(record.refused ?? {}).filter(([, { final }]) => final);
  return Math.max(
    0,
    ...refused.map(([number]) => Number(number)),
    ...deliveriesOf(record).map(({ attempt }) => attempt),
    wasUnclear(record) ? 0 : passedOver(record),
  );
};

/**
 * What became of an effect since a person asked for it, when `after` was the last attempt that had ended: no skip ends what a person wants,
 * and no refusal, and no delivery, from before.
 */
export const sinceAsked = (record: EffectRecord | undefined, after: number): EffectRecord | undefined => {
  if (!record) return undefined;
  const skipped = passedOver(record);
  const later = <T>(all: Record<string, T> | undefined): Record<string, T> =>
    Object.fromEntries(
      Object.entries(all ?? {}).filter(([number]) => Number(number) > after && Number(number) !== skipped),
    );
  const delivered = deliveriesOf(record).find(({ attempt }) => attempt > after);
  return {
    attempts: later(record.attempts),
    refused: later(record.refused),
    ...(delivered ? { delivered } : {}),
  };
};

/** Why Slack refused an effect for good, as far as this is the last that is known of it. */
export const refusalOf = (record: EffectRecord | undefined): string | undefined =>
  record?.delivered ? undefined : Object.values(record?.refused ?? {}).findLast(({ final }) => final)?.reason;

/** The reason of a skip that holds until somebody says that it is wanted all the same. */
export const silenceOf = (record: EffectRecord | undefined): string | undefined =>
  record?.skipped && !record.delivered && !wasUnclear(record) ? record.skipped.reason : undefined;
