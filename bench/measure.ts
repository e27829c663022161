import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../src/setup/config.ts';
import { CHANNEL } from '../test/support/world.ts';

/** The challenge of all benchmarks. */
export const challenge = parseConfig({ challenges: [{ channel: CHANNEL }] }, 'bench').challenges[0] as ReturnType<
  typeof parseConfig
>['challenges'][number];

/** The value below which a share of all lies; the list is sorted in place. */
export const percentile = (values: number[], share: number): number => {
  values.sort((one, other) => one - other);
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
};

/** Does something with a folder of its own, which is gone afterwards. */
export const inFolder = async <Result>(work: (folder: string) => Promise<Result>): Promise<Result> => {
  const folder = mkdtempSync(join(tmpdir(), 'til-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
};

export const print = (text: string): void => void process.stdout.write(`${text}\n`);
