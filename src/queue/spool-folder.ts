import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, diskError, type FileSystem } from '../store/disk.ts';
import { type Batch, decodeBatch, isBatchName, type Progress, readProgress } from './spool-batch.ts';

/** A batch as it lies on the disk, with what has happened to it. */
interface StoredBatch extends Batch {
  progress: Map<number, Progress>;
}

/** The files of a spool: `jobs/` the batches, `taken/` their progress, `broken/` what was in `jobs/` and is no batch. */
export interface SpoolFolder {
  jobs: string;
  /** The names in `jobs/`, ascending. */
  names(): string[];
  /** The batch, undefined when it is gone, or why the file is none. */
  read(name: string): StoredBatch | { reason: string } | undefined;
  /** Notes what happened to jobs of a batch. */
  note(name: string, text: string): void;
  /** Removes a batch that is done, with its progress. */
  remove(name: string): void;
  /** Moves a file that is no batch out of the way. */
  setAside(name: string): void;
  /** Removes progress of which the batch is gone. */
  sweep(): void;
  /** Changes whenever a name in `jobs/` comes or goes; undefined while that cannot be said. */
  version(): bigint | undefined;
}

/** The spool's files under `root`. */
export const spoolFolder = (root: string, system: FileSystem): SpoolFolder => {
  const [jobs, taken, broken] = [join(root, 'jobs'), join(root, 'taken'), join(root, 'broken')];

  const attempt = <Result>(what: string, path: string, work: () => Result): Result | undefined => {
    try {
      return work();
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw diskError(what, path, error);
    }
  };

  const namesIn = (folder: string): string[] => attempt('cannot list', folder, () => readdirSync(folder)) ?? [];
  const bytesOf = (path: string): Uint8Array | undefined =>
    attempt('cannot read', path, () => system.readFileSync(path));
  const unlink = (path: string): void => attempt('cannot remove', path, () => system.unlinkSync(path));

  const read: SpoolFolder['read'] = (name) => {
    if (!isBatchName(name)) return { reason: 'its name is not one that a spool gives' };
    const bytes = bytesOf(join(jobs, name));
    if (!bytes) return undefined;
    const batch = decodeBatch(bytes);
    if ('reason' in batch) return batch;
    return { ...batch, progress: readProgress(Buffer.from(bytesOf(join(taken, name)) ?? []).toString()) };
  };

  return {
    jobs,
    names: () => namesIn(jobs).sort(),
    read,
    note: (name, text) => {
      const path = join(taken, name);
      try {
        system.appendFileSync(path, text);
      } catch (error) {
        throw diskError('cannot note what was taken in', path, error);
      }
    },
    remove: (name) => {
      unlink(join(jobs, name)); // First: progress without a batch is swept away, a batch without progress would come again.
      unlink(join(taken, name));
    },
    setAside: (name) => {
      const from = join(jobs, name);
      attempt('cannot make', broken, () => mkdirSync(broken, { recursive: true }));
      attempt('cannot set aside', from, () => renameSync(from, unused(join(broken, name))));
    },
    sweep: () => {
      attempt('cannot make', taken, () => mkdirSync(taken, { recursive: true }));
      const here = new Set(namesIn(jobs));
      for (const name of namesIn(taken)) if (!here.has(name)) unlink(join(taken, name));
    },
    version: () => {
      try {
        return statSync(jobs, { bigint: true }).mtimeNs;
      } catch {
        return undefined; // Whoever lists the folder next is told why.
      }
    },
  };
};

/** The path, or with the first number behind it that makes it new. */
const unused = (path: string): string => {
  for (let at = 0; ; at += 1) {
    const next = at === 0 ? path : `${path}.${at}`;
    if (!existsSync(next)) return next;
  }
};
