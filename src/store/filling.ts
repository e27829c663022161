import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refused } from '../events/errors.ts';
import { type Bucket, listAll } from './bucket.ts';
import { codeOf, diskError } from './disk-error.ts';
import { makeFolders } from './folders.ts';
import { removeWhole, writeWhole } from './whole-file.ts';

/** Says of a log that it is being filled from a backup, from before its first object until it is whole. */
export interface Filling {
  /** Notes that the log is not whole, and the command that goes on with it, so that power loss leaves the note. */
  begin(goOn: string): Promise<void>;
  /** Notes that the log is whole. */
  end(): Promise<void>;
  /** The command that goes on; undefined for a log that nothing is filling. */
  goOn(): Promise<string | undefined>;
}

const IS_FILLED = 'the log is being filled';

/** Whether an error says that a log is not whole yet. */
export const isBeingFilled = (error: unknown): error is Refused =>
  error instanceof Refused && error.cause === IS_FILLED;

/** Throws `Refused`, naming the command that goes on, while a log is being filled: half of one looks like a whole one. */
export const requireWhole = async (filling: Filling, where: string): Promise<void> => {
  const goOn = await filling.goOn();
  if (goOn !== undefined)
    throw new Refused(
      `the log at ${where} is not whole yet: what fills it was cut short, or still runs. Go on with it: ${goOn}`,
      {
        cause: IS_FILLED,
      },
    );
};

/** The note of a log in a folder: a file that no listing shows, and that is gone once the log is whole. */
export const folderFilling = (root: string): Filling => {
  const path = join(root, '.filling');
  const onDisk = <T>(what: string, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw diskError(what, path, error);
    }
  };
  return {
    begin: async (goOn) =>
      onDisk('cannot write', () => {
        makeFolders(root);
        writeWhole(path, goOn, 0o600);
      }),
    end: async () => onDisk('cannot take away', () => removeWhole(path)),
    goOn: async () => {
      try {
        return harmless(readFileSync(path, 'utf8'));
      } catch (error) {
        if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
        throw diskError('cannot read', path, error);
      }
    },
  };
};

const NOTES = 'scratch/filling/';
const BEGUN = '-begun';
const ENDED = '-ended';
const utf8 = new TextEncoder();

/**
 * The note of a log in a bucket, where nothing may be replaced, and deleted by the eraser alone: that it began is one object, and that it
 * ended is another. Both stay, beside the log and no part of it.
 */
export const bucketFilling = (bucket: Bucket): Filling => {
  const open = async (): Promise<string[]> => {
    const keys = new Set<string>();
    for await (const { key } of listAll(bucket, NOTES)) keys.add(key);
    return [...keys].filter((key) => key.endsWith(BEGUN) && !keys.has(endOf(key)));
  };
  return {
    begin: async (goOn) => {
      if ((await open()).length > 0) return;
      await bucket.putNew(`${NOTES}${randomBytes(8).toString('hex')}${BEGUN}`, utf8.encode(goOn));
    },
    end: async () => {
      for (const key of await open()) await bucket.putNew(endOf(key), utf8.encode('whole\n'));
    },
    goOn: async () => {
      const [first] = await open();
      if (first === undefined) return undefined;
      return harmless(new TextDecoder().decode((await bucket.get(first))?.bytes));
    },
  };
};

const endOf = (begun: string): string => `${begun.slice(0, -BEGUN.length)}${ENDED}`;

/** Whoever may write to a log may write a note: it may not steer the terminal on which it is read. */
const harmless = (text: string): string => text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '');
