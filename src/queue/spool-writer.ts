import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Disk, discard, diskError, type FileSystem } from '../store/disk.ts';
import type { NewJob } from './queue.ts';
import { type Batch, batchName, encodeBatch, isBatchName, timeOfName } from './spool-batch.ts';
import type { SpoolFolder } from './spool-folder.ts';

const PUTS_IN_A_BATCH = 256;

/** Told of each batch that this process writes, so that its own jobs are not looked for on the disk. */
export interface Listener {
  writing(name: string): void;
  written(name: string, batch: Batch): void;
  failed(name: string): void;
}

/** Puts jobs into the spool. */
export interface SpoolWriter {
  put(jobs: NewJob[]): Promise<void>;
  /** Ends when all that was put is on the disk, or has failed. */
  settled(): Promise<void>;
}

interface Waiting {
  jobs: NewJob[];
  resolve(): void;
  reject(error: unknown): void;
}

/** All puts that come while a batch is being written go into the next one: two forced writes serve them all, and keep their order. */
export const spoolWriter = (
  folder: SpoolFolder,
  disk: Disk,
  { system, now, listener }: { system: FileSystem; now(): number; listener: Listener },
): SpoolWriter => {
  const waiting: Waiting[] = [];
  let working: Promise<void> | undefined;
  let last: number | undefined;

  // After a clock was set back, what is put later must still sort later.
  const nextName = (at: number): string => {
    last ??= Math.max(-1, ...folder.names().filter(isBatchName).slice(-1).map(timeOfName));
    last = Math.max(last + 1, Math.floor(at * 1000));
    return batchName(last, randomBytes(4).toString('hex'));
  };

  const place = async (bytes: Uint8Array, name: string): Promise<void> => {
    const temporary = await disk.writeTemporary(bytes);
    const path = join(folder.jobs, name);
    try {
      await system.rename(temporary, path); // Not `link`: no other process can give this name.
    } catch (error) {
      await discard(system, temporary);
      throw diskError('cannot put', path, error);
    }
    await disk.syncFolder(folder.jobs);
  };

  const write = async (batch: Batch): Promise<void> => {
    disk.requireOn();
    await disk.makeFolder(folder.jobs);
    const name = nextName(batch.at);
    listener.writing(name);
    try {
      await place(encodeBatch(batch), name);
    } catch (error) {
      listener.failed(name);
      throw error;
    }
    listener.written(name, batch);
  };

  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      const puts = waiting.splice(0, PUTS_IN_A_BATCH);
      try {
        await write({ at: now(), jobs: puts.flatMap(({ jobs }) => jobs) });
        for (const { resolve } of puts) resolve();
      } catch (error) {
        for (const { reject } of puts) reject(error);
      }
    }
    working = undefined;
  };

  return {
    put: (jobs) =>
      new Promise((resolve, reject) => {
        if (jobs.length === 0) return resolve();
        waiting.push({ jobs: jobs.map(({ id, group, body }) => ({ id, group, body })), resolve, reject });
        working ??= work();
      }),
    settled: async () => {
      await working;
    },
  };
};
