import { Corrupt } from '../events/errors.ts';
import { type Bucket, listAll, type Page } from '../store/bucket.ts';
import { mapOrdered } from '../store/together.ts';

/** The result of a copy: objects that were written, those that were there already, and keys that hold other bytes. */
export interface CopyReport {
  objects: number;
  bytes: number;
  copied: number;
  present: number;
  differing: string[];
}

export interface CopyOptions {
  /** Told after each batch: how many objects are done, and of how many. */
  progress?: (done: number, total: number) => void;
}

const AT_ONCE = 16; // More does not help the SDK, whose own work is the limit.

/**
 * Copies all objects of a bucket into another, which may be of another kind. It only creates: existing objects are compared and left as they
 * are. Each object that was written is read back. After an interruption, running it again does the rest.
 */
export const copyBucket = async (from: Bucket, to: Bucket, { progress }: CopyOptions = {}): Promise<CopyReport> => {
  let total = 0;
  for await (const _ of listAll(from, '')) total += 1;
  const report: CopyReport = { objects: 0, bytes: 0, copied: 0, present: 0, differing: [] };
  for await (const { entries } of pagesOf(from)) {
    const outcomes = await mapOrdered(entries, AT_ONCE, ({ key }) => copyObject(key, from, to));
    for (const [position, { outcome, bytes }] of outcomes.entries()) {
      if (outcome === 'differing') report.differing.push(entries[position]?.key as string);
      else report[outcome] += 1;
      report.bytes += bytes;
    }
    report.objects += entries.length;
    progress?.(report.objects, Math.max(total, report.objects));
  }
  return report;
};

async function* pagesOf(bucket: Bucket): AsyncGenerator<Page> {
  let after: string | undefined;
  do {
    const page = await bucket.list('', after);
    yield page;
    after = page.next;
  } while (after !== undefined);
}

const copyObject = async (
  key: string,
  from: Bucket,
  to: Bucket,
): Promise<{ outcome: 'copied' | 'present' | 'differing'; bytes: number }> => {
  const source = await from.get(key);
  if (!source) throw new Corrupt(`${key}: listed, but gone when it was read`);
  const bytes = source.bytes.length;
  const before = await to.get(key);
  const created = !before && (await to.putNew(key, source.bytes)).created;
  const after = before ?? (await to.get(key));
  if (after && Buffer.compare(after.bytes, source.bytes) === 0)
    return { outcome: created ? 'copied' : 'present', bytes };
  if (created) throw new Corrupt(`${key}: what was read back is not what was written`);
  return { outcome: 'differing', bytes };
};
