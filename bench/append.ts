import { join } from 'node:path';
import { rebuild } from '../src/history/rebuild.ts';
import { createWorker } from '../src/host/worker.ts';
import { createBookkeeping } from '../src/pipeline/bookkeeping.ts';
import { createPublisher } from '../src/pipeline/publisher.ts';
import { jobOf } from '../src/queue/jobs.ts';
import { bootId } from '../src/store/boot.ts';
import type { Bucket } from '../src/store/bucket.ts';
import { openDocuments } from '../src/store/documents.ts';
import { filesBucket } from '../src/store/files.ts';
import { openLog } from '../src/store/log.ts';
import { mapOrdered } from '../src/store/together.ts';
import { slackSeason } from '../test/support/slack-season.ts';
import { CHANNEL } from '../test/support/world.ts';
import { eventsOf, LIKES_EACH, REPLIES, storeBigWeek } from './big-week.ts';
import { bytesOf, type Cost, type Costs, countingBucket, requestsOf, totalOf } from './counting.ts';
import { challenge, inFolder } from './measure.ts';
import { applyToOriginal, emptyOriginal, handleByOriginal, storeOriginal } from './original.ts';
import { ratio, table } from './table.ts';

// What one event costs in requests and bytes after 1, 10 and 100 weeks of history, beside the original's way on the same bucket. The
// time in which the publisher waits is virtual, so the counts are the same on every machine. Then the same for one like more within a week
// as it grows; `--full` adds one of 10,000 replies.
const HISTORIES = [1, 10, 100];
const LIKES = 20;
const ALLOWED = 1.1;
// Members, and replies and reactions a week, of the challenge that the original ran: 107 replies and 814 likes in 19 weeks.
const USUAL = { seed: 42, members: 28, replies: 6, reactions: 43 };
const BUSY = { ...USUAL, replies: 60, reactions: 900 };
const MEMBERS = Array.from({ length: USUAL.members }, (_, number) => `U0MEMBER${String(number).padStart(2, '0')}`);

/** How the measured week arrives: in batches of `batch`, `gap` milliseconds apart. */
const MODES = [
  { name: 'one at a time, 1 s apart', week: USUAL, batch: 1, gap: 1000, busy: false },
  { name: '100 events/s, batches of 10', week: BUSY, batch: 10, gap: 100, busy: true },
];

const classOf = (key: string): string => {
  if (key.startsWith('events/')) return 'log';
  if (key.startsWith('ledgers/')) return 'ledger';
  if (key.startsWith('original/')) return 'original';
  if (key.endsWith('/index.json')) return 'index';
  if (key.includes('/members/')) return 'member files';
  if (key.endsWith('/members.json') || key.startsWith('tables/')) return 'roster';
  return 'week and month';
};

/** A clock that moves only when told, and says when somebody waits for it. */
const createVirtualClock = () => {
  let now = 0;
  let waiting: { until: number; wake: () => void }[] = [];
  let noticed = (): void => {};
  return {
    elapsed: () => now,
    sleep: (milliseconds: number) =>
      new Promise<void>((wake) => {
        waiting.push({ until: now + milliseconds, wake });
        noticed();
      }),
    advance: (milliseconds: number): void => {
      now += milliseconds;
      const due = waiting.filter(({ until }) => until <= now);
      waiting = waiting.filter(({ until }) => until > now);
      for (const { wake } of due) wake();
    },
    /** Resolves as soon as somebody sleeps. */
    asleep: () =>
      new Promise<void>((resolve) => {
        if (waiting.length > 0) resolve();
        else noticed = resolve;
      }),
  };
};

/** Sends a week through worker and publisher as `til serve` does. */
const send = async (
  payloads: readonly unknown[],
  log: Bucket,
  state: Bucket,
  { batch, gap, afterFirst }: { batch: number; gap: number; afterFirst?: () => void },
): Promise<void> => {
  const clock = createVirtualClock();
  const documents = openDocuments(state);
  const ports = { log, documents, challenges: [challenge] };
  const worker = createWorker({ ...ports, bookkeeping: createBookkeeping(ports) });
  const publisher = createPublisher(documents, clock, {
    onError: (error) => {
      throw error;
    },
  });
  for (let from = 0; from < payloads.length; from += batch) {
    const jobs = payloads.slice(from, from + batch).map((payload, at) => {
      const id = String(from + at);
      return { ...jobOf(id, CHANNEL, { kind: 'event', payload }), received: 1, handle: id };
    });
    const { failed, changed } = await worker.handle(jobs);
    if (failed[0]) throw failed[0].error;
    publisher.changed(changed);
    await Promise.race([publisher.settled(), clock.asleep()]);
    clock.advance(gap);
    await Promise.race([publisher.settled(), clock.asleep()]);
    if (from === 0) afterFirst?.();
  }
  clock.advance(1000);
  await publisher.settled();
};

interface Row {
  weeks: number;
  events: number;
  ours: Costs;
  original: Costs;
}

const measure = (weeks: number, mode: (typeof MODES)[number]): Promise<Row> =>
  inFolder(async (folder) => {
    const bucket = filesBucket(join(folder, 'log'));
    const derived = filesBucket(join(folder, 'state'), { boot: bootId() }); // As `til serve` opens it.
    // The measured week is the second of its month in every row, so that the month's own objects are of one size.
    const history = eventsOf(slackSeason({ ...USUAL, weeks, firstWeek: 1 - weeks }).flat());
    const log = openLog(bucket, challenge);
    await mapOrdered(history, 32, (event) => log.append(event));
    await rebuild(challenge, { log: bucket, state: derived });
    const payloads = slackSeason({ ...mode.week, weeks: 1, firstWeek: 1 })[0] as unknown[];
    const ours: Costs = {};
    const counted = (each: Bucket): Bucket => countingBucket(each, classOf, () => ours);
    await send(payloads, counted(bucket), counted(derived), mode);

    const state = emptyOriginal(MEMBERS);
    for (const event of history) applyToOriginal(state, event, challenge);
    await storeOriginal(bucket, state);
    const original: Costs = {};
    for (const event of eventsOf(payloads))
      await handleByOriginal(
        countingBucket(bucket, classOf, () => original),
        event,
        challenge,
      );
    return { weeks, events: payloads.length, ours, original };
  });

const show = (rows: readonly Row[]): void => {
  const [first] = rows as [Row, ...Row[]];
  const lines = rows.map(({ weeks, events, ours, original }) => {
    const [total, base] = [totalOf(ours), totalOf(first.ours)];
    return [
      String(weeks),
      total.put / events,
      total.get / events,
      total.list / events,
      total.written / events,
      total.read / events,
      ratio(requestsOf(total), requestsOf(base)),
      ratio(bytesOf(total), bytesOf(base)),
      requestsOf(totalOf(original)) / events,
      bytesOf(totalOf(original)) / events,
      ratio(bytesOf(totalOf(original)), bytesOf(total)),
    ];
  });
  const head = [
    'weeks of history',
    'PUT',
    'GET',
    'LIST',
    'B written',
    'B read',
    'requests',
    'bytes',
    'original: requests',
    'bytes',
    'of ours',
  ];
  process.stdout.write(table([head, ...lines]));
};

const showClasses = (rows: readonly Row[]): void => {
  const classes = [...new Set(rows.flatMap(({ ours }) => Object.keys(ours)))].sort();
  const per = (row: Row, name: string): [number, number] => {
    const cost = row.ours[name];
    return cost ? [requestsOf(cost) / row.events, bytesOf(cost) / row.events] : [0, 0];
  };
  const lines = classes.map((name) => [name, ...rows.flatMap((row) => per(row, name))]);
  process.stdout.write(
    `\n${table([['class', ...rows.flatMap(({ weeks }) => [`requests @${weeks}`, 'bytes'])], ...lines])}`,
  );
};

/** The largest against the smallest of the rows. */
const spread = (values: readonly number[]): number => Math.max(...values) / Math.min(...values);

/** A line a week is in these by contract: whoever publishes them pays for the history. Publishing less often is what keeps it small. */
const GROWING = ['index', 'member files'];

const withoutGrowing = ({ ours }: Row): Cost =>
  totalOf(Object.fromEntries(Object.entries(ours).filter(([name]) => !GROWING.includes(name))));

const judged = (rows: readonly Row[], what: string, of: (row: Row) => number): boolean => {
  const factor = spread(rows.map((row) => of(row) / row.events));
  const good = factor <= ALLOWED;
  process.stdout.write(
    `${good ? 'flat' : 'NOT FLAT'}: ${what} per event differ by ${((factor - 1) * 100).toFixed(1)} % between ${HISTORIES.join(', ')} weeks (allowed: ${Math.round((ALLOWED - 1) * 100)} %)\n`,
  );
  return good;
};

/** What one like more costs in weeks of so many replies, after a first one that reads what there is. */
const showWithinWeek = async (): Promise<void> => {
  const lines: (string | number)[][] = [];
  let base: Cost | undefined;
  for (const replies of REPLIES)
    await inFolder(async (folder) => {
      const likes = await storeBigWeek(join(folder, 'state'), replies, LIKES);
      let costs: Costs = {};
      const counted = (bucket: Bucket): Bucket => countingBucket(bucket, classOf, () => costs);
      const state = filesBucket(join(folder, 'state'), { boot: bootId() });
      await send(likes, counted(filesBucket(join(folder, 'log'))), counted(state), {
        batch: 1,
        gap: 1000,
        afterFirst: () => (costs = {}),
      });
      const total = totalOf(costs);
      base ??= total;
      const week = `${replies.toLocaleString('en')} replies, ${(replies * LIKES_EACH).toLocaleString('en')} likes`;
      const counts = [total.put, total.get, total.written, total.read].map((count) => count / (LIKES - 1));
      lines.push([week, ...counts, ratio(requestsOf(total), requestsOf(base)), ratio(bytesOf(total), bytesOf(base))]);
    });
  process.stdout.write('\nOne like more within a week, one at a time\n\n');
  process.stdout.write(table([['the week', 'PUT', 'GET', 'B written', 'B read', 'requests', 'bytes'], ...lines]));
  process.stdout.write(
    '\nOne week is one ledger and one public file, so the bytes of a save go with it; requests do not.\n',
  );
};

let flat = true;
for (const mode of MODES) {
  const rows: Row[] = [];
  for (const weeks of HISTORIES) rows.push(await measure(weeks, mode));
  process.stdout.write(`\nPer event, ${mode.name} (${rows[0]?.events} events)\n\n`);
  show(rows);
  showClasses(rows);
  process.stdout.write('\n');
  const requests = judged(rows, 'requests', ({ ours }) => requestsOf(totalOf(ours)));
  const bytes = judged(rows, `bytes without ${GROWING.join(' and ')}`, (row) => bytesOf(withoutGrowing(row)));
  const all = judged(rows, 'all bytes', ({ ours }) => bytesOf(totalOf(ours)));
  flat &&= requests && bytes && (all || !mode.busy);
}
process.stdout.write(
  '\nindex.json and the member files have a line a week by contract; one at a time they are written for each event.\n',
);
await showWithinWeek();
if (!flat) process.exitCode = 1;
