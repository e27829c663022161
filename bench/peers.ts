import { join } from 'node:path';
import { type EventDetail, EventStore, EventType } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { getInMemoryEventStore } from '@event-driven-io/emmett';
import type { Event } from '../src/events/catalog.ts';
import { weekOfEvent } from '../src/events/key.ts';
import { calendarOf } from '../src/events/week.ts';
import { sealQuietWeeks } from '../src/history/seal.ts';
import { emptyLedger, type Ledger, ledger } from '../src/projections/ledger.ts';
import { applyAll, fold } from '../src/projections/projection.ts';
import { translate } from '../src/slack/translate.ts';
import { filesBucket } from '../src/store/files.ts';
import { type Log, openLog } from '../src/store/log.ts';
import { memoryBucket } from '../src/store/memory.ts';
import { mapOrdered } from '../src/store/together.ts';
import { slackSeason } from '../test/support/slack-season.ts';
import { CHANNEL } from '../test/support/world.ts';
import { challenge, inFolder, print } from './measure.ts';
import { ratio, table } from './table.ts';

// The same events, a stream a week, folded to the same ledgers: by two event-sourcing libraries with their stores in memory, which keep
// objects and parse nothing, and by this project, which stores bytes with digests, in memory and forced to the disk.
const calendar = calendarOf(challenge.timeZone);
const weeks = new Map<string, Event[]>();
for (const payload of slackSeason({
  seed: 3,
  weeks: Number(process.argv[2] ?? 26),
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

interface Peer {
  append(week: string, event: Event, version: number): Promise<unknown>;
  fold(week: string): Promise<Ledger>;
  /** At a time. */
  lanes?: number;
}

const apply = (state: Ledger, event: Event): Ledger => {
  applyAll(ledger, state as never, [event]);
  return state;
};

const emmett = (): Peer => {
  const store = getInMemoryEventStore();
  return {
    append: (week, event) => store.appendToStream(week, [{ type: event.kind, data: event as never }]),
    fold: async (week) => {
      const { state } = await store.aggregateStream(week, {
        initialState: () => emptyLedger(CHANNEL, week),
        evolve: ((state: Ledger, { data }: { data: Event }) => apply(state, data)) as never,
      });
      return state;
    },
  };
};

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
    append: (week, event, version) =>
      store.pushEvent({ aggregateId: week, version, type: 'ANY', payload: event } as never),
    fold: async (week) => (await store.getAggregate(week)).aggregate?.ledger as Ledger,
  };
};

const ours = (log: Log): Peer => ({
  append: (_, event) => log.append(event),
  fold: async (week) => fold(ledger, emptyLedger(CHANNEL, week), await log.readWeek(week)),
});

/** The state, without regard to the order in which it was made. */
const sizeOf = (state: Ledger): string =>
  `${Object.keys(state.messages).length} ${Object.values(state.messages).reduce((sum, { reactions = {} }) => sum + Object.keys(reactions).length, 0)}`;

const rows: (string | number)[][] = [];
let expected: string | undefined;
let base: [number, number] | undefined;

const measureFold = async (peer: Peer): Promise<number> => {
  const states: Ledger[] = [];
  const began = performance.now();
  for (const week of weeks.keys()) states.push(await peer.fold(week));
  const seconds = (performance.now() - began) / 1000;
  const sizes = states.map(sizeOf).join();
  expected ??= sizes;
  if (sizes !== expected) throw new Error('the peers do not agree on the state');
  return total / seconds;
};

const measure = async (name: string, peer: Peer): Promise<void> => {
  const work = [...weeks].flatMap(([week, events]) => events.map((event, at) => ({ week, event, version: at + 1 })));
  const began = performance.now();
  await mapOrdered(work, peer.lanes ?? 1, ({ week, event, version }) => peer.append(week, event, version));
  const appended = total / ((performance.now() - began) / 1000);
  await measureFold(peer);
  const folded = await measureFold(peer);
  base ??= [appended, folded];
  rows.push([name, appended, ratio(appended, base[0]), folded, ratio(folded, base[1])]);
};

await measure('Emmett 0.42, in memory', emmett());
await measure('Castore 2.4, in memory', castore());
await measure('this log, in memory', ours(openLog(memoryBucket(), challenge)));
await inFolder(async (folder) => {
  await measure('this log, on disk, forced, one at a time', ours(openLog(filesBucket(join(folder, 'one')), challenge)));
  const bucket = filesBucket(join(folder, 'many'));
  await measure('this log, on disk, forced, 32 at a time', { ...ours(openLog(bucket, challenge)), lanes: 32 });
  await sealQuietWeeks(challenge, bucket, Date.now());
  const sealed = await measureFold(ours(openLog(bucket, challenge)));
  rows.push(['this log, on disk, sealed weeks', '', '', sealed, ratio(sealed, (base as [number, number])[1])]);
});
print(`\n${total.toLocaleString('en')} events in ${weeks.size} streams (per second)\n`);
print(table([['store', 'append', 'of Emmett', 'read and fold', 'of Emmett'], ...rows]));
