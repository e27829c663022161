import type { MemberWeek } from '../../../src/projections/contract.ts';
import type { Sortable } from './sort.ts';

/** A member in a table of weeks: what they did in each, and their sums. */
export interface MatrixRow extends Sortable {
  written: Record<string, MemberWeek>;
}
