import type { MonthSnapshot } from '../../../src/projections/contract.ts';

/** Who is named for a month. */
export interface MonthResult {
  challengers: readonly { id: string; likes: number }[];
  special: readonly string[];
  /** Those who missed just one week. */
  finishers: readonly { id: string; likes: number }[];
  /** Announced. */
  final: boolean;
}

/**
 * A month's result: as announced, else as it stands. While a week runs (`running`), it is not yet known whether who has not written in it
 * takes it off, so whoever lacks that week alone is no finisher yet.
 */
export const resultOf = (month: MonthSnapshot, running: string | undefined): MonthResult => {
  if (month.closed) {
    const { challengers, special, finishers = [] } = month.closed;
    return { challengers, special, finishers, final: true };
  }
  const { challengers, special, finishers = [], members } = month;
  const lacking = new Set(members.filter(({ weeks }) => running && !weeks[running]).map(({ id }) => id));
  const settled = running && month.weeks.includes(running) ? finishers.filter(({ id }) => !lacking.has(id)) : finishers;
  return { challengers, special, finishers: settled, final: false };
};
