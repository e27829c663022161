import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onDisk } from '../store/disk-error.ts';

/** Gives `work` an empty folder of its own, and takes it away afterwards. */
export const withScratch = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await onDisk('cannot write', tmpdir(), () => mkdtemp(join(tmpdir(), 'til-')));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
