import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Refused } from '../events/errors.ts';
import { type Bucket, listAll } from '../store/bucket.ts';
import { onDisk } from '../store/disk-error.ts';

/** The keys of a log, one a line in a file and not in memory. */
export interface KeyList {
  /** How many. */
  objects: number;
  /** Whether they are all that the log held at one instant. */
  settled: boolean;
}

/** What `til doctor` leaves, and what waits for the queue, lies beside the log and is no part of it. */
const BESIDE = /^(scratch|waiting)\//;

/** Whether an object is part of the log that it lies in. */
export const isOfLog = (key: string): boolean => !BESIDE.test(key);

/** What `til forget` has under way: the log is then neither with the person nor without. */
const FORGETTING = 'forgetting/';

/** A log that grows with every listing is busier than any challenge. */
const MOST_LISTINGS = 20;

/**
 * Lists a log beside whoever writes to it, until two listings are the same. All that was there when the second began had been seen by the
 * first, and the reverse: so they are the log at that instant, and hold nothing without what led to it.
 */
export const listSettled = async (log: Bucket, path: string): Promise<KeyList> => {
  let last = await listInto(log, path);
  for (let listings = 1; listings < MOST_LISTINGS; listings++) {
    const next = await listInto(log, path);
    if (next.digest === last.digest) return { objects: next.objects, settled: true };
    last = next;
  }
  return { objects: last.objects, settled: false };
};

const listInto = async (log: Bucket, path: string): Promise<{ objects: number; digest: string }> => {
  const hash = createHash('sha256');
  let objects = 0;
  const lines = async function* (): AsyncGenerator<string> {
    for await (const { key } of listAll(log, '')) {
      if (!isOfLog(key)) continue;
      if (key.startsWith(FORGETTING))
        throw new Refused('a person is being forgotten, or that was cut short: end "til forget" first');
      hash.update(`${key}\n`);
      objects += 1;
      yield `${key}\n`;
    }
  };
  await onDisk('cannot write', path, () => pipeline(Readable.from(lines()), createWriteStream(path)));
  return { objects, digest: hash.digest('hex') };
};
