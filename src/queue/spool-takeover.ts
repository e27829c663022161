import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { makeFolder } from './database.ts';
import type { NewJob } from './queue.ts';
import { checksumOf, transaction } from './schema.ts';

// Until November 2026 the queue was a spool: a file in `jobs/` for what was put at one time, and one of the same name in `taken/` with
// a line for each thing that happened to a job: `+3` job 3 was taken, `-3` it is done, `=3 UNTIL LENGTH` it was put back with a delay.

interface Progress {
  received: number;
  done: boolean;
  delay?: { until: number; ms: number };
}

interface Batch {
  at: number;
  jobs: NewJob[];
}

/**
 * Puts the jobs of a spool before all that is in the table, and removes the spool. Cut short at any step, it goes on where it was: each
 * file is noted in the transaction that takes it over, and files are removed when all are noted.
 */
export const takeOverSpool = (
  folder: string,
  database: DatabaseSync,
  onDamage: (what: string, reason: string) => void,
): void => {
  const [jobs, taken] = [join(folder, 'jobs'), join(folder, 'taken')];
  if (existsSync(jobs)) {
    database.exec('PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS taken_over (name TEXT PRIMARY KEY) STRICT');
    // The newest first, each before all that is there.
    for (const name of readdirSync(jobs).sort().reverse()) {
      const batch = readBatch(join(jobs, name));
      if (batch) transaction(database, () => add(database, name, batch, readProgress(join(taken, name))));
      else onDamage(keep(folder, join(jobs, name), name), 'expected a file of a spool, got something else');
    }
    rmSync(jobs, { recursive: true });
  }
  database.exec('DROP TABLE IF EXISTS taken_over');
  for (const name of ['taken', '.tmp']) rmSync(join(folder, name), { recursive: true, force: true });
};

const readBatch = (path: string): Batch | undefined => {
  try {
    const { v, at, jobs } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)));
    return v === 1 && typeof at === 'number' && jobs.every(isJob) ? { at, jobs } : undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code.startsWith('E') && !code.startsWith('ERR_') && code !== 'EISDIR') throw error; // A disk that fails is no bad file.
    return undefined;
  }
};

const isJob = ({ id, group, body }: Record<string, unknown>): boolean =>
  [id, group, body].every((each) => typeof each === 'string');

const LINE = /^([+\-=])(\d+)(?: (\d+) (\d+))?$/;

/** This file of the spool was never forced to the disk, so it may be torn. */
const readProgress = (path: string): Map<number, Progress> => {
  const progress = new Map<number, Progress>();
  for (const line of existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []) {
    const [, what, index, until, ms] = LINE.exec(line) ?? [];
    const { received = 0, done = false } = progress.get(Number(index)) ?? {};
    if (what === '+') progress.set(Number(index), { received: received + 1, done });
    if (what === '-') progress.set(Number(index), { received, done: true });
    if (what === '=') progress.set(Number(index), { received, done, delay: { until: Number(until), ms: Number(ms) } });
  }
  return progress;
};

const add = (database: DatabaseSync, name: string, { at, jobs }: Batch, progress: Map<number, Progress>): void => {
  if (database.prepare('INSERT OR IGNORE INTO taken_over VALUES (?)').run(name).changes === 0) return;
  const { first } = database.prepare('SELECT min(0, coalesce(min(position), 0)) AS first FROM job').get() as {
    first: number;
  };
  const insert = database.prepare('INSERT INTO job VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  for (const [index, job] of jobs.entries()) {
    const { received = 0, done = false, delay } = progress.get(index) ?? {};
    const held = [delay?.until ?? 0, delay?.ms ?? null] as const;
    if (!done)
      insert.run(first - jobs.length + index, received, ...held, at, checksumOf(job), job.id, job.group, job.body);
  }
};

const keep = (folder: string, path: string, name: string): string => {
  const broken = join(folder, 'broken');
  makeFolder(broken);
  const free = [name, ...Array.from({ length: 1000 }, (_, at) => `${name}.${at + 1}`)].map((each) =>
    join(broken, each),
  );
  const to = free.find((each) => !existsSync(each)) as string;
  renameSync(path, to);
  return to;
};
