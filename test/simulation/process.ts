import { Unavailable } from '../../src/events/errors.ts';
import type { Job, Queue } from '../../src/queue/queue.ts';
import type { Clock } from '../../src/setup/clock.ts';
import { type ClockCheck, createClockCheck } from '../../src/setup/clock-check.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import type { Faults, Site } from './faults.ts';
import type { Store } from './store.ts';
import type { Life, Timeline } from './timeline.ts';

/** `machine`: one process on files, started again when it dies. `lambda`: several at once on S3 and SQS, each stopped after 30 s. */
export type Kind = 'machine' | 'lambda';

/** A process of the bot. When it dies, whatever it was waiting for never comes back to it. */
export interface Process extends Life {
  kind: Kind;
  clock: Clock;
  /** By how many milliseconds its clock is ahead of Slack's. */
  ahead: number;
  clockCheck: ClockCheck;
  /** The longest that it has waited of its own accord, in milliseconds. */
  longestPause: number;
  /** Waits for a port: somewhere on the way it may be held up, or die. */
  pass(crash: Site): Promise<void>;
  /** As `pass`, but not held up: what is sent is on its way. */
  send(crash: Site): Promise<void>;
  wait(milliseconds: number): Promise<void>;
  die(): void;
  /** Queues what is due, once the process is ready for it; false when it does not know what time it is. */
  ask?: () => Promise<boolean>;
  /** What is done now and then, once the process is ready for it. */
  upkeep?: (tick: 'reconcile' | 'seal') => Promise<void>;
  /** Writes that the disk has not sworn to yet. */
  unforced: Map<string, Store>;
}

export interface Ground {
  timeline: Timeline;
  faults: Faults;
  random: () => number;
}

/** As long as the client waits for the answer that tells the time. */
const ASK_MILLISECONDS = 2_000;

/** The `Date` that Slack's answers have now. */
export const dateAt = ({ now }: Pick<Timeline, 'now'>): string => new Date(now()).toUTCString();

const DERIVED = /^(ledgers|snapshots|tables)\//;

/** A process that has just begun; `onDeath` is told once. */
export const createProcess = (
  { timeline, faults, random }: Ground,
  kind: Kind,
  ahead: number,
  onDeath: (process: Process) => void,
): Process => {
  const sleeps: { from: number; until: number }[] = [];
  const wait = (milliseconds: number): Promise<void> => timeline.wait(milliseconds, self);
  const die = (): void => {
    if (!self.alive) return;
    self.alive = false;
    for (const [key, store] of self.unforced) {
      if (faults.strikes('disk: unforced write lost')) store.undo(key);
      // What is derived must heal whatever is left of it; an event is linked into its place whole or not at all.
      else if (DERIVED.test(key) && faults.strikes('disk: derived document torn')) store.tear(key, random());
    }
    onDeath(self);
  };
  const holdUp = (): void => {
    // Held up twice at once, it would sleep twice over the same time, and its monotonic clock go back.
    if (self.heldUntil > timeline.now()) return;
    const seconds = kind === 'machine' ? 10 + random() * 1200 : 1 + random() * 25;
    self.heldUntil = timeline.now() + seconds * 1000;
    if (faults.strikes('machine asleep while it is held up'))
      sleeps.push({ from: timeline.now(), until: self.heldUntil });
  };
  /** A machine's monotonic clock stands still while it sleeps. */
  const elapsed = (): number => {
    const now = timeline.now();
    return sleeps.reduce((time, { from, until }) => time - (Math.min(now, until) - from), now);
  };
  const sleep = (milliseconds: number): Promise<void> => {
    self.longestPause = Math.max(self.longestPause, milliseconds);
    return wait(milliseconds);
  };
  const clock: Clock = { now: () => timeline.now() + self.ahead, elapsed, sleep };
  /** `auth.test`, which tells the time. */
  const askForTime = async (): Promise<void> => {
    const answered = self.clockCheck.watch();
    const answer = self.pass('crash before a call to Slack').then(() => {
      if (faults.strikes('slack: does not say what time it is')) throw new Unavailable('Slack cannot be reached');
      answered(dateAt(timeline));
    });
    answer.catch(() => {});
    await Promise.race([
      answer,
      wait(ASK_MILLISECONDS).then(() => {
        throw new Unavailable('Slack takes too long');
      }),
    ]);
  };
  const self: Process = {
    kind,
    alive: true,
    heldUntil: 0,
    unforced: new Map(),
    clock,
    ahead,
    clockCheck: createClockCheck(clock, askForTime),
    longestPause: 0,
    wait,
    die,
    send: async (crash) => {
      if (faults.strikes(crash)) die();
      await timeline.wait(1 + random() * 20);
      if (!self.alive) await new Promise(() => {});
    },
    pass: (crash) => {
      if (faults.strikes(crash)) die();
      else if (faults.strikes('process held up')) holdUp();
      const stalls = faults.strikes('stall of a call');
      return wait(stalls ? 5000 + random() * (kind === 'machine' ? 200_000 : 40_000) : 1 + random() * 20);
    },
  };
  return self;
};

/** A bucket as one process sees it: slow, now and then out of reach, and sometimes the last thing the process touches. */
export const bucketOf = (store: Store, area: 'log' | 'state', process: Process, { faults, random }: Ground): Bucket => {
  const fail = (site: Site, what: string): void => {
    if (faults.strikes(site)) throw new Unavailable(`${what}: ${site}`);
  };
  const write = async <Result>(key: string, deed: () => Promise<Result>, own412?: () => Result): Promise<Result> => {
    await process.pass('crash before a write');
    fail(`${area}: not written`, key);
    const before = store.objects.get(key);
    const result = await deed();
    if (process.kind === 'machine' && store.objects.get(key) !== before) process.unforced.set(key, store);
    if (faults.strikes('crash after a write')) process.die();
    await process.wait(1 + random() * 10);
    process.unforced.delete(key);
    fail(`${area}: written, answer lost`, key);
    const repeated = own412 && process.kind === 'lambda' && faults.strikes(`${area}: 412 after an own success`);
    return repeated ? own412() : result;
  };
  return {
    get: async (key) => {
      await process.pass('crash before a read');
      fail(`${area}: not read`, key);
      return store.get(key);
    },
    list: async (prefix, after) => {
      await process.pass('crash before a read');
      fail(`${area}: not listed`, prefix);
      return store.list(prefix, after);
    },
    folders: async (prefix) => {
      await process.pass('crash before a read');
      fail(`${area}: not listed`, prefix);
      return store.folders(prefix);
    },
    putNew: (key, bytes) =>
      write(
        key,
        () => store.putNew(key, bytes),
        () => ({ created: false as const }),
      ),
    putIf: (key, bytes, etag) => write(key, () => store.putIf(key, bytes, etag)),
  };
};

/** The queue behind all processes, and who waits at it for jobs. */
export interface Station {
  queue: Queue;
  now: () => number;
  visibilitySeconds: number;
  waiting: Waiting[];
  /** How often each job was given out: SQS gives one up after a thousand times. */
  taken: Map<string, number>;
  /** When each was given out, and when it was done, in milliseconds. */
  times: Map<string, { taken: number[]; ended: number[] }>;
  /** What was given out and is not done yet: by the number in its handle, the group. */
  open: Map<string, string>;
  /** SQS says of each job when it was given out for the first time; the queue on one machine does not. */
  saysFirst: boolean;
  /** Jobs that were done although one before them in their group was not. */
  overtaken: string[];
}

interface Waiting {
  process: Process;
  max: number;
  give: (jobs: Job[]) => void;
}

/** Hands out what may be taken to whoever waits for it. */
export const ring = async (station: Station): Promise<void> => {
  for (let next = station.waiting.shift(); next; next = station.waiting.shift()) {
    if (!next.process.alive) continue;
    const jobs = await takeFrom(station, next.max);
    if (jobs.length > 0) next.give(jobs);
    else return void station.waiting.unshift(next);
  }
};

const takeFrom = async (station: Station, max: number): Promise<Job[]> => {
  const jobs = await station.queue.take(max, 0);
  for (const { id, received, group, handle } of jobs) {
    station.taken.set(id, received);
    timesOf(station, id).taken.push(station.now());
    station.open.set(numberOf(handle), group);
  }
  if (station.saysFirst)
    return jobs.map((job) => ({ ...job, firstTaken: timesOf(station, job.id).taken[0] as number }));
  return jobs;
};

/** When a job was given out, and when it was done. */
export const timesOf = ({ times }: Station, id: string): { taken: number[]; ended: number[] } => {
  const known = times.get(id) ?? { taken: [], ended: [] };
  times.set(id, known);
  return known;
};

/** The place of a job in the order of all; the same however often it is given out. */
const numberOf = (handle: string): string => handle.split('#')[0] as string;

/** Notes that jobs are done, and which of them have overtaken another of their group. */
const close = (station: Station, jobs: readonly Job[]): void => {
  const numbers = new Map(jobs.map(({ id, handle }) => [numberOf(handle), id]));
  for (const [number, id] of numbers) {
    timesOf(station, id).ended.push(station.now());
    const group = station.open.get(number);
    const before = [...station.open].some(
      ([other, itsGroup]) => itsGroup === group && Number(other) < Number(number) && !numbers.has(other),
    );
    if (before) station.overtaken.push(id);
  }
  for (const number of numbers.keys()) station.open.delete(number);
};

/** The queue as one process sees it. */
export const queueOf = (station: Station, process: Process, { faults, timeline, random }: Ground): Queue => {
  const { queue } = station;
  const fail = (site: Site): void => {
    if (faults.strikes(site)) throw new Unavailable(site);
  };
  const ringIn = (seconds: number): void =>
    timeline.at(timeline.now() + seconds * 1000 + 1, () => timeline.start(() => ring(station)));
  return {
    put: async (jobs) => {
      if (jobs.length === 0) return;
      await process.pass('crash before a write');
      fail('queue: not put');
      await queue.put(jobs);
      await ring(station);
      fail('queue: put, answer lost');
    },
    take: async (max) => {
      await process.pass('crash before a read');
      fail('queue: not taken');
      let jobs = process.alive ? await takeFrom(station, max) : [];
      if (jobs.length === 0) {
        jobs = await new Promise<Job[]>((give) => station.waiting.push({ process, max, give }));
        ringIn(station.visibilitySeconds);
        await process.wait(1 + random() * 5); // It may die, or be held up, with what it was given on its way.
      } else ringIn(station.visibilitySeconds);
      // Nothing may rely on a group being in one hand: the same work comes to another worker at the same time.
      const twice = jobs.filter(({ id }) => !id.endsWith('+') && faults.strikes('queue: a job given out twice'));
      if (twice.length > 0) {
        await queue.put(twice.map(({ id, group, body }) => ({ id: `${id}+`, group: `${group}+`, body })));
        await ring(station);
      }
      return jobs;
    },
    done: async (jobs) => {
      await process.pass('crash before a write');
      fail('queue: not removed');
      close(station, jobs);
      await queue.done(jobs);
      await ring(station);
    },
    retry: async (job, delaySeconds) => {
      await process.pass('crash before a write');
      fail('queue: not put back');
      await queue.retry(job, delaySeconds);
      ringIn(delaySeconds);
    },
  };
};
