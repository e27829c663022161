import type { NewJob } from './queue.ts';

/** The jobs that were put at one time: one file, written once. `at` is when, in milliseconds. */
export interface Batch {
  at: number;
  jobs: NewJob[];
}

/** What has happened to one job of a batch since. A delay is kept with its length, so that a clock set back cannot stretch it. */
export interface Progress {
  received: number;
  done: boolean;
  delay?: { until: number; milliseconds: number };
}

const NAME = /^\d{16}-[0-9a-f]{8}\.json$/;

/** Says whether a file in `jobs/` has a name that a spool gives. */
export const isBatchName = (name: string): boolean => NAME.test(name);

/** The name of a batch: names sort by time, and no two processes give the same. */
export const batchName = (microseconds: number, random: string): string =>
  `${String(microseconds).padStart(16, '0')}-${random}.json`;

/** The time in a batch's name, in microseconds. */
export const timeOfName = (name: string): number => Number(name.slice(0, 16));

/** A batch as a file. */
export const encodeBatch = (batch: Batch): Uint8Array => Buffer.from(JSON.stringify({ v: 1, ...batch }));

/** A file as a batch, or why it is none. The reason never quotes the file. */
export const decodeBatch = (bytes: Uint8Array): Batch | { reason: string } => {
  const value = parsed(bytes);
  if (value === undefined) return { reason: `expected JSON, got ${bytes.length} bytes of something else` };
  const { v, at, jobs } = value as { v?: unknown; at?: unknown; jobs?: unknown };
  if (v !== 1) return { reason: `expected version 1, got ${typeof v === 'number' ? v : typeof v}` };
  if (typeof at !== 'number' || !Array.isArray(jobs) || jobs.length === 0)
    return { reason: 'expected "at" and "jobs"' };
  const wrong = jobs.findIndex((job) => !isJob(job));
  if (wrong !== -1) return { reason: `expected job ${wrong} to have the texts "id", "group" and "body"` };
  return { at, jobs: (jobs as NewJob[]).map(({ id, group, body }) => ({ id, group, body })) };
};

const parsed = (bytes: Uint8Array): object | undefined => {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

const isJob = (value: unknown): value is NewJob => {
  const { id, group, body } = (value ?? {}) as Partial<Record<keyof NewJob, unknown>>;
  return typeof id === 'string' && typeof group === 'string' && typeof body === 'string';
};

/** The lines of a batch's progress file: `+3` job 3 was taken, `-3` it is done, `=3 UNTIL LENGTH` it was put back with a delay. */
export const lines = {
  taken: (index: number): string => `+${index}\n`,
  done: (index: number): string => `-${index}\n`,
  delayed: (index: number, until: number, milliseconds: number): string => `=${index} ${until} ${milliseconds}\n`,
};

const LINE = /^([+\-=])(\d+)(?: (\d+) (\d+))?$/;

/** What a progress file says. It is not forced to the disk: after power loss it may be old or torn, and jobs come once more. */
export const readProgress = (text: string): Map<number, Progress> => {
  const progress = new Map<number, Progress>();
  for (const line of text.split('\n').slice(0, -1)) {
    const [, what, index, until, milliseconds] = LINE.exec(line) ?? [];
    if (what === undefined) continue;
    const job = progress.get(Number(index)) ?? { received: 0, done: false };
    progress.set(Number(index), job);
    delete job.delay;
    if (what === '+') job.received += 1;
    if (what === '-') job.done = true;
    if (what === '=') job.delay = { until: Number(until), milliseconds: Number(milliseconds) };
  }
  return progress;
};
