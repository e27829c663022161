import { closeSync, fstatSync, openSync, statSync } from 'node:fs';

// Why the files are held open: the number of a file that was replaced may be given to another one, but not as long as somebody has it open.
// So what has the number of a file that is held is that file, and files are replaced here and never changed. The times are compared for
// whoever changes one by hand.

/** Smaller files are read sooner than it is found out that they need not be. */
const SMALLEST_BYTES = 65_536;

/** So many files are held open by this process: the large documents of a few challenges. */
const MOST = 16;

interface Held {
  file: number;
  identity: string;
  etag: string;
}

/** By path, the large files that this process put there last. */
const held = new Map<string, Held>();

/** Notes the ETag of the file that was just put to a path, if it is a large one. Nobody else may put one there meanwhile. */
export const hold = (path: string, size: number, etag: string): void => {
  letGo(path);
  if (size < SMALLEST_BYTES) return;
  if (held.size >= MOST) letGo(held.keys().next().value as string);
  try {
    const file = openSync(path, 'r');
    held.set(path, { file, identity: identityOf(fstatSync(file, { bigint: true })), etag });
  } catch {
    // It is only read once more.
  }
};

/** The ETag of the file at a path, if it is one that is held; undefined where it must be read. */
export const heldEtag = (path: string): string | undefined => {
  const last = held.get(path);
  if (!last) return undefined;
  try {
    if (identityOf(statSync(path, { bigint: true })) === last.identity) return last.etag;
  } catch {
    // Whatever it is, whoever reads the file meets it, too.
  }
  letGo(path); // Another process has replaced it.
  return undefined;
};

const letGo = (path: string): void => {
  const last = held.get(path);
  if (!last) return;
  held.delete(path);
  closeSync(last.file);
};

const identityOf = ({
  dev,
  ino,
  size,
  mtimeNs,
  ctimeNs,
}: Record<'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs', bigint>): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(':');
