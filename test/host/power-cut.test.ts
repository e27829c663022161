import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { rebuild } from '../../src/history/rebuild.ts';
import { createBatchRunner } from '../../src/host/batch.ts';
import { makeRight } from '../../src/host/machine.ts';
import { publishChallenges, publishMonth } from '../../src/pipeline/publish.ts';
import { jobOf } from '../../src/queue/jobs.ts';
import type { Job } from '../../src/queue/queue.ts';
import { seeded } from '../../src/sandbox/seeded.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import type { FileSystem } from '../../src/store/disk.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { bootNote } from '../../src/store/doubt.ts';
import { filesBucket } from '../../src/store/files.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { below } from '../support/random.ts';
import { SETTINGS } from '../support/serving.ts';
import { slackSeason } from '../support/slack-season.ts';
import { unforced } from '../support/storage-faults.ts';
import { type Choose, FILE_STATES, layOut, powerLoss, type Remains } from '../support/storage-power-loss.ts';
import { IN_MEMORY, newFolder, tidyUp } from '../support/storage-processes.ts';
import { CHANNEL, contents, createCounter } from '../support/world.ts';

afterAll(tidyUp);

const { challenges } = SETTINGS;
const [week = []] = slackSeason({ seed: 11, weeks: 1, firstWeek: 1, members: 3, replies: 2, reactions: 4 });
const JOBS: Job[] = week.map((payload, number) => ({
  ...jobOf(`${number}`, CHANNEL, { kind: 'event', payload }),
  received: 1,
  handle: `${number}`,
}));

/** Log and state in a folder, as the machine has them in this boot. */
const openIn = (folder: string, boot: string, system: FileSystem) => ({
  log: filesBucket(join(folder, 'log'), { system }),
  state: filesBucket(join(folder, 'state'), { system, boot }),
  doubt: bootNote(join(folder, 'state'), boot, system),
});

/** Handles jobs as a host does: some alone, then many at once. `gone` are those that have left the queue. */
const handle = async (jobs: readonly Job[], { log, state }: { log: Bucket; state: Bucket }, gone = new Set<Job>()) => {
  const documents = openDocuments(state);
  const { worker } = createCounter({ log, documents, challenges });
  const run = createBatchRunner({
    handle: worker.handle,
    publish: async (months) => {
      for (const { challenge, month } of months) await publishMonth(documents, challenge, month);
    },
    queue: {
      done: async (done) => {
        for (const job of done) gone.add(job);
      },
      retry: async () => {},
    },
    waitSeconds: () => 0,
    onError: (error) => {
      throw error;
    },
  });
  await publishChallenges(documents, challenges);
  for (let at = 0; at < jobs.length; ) {
    const batch = jobs.slice(at, at + (at < 2 ? 1 : 10));
    expect(await run(batch)).toEqual([]);
    at += batch.length;
  }
};

/** What a log must be folded to. */
const foldedAnew = async (log: Bucket): Promise<Record<string, string>> => {
  const state = memoryBucket();
  await publishChallenges(openDocuments(state), challenges);
  for (const challenge of challenges) await rebuild(challenge, { log, state });
  return contents(state);
};

/** The objects that an event's job puts into the log. */
const objectsOf = new Map<Job, string[]>();
const logged = (async (): Promise<Record<string, string>> => {
  const log = memoryBucket();
  const state = memoryBucket();
  for (const job of JOBS) {
    const before = Object.keys(await contents(log));
    await handle([job], { log, state });
    objectsOf.set(
      job,
      Object.keys(await contents(log)).filter((key) => !before.includes(key)),
    );
  }
  return contents(log);
})();

interface Cut {
  /** What the disk may hold, in three ways. */
  remains: Remains[];
  /** What it held for those who could still read it: a process may die without the power. */
  live: Remains;
  gone: Set<Job>;
}

const newest: Choose = (choices) => choices - 1;
const oldest: Choose = () => 0;
const newestButTorn: Choose = (choices) => (choices === FILE_STATES ? 1 : choices - 1);
/** The same for the same seed. */
const byChance = (seed: number): Choose => {
  const random = seeded(seed);
  return (choices) => below(random, choices);
};

/** What remains is laid out in another folder, which stands for the same one. */
const still: FileSystem = { ...unforced, placeOf: () => 'here' };

/** A disk that is slow to force anything down: meanwhile much else is done by whoever does not wait for it. */
const slow: FileSystem = {
  ...still,
  open: async (path, flags) => {
    const sync = async (): Promise<void> => {
      for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    };
    return { ...(await still.open(path, flags)), sync };
  },
};

/** Does `work` in a folder, and notes after each of its calls to the system what would remain. */
const cutAfterEachCall = async (
  folder: string,
  work: (system: FileSystem) => Promise<unknown>,
  gone = new Set<Job>(),
) => {
  const cuts: Cut[] = [];
  const model = powerLoss(folder, 'none', {
    real: slow,
    after: () => {
      const ways = [oldest, newestButTorn, byChance(cuts.length)];
      cuts.push({ live: model.remains(newest), remains: ways.map(model.remains), gone: new Set(gone) });
    },
  });
  await work(model.system);
  return cuts;
};

type Found = ReturnType<typeof openIn>;

/** Looks at a folder in which a machine finds what remains, in this boot. */
const finding = async <T>(
  remains: Remains,
  boot: string,
  look: (ports: Found, folder: string) => Promise<T>,
): Promise<T> => {
  const folder = newFolder(IN_MEMORY);
  try {
    layOut(remains, folder);
    return await look(openIn(folder, boot, still), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const right = (ports: Found, happenings: string[] = []): Promise<void> =>
  makeRight({ settings: SETTINGS, ...ports, report: (happening) => void happenings.push(happening) });

/** What is wrong with what a start finds after power loss, before and after it has made it right. */
const wrongAfterStart = async (ports: Found): Promise<string[]> => {
  const wrong: string[] = [];
  const { log, state, doubt } = ports;
  const isDoubtful = doubt.isThere();
  if (!isDoubtful && Object.keys(await contents(state)).length > 0) wrong.push('trusted, though not forced');
  const happenings: string[] = [];
  await right(ports, happenings);
  if (happenings.includes('renewing') !== isDoubtful) wrong.push(`said ${happenings}`);
  if (!isDeepStrictEqual(await contents(state), await foldedAnew(log))) wrong.push('not as the log has it');
  if (doubt.isThere()) wrong.push('still in doubt');
  return wrong;
};

/** What of the jobs that have left the queue is not in the log. */
const lostOf = async (gone: Set<Job>, log: Bucket): Promise<string[]> => {
  const keys = [...gone].flatMap((job) => objectsOf.get(job) as string[]);
  const whole = await logged;
  const kept = await contents(log);
  return keys.filter((key) => kept[key] !== whole[key]);
};

/** All cuts of a run, made once. */
const run = (async () => {
  const folder = newFolder(IN_MEMORY);
  const gone = new Set<Job>();
  return cutAfterEachCall(folder, (system) => handle(JOBS, openIn(folder, 'A', system), gone), gone);
})();

test('power lost after any call costs nothing that has left the queue, and the state is made anew before it is read', async () => {
  const cuts = await run;
  const wrong = new Set<string>();
  const look = async (ports: Found, gone: Set<Job>): Promise<void> => {
    for (const key of await lostOf(gone, ports.log)) wrong.add(`lost ${key}`);
    for (const problem of await wrongAfterStart(ports)) wrong.add(problem);
  };
  for (const { remains, gone } of cuts)
    for (const each of remains) await finding(each, 'B', (ports) => look(ports, gone));
  expect(cuts.length).toBeGreaterThan(100);
  expect([...wrong]).toEqual([]);
});

test('what is left in the queue is done after a power cut, and then all is there', async () => {
  const goOn = async (ports: Found, gone: Set<Job>): Promise<void> => {
    await right(ports);
    await handle(
      JOBS.filter((job) => !gone.has(job)),
      ports,
    );
    expect(await contents(ports.log)).toEqual(await logged);
    expect(await contents(ports.state)).toEqual(await foldedAnew(ports.log));
  };
  for (const { remains, gone } of (await run).filter((_, position) => position % 10 === 0))
    await finding(remains[2] as Remains, 'B', (ports) => goOn(ports, gone));
});

test('a process that dies makes nothing anew', async () => {
  const look = async (ports: Found): Promise<void> => {
    const happenings: string[] = [];
    expect(ports.doubt.isThere()).toBe(false);
    await right(ports, happenings);
    expect(happenings).not.toContain('renewing');
    expect(await contents(ports.state)).toEqual(await foldedAnew(ports.log));
  };
  for (const { live } of (await run).filter((_, position) => position % 5 === 0)) await finding(live, 'A', look);
});

test('power lost again, or a death, while the state is being made anew leaves it in doubt until it is whole', async () => {
  const wrong = new Set<string>();
  const lookAlive = async ({ log, state, doubt }: Found): Promise<void> => {
    if (doubt.isThere()) return;
    if (!isDeepStrictEqual(await contents(state), await foldedAnew(log))) wrong.add('trusted before it was whole');
  };
  const look = async (ports: Found): Promise<void> => {
    for (const problem of await wrongAfterStart(ports)) wrong.add(problem);
  };
  const { remains: ends } = (await run).at(-1) as Cut;
  const again = await finding(ends[0] as Remains, 'B', (_, folder) =>
    cutAfterEachCall(folder, (system) => right(openIn(folder, 'B', system))),
  );
  for (const { live, remains } of again) {
    await finding(live, 'B', lookAlive);
    for (const each of remains) await finding(each, 'C', look);
  }
  expect(again.length).toBeGreaterThan(20);
  expect([...wrong]).toEqual([]);
});
