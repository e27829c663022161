import { createLook, type Look } from '../projections/look.ts';
import type { Documents } from '../store/documents.ts';

const looks = new WeakMap<Documents, Look>();

/** How months are viewed whose ledgers are loaded from these documents again and again. */
export const lookIn = (documents: Documents): Look => {
  let look = looks.get(documents);
  if (!look) looks.set(documents, (look = createLook()));
  return look;
};
