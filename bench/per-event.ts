import { join } from 'node:path';
import type { Event } from '../src/events/catalog.ts';
import { rebuild } from '../src/history/rebuild.ts';
import { createWorker } from '../src/host/worker.ts';
import { createBookkeeping } from '../src/pipeline/bookkeeping.ts';
import { publishMonth } from '../src/pipeline/publish.ts';
import { jobOf } from '../src/queue/jobs.ts';
import { bootId } from '../src/store/boot.ts';
import type { Bucket } from '../src/store/bucket.ts';
import { openDocuments } from '../src/store/documents.ts';
import { filesBucket } from '../src/store/files.ts';
import { openLog } from '../src/store/log.ts';
import { mapOrdered } from '../src/store/together.ts';
import { slackSeason } from '../test/support/slack-season.ts';
import { CHANNEL } from '../test/support/world.ts';
import { eventsOf } from './big-week.ts';
import { challenge, inFolder, percentile, print } from './measure.ts';
import { applyToOriginal, emptyOriginal, handleByOriginal, storeOriginal } from './original.ts';
import { ratio, table } from './table.ts';
import { printWithinWeek } from './within-week.ts';

// The time that one event takes, alone and with its snapshots on the disk, as the history and the number of members grow; beside the
// original's way (read everything, change it, write everything) on the same disk in the same run. Then the same within a week as it grows;
// `--full` adds one of 10,000 replies.
const HISTORIES = [1, 10, 100];
const MEMBERS = [10, 100, 1000];
const EVENTS = 120;

interface Times {
  /** Until it is in the log and counted in its ledger. */
  counted: number;
  /** Until all its snapshots are on the disk too. */
  published: number;
}

const ours = async (payloads: readonly unknown[], log: Bucket, state: Bucket): Promise<Times> => {
  const documents = openDocuments(state);
  const ports = { log, documents, challenges: [challenge] };
  const worker = createWorker({ ...ports, bookkeeping: createBookkeeping(ports) });
  const taken: Times[] = [];
  for (const [number, payload] of payloads.entries()) {
    const job = { ...jobOf(String(number), CHANNEL, { kind: 'event', payload }), received: 1, handle: '' };
    const began = performance.now();
    const { failed, changed } = await worker.handle([job]);
    if (failed[0]) throw failed[0].error;
    const counted = performance.now() - began;
    for (const { month } of changed) await publishMonth(documents, challenge, month);
    taken.push({ counted, published: performance.now() - began });
  }
  const median = (of: keyof Times): number =>
    percentile(
      taken.map((time) => time[of]),
      0.5,
    );
  return { counted: median('counted'), published: median('published') };
};

const original = async (events: readonly Event[], bucket: Bucket): Promise<number> => {
  const taken: number[] = [];
  for (const event of events) {
    const began = performance.now();
    await handleByOriginal(bucket, event, challenge);
    taken.push(performance.now() - began);
  }
  return percentile(taken, 0.5);
};

const measure = (weeks: number, members: number): Promise<Times & { original: number }> =>
  inFolder(async (folder) => {
    const bucket = filesBucket(join(folder, 'bucket'));
    // Each member writes every other week, and gets four reactions a post.
    const season = { seed: 42, members, replies: Math.ceil(members / 2), reactions: members * 2 };
    const history = eventsOf(slackSeason({ ...season, weeks, firstWeek: 1 - weeks }).flat());
    const derived = filesBucket(join(folder, 'state'), { boot: bootId() }); // As `til serve` opens it.
    const log = openLog(bucket, challenge);
    await mapOrdered(history, 32, (event) => log.append(event));
    await rebuild(challenge, { log: bucket, state: derived });
    const payloads = (slackSeason({ ...season, weeks: 1, firstWeek: 1 })[0] as unknown[]).slice(0, EVENTS);
    const times = await ours(payloads, bucket, derived);
    const state = emptyOriginal(
      Array.from({ length: members }, (_, number) => `U0MEMBER${String(number).padStart(2, '0')}`),
    );
    for (const event of history) applyToOriginal(state, event, challenge);
    await storeOriginal(bucket, state);
    return { ...times, original: await original(eventsOf(payloads), bucket) };
  });

const rows: (string | number)[][] = [];
let base: Awaited<ReturnType<typeof measure>> | undefined;
const row = async (weeks: number, members: number): Promise<void> => {
  const time = await measure(weeks, members);
  base ??= time;
  rows.push([
    `${weeks} weeks, ${members} members`,
    time.counted,
    ratio(time.counted, base.counted),
    time.published,
    ratio(time.published, base.published),
    time.original,
    ratio(time.original, base.original),
  ]);
};
await measure(1, 10); // Warm.
for (const weeks of HISTORIES) await row(weeks, 28);
for (const members of MEMBERS) await row(10, members);
print('\nTime per event, one at a time, log and original forced to the disk (median ms)\n');
print(
  table([
    ['history', 'counted', 'of the first', 'with snapshots', 'of the first', 'the original', 'of the first'],
    ...rows,
  ]),
);
await printWithinWeek();
