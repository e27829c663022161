import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Unavailable } from '../events/errors.ts';
import { discard, openDisk, realFileSystem } from './disk.ts';
import { diskError } from './disk-error.ts';

/** The largest delivery must find room. */
const ROOM_BYTES = 1_048_576;
const LATE_MILLISECONDS = 5_000;
const BYTES = new TextEncoder().encode('written to see whether it can be\n');

/** Throws `Unavailable` unless bytes can be forced to the disk of a folder now, and there is room for more. It leaves nothing behind. */
export const probeFolder = async (folder: string): Promise<void> => {
  const stop = new AbortController();
  const late = wait(LATE_MILLISECONDS, undefined, { signal: stop.signal }).then(() => {
    throw new Unavailable(`${folder}: the disk gave no answer within ${LATE_MILLISECONDS / 1000} s`);
  });
  try {
    await Promise.race([late, write(folder)]);
  } finally {
    stop.abort();
    late.catch(() => undefined); // It was cut short, or is told already.
  }
};

const write = async (folder: string): Promise<void> => {
  const disk = openDisk(folder, join(folder, '.tmp'), realFileSystem);
  const temporary = await disk.writeTemporary(BYTES);
  await discard(realFileSystem, temporary);
  const { bavail, bsize, blocks } = roomOf(folder);
  if (blocks > 0 && bavail * bsize < ROOM_BYTES)
    throw new Unavailable(`${folder}: expected room for ${ROOM_BYTES} bytes, got ${bavail * bsize}; make room`);
};

const roomOf = (folder: string) => {
  try {
    return statfsSync(folder);
  } catch (error) {
    throw diskError('cannot look at', folder, error);
  }
};
