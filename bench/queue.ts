import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openLocalQueue } from '../src/queue/local.ts';
import type { NewJob } from '../src/queue/queue.ts';
import { inFolder, percentile, print } from './measure.ts';
import { ratio, table } from './table.ts';

// How many jobs the queue on the disk takes and gives a second, beside the floor: 1 kB appended to a file and forced down. All of them
// turn about in short slices of one run, and the medians are shown, so that a busy machine is busy for all.
const SLICES = Number(process.argv[2] ?? 25);
const CALLERS = 64;

let number = 0;
const nextJob = (): NewJob => ({ id: `job-${(number += 1)}`, group: `group-${number % 16}`, body: 'x'.repeat(1000) });

const perSecond = async (count: number, work: () => Promise<void> | void, callers = 1): Promise<number> => {
  const began = performance.now();
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: callers }, lane));
  return (count * 1000) / (performance.now() - began);
};

await inFolder(async (folder) => {
  const file = openSync(join(folder, 'bare'), 'w');
  const [put, cycle] = [openLocalQueue(join(folder, 'put')), openLocalQueue(join(folder, 'cycle'))];
  await put.openTaker();
  const bare = (): void => {
    writeSync(file, 'x'.repeat(1000));
    fsyncSync(file);
  };
  const putOne = (): Promise<void> => put.put([nextJob()]);
  const putTakeDone = async (): Promise<void> => {
    await cycle.put([nextJob()]);
    await cycle.done(await cycle.take(1, 0));
  };
  const modes: [name: string, slice: () => Promise<number>][] = [
    ['append + fsync', () => perSecond(20, bare)],
    ['put, one caller', () => perSecond(20, putOne)],
    [`put, ${CALLERS} callers`, () => perSecond(2000, putOne, CALLERS)],
    ['put, take, done', () => perSecond(20, putTakeDone)],
  ];
  const rates = modes.map((): number[] => []);
  for (let slice = 0; slice < SLICES; slice += 1)
    for (const [at, [, measure]] of modes.entries()) rates[at]?.push(await measure());
  await Promise.all([put.close(), cycle.close()]);
  closeSync(file);
  const medians = rates.map((each) => percentile(each, 0.5));
  print(`\nJobs of 1 kB a second, medians of ${SLICES} slices\n`);
  const rows = modes.map(([name], at) => [name, medians[at] ?? 0, ratio(medians[at] ?? 0, medians[0] ?? 0)]);
  print(table([['', 'a second', 'of the floor'], ...rows]));
});
