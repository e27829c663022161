import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes snapshots to a folder, each at its address. */
export const writeSnapshots = async (folder: string, snapshots: ReadonlyMap<string, unknown>): Promise<void> => {
  for (const [address, snapshot] of snapshots) {
    const path = join(folder, address);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify(snapshot));
  }
};
