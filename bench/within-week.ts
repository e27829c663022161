import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LIKES_EACH, REPLIES, storeBigWeek } from './big-week.ts';
import { inFolder, print } from './measure.ts';
import { ratio, table } from './table.ts';

interface Taken {
  /** Milliseconds, medians. */
  counted: number;
  published: number;
  cpu: number;
  /** The most memory that the worker had at a time, in MiB. */
  peak: number;
}

const LIKES = 50;
const run = promisify(execFile);

const taken = async (...args: [script: string, folder: string, where: 'memory' | 'disk']): Promise<Taken> =>
  JSON.parse((await run(process.execPath, args)).stdout);

interface Both {
  inMemory: Taken;
  onDisk: Taken;
}

const measure = (replies: number): Promise<Both> =>
  inFolder(async (folder) => {
    const likes = await storeBigWeek(join(folder, 'state'), replies, LIKES);
    writeFileSync(join(folder, 'likes.json'), JSON.stringify(likes));
    const script = new URL('within-week-worker.ts', import.meta.url).pathname;
    const inMemory = await taken(script, folder, 'memory'); // First: it leaves the folder as it is.
    return { inMemory, onDisk: await taken(script, folder, 'disk') };
  });

/** Prints what one like more takes while its week grows: until it is counted, and until all snapshots are on the disk too. */
export const printWithinWeek = async (): Promise<void> => {
  const rows: (string | number)[][] = [];
  let base: Both | undefined;
  for (const replies of REPLIES) {
    const both = await measure(replies);
    base ??= both;
    const week = `${replies.toLocaleString('en')} replies, ${(replies * LIKES_EACH).toLocaleString('en')} likes`;
    rows.push(rowOf(`${week}: on disk`, both.onDisk, base.onDisk), rowOf('in memory', both.inMemory, base.inMemory));
  }
  print('\nOne like more within a week (median ms; peak of the worker in MiB)\n');
  print(
    table([['the week', 'counted', 'of the first', 'with snapshots', 'CPU', 'of the first', 'peak memory'], ...rows]),
  );
};

const rowOf = (name: string, { counted, published, cpu, peak }: Taken, base: Taken): (string | number)[] => [
  name,
  counted,
  ratio(counted, base.counted),
  published,
  cpu,
  ratio(cpu, base.cpu),
  Math.round(peak),
];
