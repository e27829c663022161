import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { databaseName, emptyLog, isPassing, isRefusal, openDatabase, patiently, syncFolder } from './database.ts';
import { countGroups, SCHEMA, transaction } from './schema.ts';

/** Says whether every page of a database can be read, and its indexes agree with its tables. */
export const isSound = (open: () => DatabaseSync): boolean =>
  unlessDamaged(() => open().prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'] === 'ok') ?? false;

/** Damage shows in many ways: as too little memory for a nonsensical length, or as a number too large for JavaScript. */
const unlessDamaged = <Result>(work: () => Result): Result | undefined => {
  try {
    return work();
  } catch (error) {
    if (isPassing(error)) throw error;
    return undefined;
  }
};

/** What was read of a damaged file. `lost` counts rows of which only the position is known, or whose content is impossible. */
export interface Salvage {
  kept: number;
  lost: number;
}

/**
 * Puts whatever can be read of a damaged file into the next generation of the queue. The damaged file stays where it is: another process
 * may have it open, and renaming or removing an open database loses data. That process notices the new file after its next commit.
 */
export const salvage = (folder: string, generation: number): Salvage => {
  const [from, to] = [join(folder, databaseName(generation)), join(folder, databaseName(generation + 1))];
  const fresh = join(folder, '.salvage.sqlite');
  for (const path of ['', '-journal', '-wal', '-shm'].map((end) => fresh + end)) rmSync(path, { force: true });
  const damaged = new DatabaseSync(from);
  try {
    // From here to the end nobody else commits to the damaged file. If even this fails, nobody can commit to it anyway.
    unlessDamaged(() => patiently(() => damaged.exec('BEGIN IMMEDIATE')));
    const { rows, lost } = readableRows(damaged);
    const recent = unlessDamaged(() => damaged.prepare('SELECT * FROM recent_id').all()) ?? [];
    const kept = write(fresh, { rows, recent, lowest: generation * POSITIONS_A_GENERATION });
    renameSync(fresh, to);
    syncFolder(folder);
    return { kept, lost: lost + rows.length - kept };
  } finally {
    unlessDamaged(() => damaged.close());
  }
};

// Positions are never given twice: a job that was taken before the damage may be ended after it.
const POSITIONS_A_GENERATION = 1e12;

type Row = Record<string, SQLOutputValue>;

/** Reads from both ends up to the damage, and then each row that the index names. */
const readableRows = (database: DatabaseSync): { rows: Row[]; lost: number } => {
  const rows = new Map<SQLOutputValue, Row>();
  const places = new Set<SQLOutputValue>();
  const gather = (sql: string, found: (row: Row) => void): void =>
    void unlessDamaged(() => {
      for (const row of database.prepare(sql).iterate()) found(row);
    });
  const keep = (row: Row): void => void rows.set(row['position'] as SQLOutputValue, row);
  gather('SELECT * FROM job NOT INDEXED ORDER BY position', keep);
  gather('SELECT * FROM job NOT INDEXED ORDER BY position DESC', keep);
  for (const order of ['ASC', 'DESC'])
    gather(
      `SELECT position FROM job INDEXED BY job_by_group ORDER BY group_name ${order}, position ${order}`,
      ({ position }) => void places.add(position as SQLOutputValue),
    );
  for (const place of places)
    if (!rows.has(place)) {
      const row = unlessDamaged(() => database.prepare('SELECT * FROM job WHERE position = ?').get(place as number));
      if (row) keep(row);
    }
  return { rows: [...rows.values()], lost: [...places].filter((place) => !rows.has(place)).length };
};

/** Writes a new file, which is complete and has no log beside it when it gets its name. Gives how many rows the table took. */
const write = (path: string, content: { rows: Row[]; recent: Row[]; lowest: number }): number => {
  const database = openDatabase(path);
  try {
    database.exec(`PRAGMA synchronous = FULL; ${SCHEMA}`);
    const fitting = transaction(database, () => {
      for (const row of content.recent) insert(database, 'recent_id', row);
      const kept = content.rows.filter((row) => insert(database, 'job', row)).length;
      countGroups(database);
      database.exec("DELETE FROM sqlite_sequence WHERE name = 'job'");
      database.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('job', ?)").run(content.lowest);
      return kept;
    });
    emptyLog(database);
    return fitting;
  } finally {
    database.close();
  }
};

/** A row of a damaged page may have impossible content: then the table refuses it. */
const insert = (database: DatabaseSync, table: 'job' | 'recent_id', row: Row): boolean => {
  const columns = Object.keys(row);
  const sql = `INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`;
  try {
    database.prepare(sql).run(...Object.values(row));
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
};
