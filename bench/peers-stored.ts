import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Event } from '../src/events/catalog.ts';
import { emptyLedger, type Ledger } from '../src/projections/ledger.ts';
import { CHANNEL } from '../test/support/world.ts';
import { apply, type Peer } from './peer.ts';

/** What this benchmark uses of an event store of Emmett's. */
interface EmmettStore {
  appendToStream(stream: string, events: { type: string; data: Event }[]): Promise<unknown>;
  aggregateStream(
    stream: string,
    how: { initialState: () => Ledger; evolve: (state: Ledger, event: { data: Event }) => Ledger },
  ): Promise<{ state: Ledger }>;
  close?(): Promise<void>;
}

/** A store of Emmett's as a peer. */
export const emmettPeer = (store: EmmettStore, atOnce = 1): Peer => ({
  atOnce,
  append: (week, events) =>
    store.appendToStream(
      week,
      events.map((event) => ({ type: event.kind, data: event })),
    ),
  fold: async (week) => {
    const how = {
      initialState: () => emptyLedger(CHANNEL, week),
      evolve: (state: Ledger, { data }: { data: Event }) => apply(state, data),
    };
    return (await store.aggregateStream(week, how)).state;
  },
  close: async () => store.close?.(),
});

// Not among this project's own packages: they name no licence, 0.38.5 (the last for SQLite whose peer is published) needs Emmett 0.38.5
// and a native module with a hundred packages around it, and only this benchmark would use them. Whoever has installed them in a folder
// of its own names it.
const FROM = { sqlite: 'TIL_BENCH_EMMETT_SQLITE', postgresql: 'TIL_BENCH_EMMETT_POSTGRESQL' } as const;
const SERVER = 'TIL_BENCH_POSTGRESQL';

/** Emmett on a SQLite file in `folder`, or why it cannot be measured. */
export const emmettOnSqlite = async (folder: string, atOnce?: number): Promise<Peer | string> => {
  const emmett = await installed('sqlite', 'emmett-sqlite');
  if (typeof emmett === 'string') return emmett;
  const peer = emmettPeer(
    emmett['getSQLiteEventStore']?.({ fileName: join(folder, 'emmett.db') }) as EmmettStore,
    atOnce,
  );
  return { ...peer, append: (...given) => again(() => peer.append(...given)) };
};

/** Its driver sometimes commits before it has ended the statement before, which SQLite refuses (SQLITE_BUSY); nothing is appended then. */
const again = async <Result>(append: () => Promise<Result>, tries = 20): Promise<Result> => {
  try {
    return await append();
  } catch (error) {
    if (tries === 0 || (error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    return again(append, tries - 1);
  }
};

/** Emmett on a PostgreSQL server, in a database that is empty before, or why it cannot be measured. */
export const emmettOnPostgresql = async (atOnce?: number): Promise<Peer | string> => {
  const server = process.env[SERVER];
  if (!server) return `no server: ${SERVER} names none (postgresql://user:password@host:port/database)`;
  const emmett = await installed('postgresql', 'emmett-postgresql');
  if (typeof emmett === 'string') return emmett;
  const store = emmett['getPostgreSQLEventStore']?.(server) as EmmettStore & {
    schema: { migrate(): Promise<unknown>; dangerous: { truncate(): Promise<void> } };
  };
  try {
    await store.schema.migrate();
    await store.schema.dangerous.truncate();
  } catch (error) {
    return `no server: the one that ${SERVER} names answers ${(error as { code?: string }).code ?? String(error)}`;
  }
  return emmettPeer(store, atOnce);
};

type Installed = Record<string, ((...given: unknown[]) => unknown) | undefined>;

const installed = async (kind: keyof typeof FROM, name: string): Promise<Installed | string> => {
  const folder = process.env[FROM[kind]];
  if (!folder) return `no package: ${FROM[kind]} names no folder in which @event-driven-io/${name} is installed`;
  try {
    return await import(createRequire(join(folder, 'package.json')).resolve(`@event-driven-io/${name}`));
  } catch (error) {
    return `no package: @event-driven-io/${name} cannot be loaded from ${folder} (${(error as { code?: string }).code ?? String(error)})`;
  }
};

/** What anybody would write by hand on `node:sqlite`: a row an event, the log forced to the disk at each commit. */
export const sqliteByHand = (folder: string, atOnce = 1): Peer => {
  const database = new DatabaseSync(join(folder, 'by-hand.db'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec(
    'CREATE TABLE events (week TEXT, version INTEGER, body TEXT, PRIMARY KEY (week, version)) WITHOUT ROWID',
  );
  const insert = database.prepare('INSERT INTO events VALUES (?, ?, ?)');
  const select = database.prepare('SELECT body FROM events WHERE week = ? ORDER BY version');
  return {
    atOnce,
    append: async (week, events, version) => {
      database.exec('BEGIN IMMEDIATE');
      for (const [at, event] of events.entries()) insert.run(week, version + at, JSON.stringify(event));
      database.exec('COMMIT');
    },
    fold: async (week) => {
      const state = emptyLedger(CHANNEL, week);
      for (const { body } of select.iterate(week)) apply(state, JSON.parse(body as string));
      return state;
    },
    close: async () => database.close(),
  };
};
