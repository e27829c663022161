import { type FSWatcher, watch } from 'node:fs';
import { type Depth, emptyLine, jobOf, type Place } from './line.ts';
import type { Job } from './queue.ts';
import { type Batch, lines, type Progress } from './spool-batch.ts';
import type { SpoolFolder } from './spool-folder.ts';

/** The one who takes: the jobs of the spool in memory, each change noted on the disk before it counts. */
export interface SpoolTaker {
  take(max: number, now: number, until: number): Job[];
  done(jobs: Job[]): void;
  retry(job: Job, now: number, milliseconds: number): void;
  nextChange(): number | undefined;
  depth(now: number): Depth;
  /** A batch that this process writes is not read from the disk: it is told of when it is safe there. */
  writing(name: string): void;
  written(name: string, batch: Batch): void;
  failed(name: string): void;
  /** Looks out for jobs that other processes put; `notice` is called when there may be some. */
  watch(notice: () => void): void;
  close(): void;
}

const LOOK_MS = 1000;

/** A taker that has read what lies there. Problems with single files go to `onBroken`, those with the disk are thrown by `take`. */
export const spoolTaker = (
  folder: SpoolFolder,
  now: () => number,
  onBroken: (name: string, reason: string) => void,
): SpoolTaker => {
  const line = emptyLine();
  const batches = new Map<string, { left: number }>();
  const ours = new Set<string>(); // In the making by this process.
  const ignored = new Set<string>(); // No batches, and could not be moved.
  const noticed = new Set<string>();
  let all = true; // Whether the whole folder has to be looked through.
  let version: bigint | undefined;
  let watcher: FSWatcher | undefined;
  let timer: NodeJS.Timeout | undefined;

  const add = (name: string, { at, jobs }: Batch, progress: Map<number, Progress>): void => {
    const open = jobs.map((job, index) => ({ job, index, ...progress.get(index) })).filter(({ done }) => !done);
    if (open.length === 0) folder.remove(name);
    if (open.length === 0) return;
    batches.set(name, { left: open.length });
    for (const { job, index, received = 0, delay } of open) {
      const place = line.add(keyOf(name, index), job, at, received);
      if (delay) line.delay(place, Math.min(delay.until, now() + delay.milliseconds));
    }
  };

  const setAside = (name: string, reason: string): void => {
    try {
      folder.setAside(name);
    } catch {
      ignored.add(name); // It stays where it is; the reason below is still the one to know.
    }
    onBroken(name, reason);
  };

  const load = (name: string): void => {
    if (batches.has(name) || ours.has(name) || ignored.has(name)) return;
    const batch = folder.read(name);
    if (!batch) return;
    if ('reason' in batch) setAside(name, batch.reason);
    else add(name, batch, batch.progress);
  };

  const absorb = (): void => {
    const names = all ? folder.names() : [...noticed];
    for (const name of names) load(name);
    noticed.clear();
    all = false;
  };

  const take: SpoolTaker['take'] = (max, at, until) => {
    absorb();
    const places = line.take(max, at, until);
    try {
      for (const [name, own] of byBatch(places))
        folder.note(name, own.map((place) => lines.taken(indexOf(place))).join(''));
    } catch (error) {
      for (const place of places) giveBack(place, at);
      throw error;
    }
    return places.map(jobOf);
  };

  const giveBack = (place: Place, at: number): void => {
    place.received -= 1;
    line.delay(place, at);
  };

  const end = (name: string, places: Place[]): void => {
    const batch = batches.get(name);
    if (!batch) return;
    if (batch.left > places.length) folder.note(name, places.map((place) => lines.done(indexOf(place))).join(''));
    else folder.remove(name);
    batch.left -= places.length;
    if (batch.left === 0) batches.delete(name);
    for (const place of places) line.remove(place);
  };

  const look = (notice: () => void): void => {
    const seen = folder.version();
    if (seen !== undefined && seen === version) return;
    // A change within the same tick of the kernel's clock would not show: only a version that has come of age is trusted.
    version = seen !== undefined && BigInt(Date.now()) * 1_000_000n - seen > 100_000_000n ? seen : undefined;
    all = true;
    notice();
  };

  return {
    take,
    done: (jobs) => {
      const places = new Set(jobs.flatMap((job) => line.find(job) ?? []));
      for (const [name, own] of byBatch([...places])) end(name, own);
    },
    retry: (job, at, milliseconds) => {
      const place = line.find(job);
      if (!place) return;
      if (milliseconds > 0) {
        folder.note(
          nameOf(place),
          lines.delayed(indexOf(place), Math.ceil(at + milliseconds), Math.ceil(milliseconds)),
        );
      }
      line.delay(place, at + milliseconds);
    },
    nextChange: line.nextChange,
    depth: line.depth,
    writing: (name) => void ours.add(name),
    written: (name, batch) => {
      if (ours.delete(name)) add(name, batch, new Map());
    },
    failed: (name) => {
      ours.delete(name);
      all = true; // It may lie there all the same.
    },
    watch: (notice) => {
      watcher = watchNames(folder.jobs, (name) => {
        if (name !== null && (batches.has(name) || ours.has(name))) return;
        if (name === null) all = true;
        else noticed.add(name);
        notice();
      });
      timer = setInterval(() => look(notice), LOOK_MS).unref();
    },
    close: () => {
      watcher?.close();
      clearInterval(timer);
    },
  };
};

// Fixed widths: keys sort by batch and then by place in it.
const keyOf = (name: string, index: number): string => `${name}/${String(index).padStart(6, '0')}`;
const nameOf = (place: Place): string => place.key.slice(0, place.key.indexOf('/'));
const indexOf = (place: Place): number => Number(place.key.slice(place.key.indexOf('/') + 1));

const byBatch = (places: Place[]): Map<string, Place[]> => Map.groupBy(places, nameOf);

/** Where the system cannot watch, the look once a second must do. */
const watchNames = (path: string, notice: (name: string | null) => void): FSWatcher | undefined => {
  try {
    const watcher = watch(path, { persistent: false }, (_, name) => notice(name));
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
};
