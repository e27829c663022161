import { followRows, type RowsLook } from '../projections/month-rows.ts';
import type { Documents } from '../store/documents.ts';

const looks = new WeakMap<Documents, RowsLook>();

/** How rows are made from ledgers that are loaded from these documents again and again. */
export const lookIn = (documents: Documents): RowsLook => {
  let look = looks.get(documents);
  if (!look) looks.set(documents, (look = followRows()));
  return look;
};
