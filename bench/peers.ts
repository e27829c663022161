import { type EventDetail, EventStore, EventType } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { getInMemoryEventStore } from '@event-driven-io/emmett';
import type { Event } from '../src/events/catalog.ts';
import { weekOfEvent } from '../src/events/key.ts';
import { calendarOf } from '../src/events/week.ts';
import { sealQuietWeeks } from '../src/history/seal.ts';
import { emptyLedger, type Ledger } from '../src/projections/ledger.ts';
import { ledger } from '../src/projections/ledger-fold.ts';
import { fold } from '../src/projections/projection.ts';
import { translate } from '../src/slack/translate.ts';
import { filesBucket } from '../src/store/files.ts';
import { type Log, openLog } from '../src/store/log.ts';
import { memoryBucket } from '../src/store/memory.ts';
import { mapOrdered } from '../src/store/together.ts';
import { slackSeason } from '../test/support/slack-season.ts';
import { CHANNEL } from '../test/support/world.ts';
import { challenge, inFolder, percentile, print } from './measure.ts';
import { apply, type Peer } from './peer.ts';
import { emmettOnPostgresql, emmettOnSqlite, emmettPeer, sqliteByHand } from './peers-stored.ts';
import { ratio, table } from './table.ts';

// The same events, a stream a week, folded to the same ledgers: by this project, which stores bytes with digests, and by event-sourcing
// libraries; in memory, where these keep objects and parse nothing, and stored, where each append is on the disk before the next begins.
// The environment says where Emmett's stores are: see peers-stored.ts. `node bench/peers.ts 26` takes 26 weeks.
const calendar = calendarOf(challenge.timeZone);
const weeks = new Map<string, Event[]>();
for (const payload of slackSeason({
  seed: 3,
  weeks: Number(process.argv[2] ?? 8),
  replies: 100,
  reactions: 900,
  members: 90,
}).flat()) {
  const translation = translate(payload, new Set([CHANNEL]));
  if (translation.to !== 'event') continue;
  const week = weekOfEvent(translation.event, calendar);
  weeks.set(week, [...(weeks.get(week) ?? []), translation.event]);
}
const total = [...weeks.values()].reduce((sum, { length }) => sum + length, 0);

const castore = (): Peer => {
  const any = new EventType<'ANY', EventDetail<'ANY', Event>>({ type: 'ANY' });
  const store = new EventStore({
    eventStoreId: 'WEEKS',
    eventTypes: [any],
    reducer: (state: { aggregateId: string; version: number; ledger: Ledger }, event) => ({
      aggregateId: event.aggregateId,
      version: event.version,
      ledger: apply(state?.ledger ?? emptyLedger(CHANNEL, event.aggregateId), event.payload as unknown as Event),
    }),
    eventStorageAdapter: new InMemoryEventStorageAdapter({}),
  });
  return {
    append: (week, [event], version) =>
      store.pushEvent({ aggregateId: week, version, type: 'ANY', payload: event } as never),
    fold: async (week) => (await store.getAggregate(week)).aggregate?.ledger as Ledger,
  };
};

const ours = (log: Log): Peer => ({
  append: (_, [event]) => log.append(event as Event),
  fold: async (week) => fold(ledger, emptyLedger(CHANNEL, week), await log.readWeek(week)),
});

/** The state, without regard to the order in which it was made. */
const sizeOf = (state: Ledger): string =>
  `${Object.keys(state.messages).length} ${Object.values(state.messages).reduce((sum, { reactions = {} }) => sum + Object.keys(reactions).length, 0)}`;

const AT_ONCE = 32;
const WARM = 10; // What a store does at its first call is not measured.
let rows: (string | number)[][] = [];
let skipped: string[] = [];
let expected: string | undefined;
let base: [number, number] | undefined;

const FOLDS = 7; // Until it is compiled, folding is several times as slow: the median is of what comes then.

const measureFold = async (peer: Peer): Promise<number> => {
  const taken: number[] = [];
  for (let pass = 0; pass < FOLDS; pass++) taken.push(await secondsOfFold(peer));
  return total / percentile(taken.slice(2), 0.5);
};

const secondsOfFold = async (peer: Peer): Promise<number> => {
  const states: Ledger[] = [];
  const began = performance.now();
  for (const week of weeks.keys()) states.push(await peer.fold(week));
  const seconds = (performance.now() - began) / 1000;
  const sizes = states.map(sizeOf).join();
  expected ??= sizes;
  if (sizes !== expected) throw new Error('the peers do not agree on the state');
  return seconds;
};

const listsOf = (week: string, events: readonly Event[], size: number) =>
  Array.from({ length: Math.ceil(events.length / size) }, (_, at) => ({
    week,
    events: events.slice(at * size, (at + 1) * size),
    version: at * size + 1,
  }));

const measure = async (name: string, peer: Peer | string): Promise<void> => {
  if (typeof peer === 'string') return void skipped.push(`${name}: not measured, ${peer}`);
  const work = [...weeks].flatMap(([week, events]) => listsOf(week, events, peer.atOnce ?? 1));
  await mapOrdered(work.splice(0, WARM), peer.lanes ?? 1, ({ week, events, version }) =>
    peer.append(week, events, version),
  );
  const began = performance.now();
  await mapOrdered(work, peer.lanes ?? 1, ({ week, events, version }) => peer.append(week, events, version));
  const seconds = (performance.now() - began) / 1000;
  const appended = work.reduce((sum, { events }) => sum + events.length, 0) / seconds;
  const folded = await measureFold(peer);
  await peer.close?.();
  base ??= [appended, folded];
  rows.push([name, appended, ratio(appended, base[0]), folded, ratio(folded, base[1])]);
};

const show = (title: string, ofWhom: string): void => {
  print(`\n${title}: ${total.toLocaleString('en')} events in ${weeks.size} streams (per second)\n`);
  print(table([['store', 'append', `of ${ofWhom}`, 'read and fold', `of ${ofWhom}`], ...rows]));
  for (const reason of skipped) print(reason);
  [rows, skipped, base] = [[], [], undefined];
};

await measure('Emmett, in memory', emmettPeer(getInMemoryEventStore() as never));
await measure('Castore, in memory', castore());
await measure('this log, in memory', ours(openLog(memoryBucket(), challenge)));
show('In memory', 'Emmett');

/** A peer with a folder of its own. */
const inOwnFolder = (name: string, open: (folder: string) => Peer | string | Promise<Peer | string>): Promise<void> =>
  inFolder(async (folder) => measure(name, await open(folder)));

await inOwnFolder('this log', (folder) => ours(openLog(filesBucket(folder), challenge)));
await inOwnFolder('Emmett on SQLite', (folder) => emmettOnSqlite(folder));
await measure('Emmett on PostgreSQL', await emmettOnPostgresql());
await inOwnFolder('node:sqlite by hand', (folder) => sqliteByHand(folder));
show('Stored, one at a time', 'this log');

await inFolder(async (folder) => {
  const log = openLog(filesBucket(folder), challenge);
  await measure('this log', { ...ours(log), lanes: AT_ONCE });
  await sealQuietWeeks(challenge, filesBucket(folder), Date.now());
  const sealed = await measureFold(ours(log));
  rows.push(['this log, sealed weeks', '', '', sealed, ratio(sealed, (base as [number, number])[1])]);
});
await inOwnFolder('Emmett on SQLite', (folder) => emmettOnSqlite(folder, AT_ONCE));
await measure('Emmett on PostgreSQL', await emmettOnPostgresql(AT_ONCE));
await inOwnFolder('node:sqlite by hand', (folder) => sqliteByHand(folder, AT_ONCE));
show(`Stored, ${AT_ONCE} at a time (this log: so many callers; the others: lists)`, 'this log');
