import { createReadStream } from 'node:fs';
import { Conflict, Corrupt, Refused } from '../events/errors.ts';
import { type Bucket, listAll } from '../store/bucket.ts';
import { digestOf } from '../store/digest.ts';
import { batchesOf, linesIn } from '../store/lines.ts';
import { mapOrdered } from '../store/together.ts';
import { FOLDERS, LARGEST_OBJECT, readArchive, sumLine } from './archive.ts';
import type { CheckedArchive } from './check-archive.ts';
import { isOfLog } from './list-settled.ts';

/** What became of the objects of an archive: created, or there already from a restore that was cut short. */
export interface Restored {
  objects: number;
  bytes: number;
  created: number;
  present: number;
}

export interface RestoreOptions {
  /** Goes on with one that was cut short: what is there must be in the archive, byte for byte. */
  resume?: boolean;
  /** Told after each batch: how many objects are done, and of how many. */
  progress?: (done: number, total: number) => void;
  /** Called before the first object is put, once nothing speaks against it. */
  begin?: () => Promise<void>;
}

const AT_ONCE = 16;
/** As many objects are in memory. Nearly all have a few hundred bytes. */
const BATCH = 64;

/** Throws Refused where a log is already: two of them in one place would be told apart by nobody. */
export const requireEmpty = async (log: Bucket, where: string): Promise<void> => {
  for await (const { key } of listAll(log, ''))
    if (isOfLog(key))
      throw new Refused(
        `there is a log at ${where} already, and a restore overwrites nothing: name another place by TIL_LOG, or go on with one that was cut short by --resume`,
      );
};

/**
 * Puts the objects of a checked archive into a log. It only creates, holds each object against its digest once more before, and reads each
 * back after. Without `resume` the log must be empty; with it, hold nothing that the archive has not.
 */
export const restoreLog = async (
  archive: CheckedArchive,
  log: Bucket,
  where: string,
  { resume, progress, begin }: RestoreOptions = {},
): Promise<Restored> => {
  if (resume) await requirePart(archive, log, where);
  else await requireEmpty(log, where);
  await begin?.();
  const restored: Restored = { objects: 0, bytes: 0, created: 0, present: 0 };
  for await (const batch of batchesOf(objectsOf(archive), BATCH)) {
    const created = await mapOrdered(batch, AT_ONCE, (object) => put(object, log, resume === true));
    for (const [position, { bytes }] of batch.entries()) {
      restored.bytes += bytes.length;
      restored[created[position] ? 'created' : 'present'] += 1;
    }
    restored.objects += batch.length;
    progress?.(restored.objects, archive.manifest.objects);
  }
  return restored;
};

interface ArchivedObject {
  key: string;
  bytes: Buffer;
}

/** The objects of an archive, each held against the digest that was found right: the file may have been changed since. */
async function* objectsOf({ path, sums }: CheckedArchive): AsyncGenerator<ArchivedObject> {
  const lines = linesIn(createReadStream(sums));
  const files = readArchive(path);
  try {
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      const file = (await files.next()).value;
      const bytes = await file?.bytes(LARGEST_OBJECT);
      if (!file || !bytes || sumLine(digestOf(bytes), file.name) !== line.value)
        throw new Corrupt(`${path} was changed while it was read`);
      if (file.name.startsWith(FOLDERS.log)) yield { key: file.name.slice(FOLDERS.log.length), bytes };
    }
  } finally {
    await files.return(undefined);
    await lines.return(undefined);
  }
}

/** Creates an object, and says whether it was not there. */
const put = async ({ key, bytes }: ArchivedObject, log: Bucket, mayBeThere: boolean): Promise<boolean> => {
  const { created } = await log.putNew(key, bytes);
  const stored = await log.get(key);
  const isSame = stored !== undefined && Buffer.compare(stored.bytes, bytes) === 0;
  if (isSame && (created || mayBeThere)) return created;
  if (created) throw new Corrupt(`${key}: what was read back is not what was written`);
  throw new Conflict(`${key}: somebody else writes to this log; stop what runs on it, empty it, and restore again`);
};

/** Throws Refused unless all that lies in the log is in the archive, byte for byte. */
const requirePart = async (archive: CheckedArchive, log: Bucket, where: string): Promise<void> => {
  let same = 0;
  for await (const batch of batchesOf(objectsOf(archive), BATCH)) {
    const found = await mapOrdered(batch, AT_ONCE, async ({ key, bytes }) => {
      const stored = await log.get(key);
      if (stored && Buffer.compare(stored.bytes, bytes) !== 0)
        throw new Refused(`${where}: ${key} is not what the archive holds, so this is another log`);
      return stored !== undefined;
    });
    same += found.filter(Boolean).length;
  }
  let there = 0;
  for await (const { key } of listAll(log, '')) if (isOfLog(key)) there += 1;
  if (there !== same)
    throw new Refused(`${where}: ${there - same} objects there are not in the archive, so this is another log`);
};
