import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { NewJob } from './queue.ts';

// An id that was put is dropped for so long, as in SQS.
const DEDUP_MS = 300_000;

// As in SQS. A damaged number must not hold a group for ever.
const LONGEST_DELAY_MS = 43_200_000;

/** The tables; running this again on a database that has them changes nothing. */
// `delay_ms` is kept beside `held_until`, so that a clock set back cannot stretch it. `body` is last: it may fill further pages, which
// are not read for the columns before it. A group is held while one of its jobs is, and knows its first position, so that a take reads
// only groups that can give. The checksum is there because SQLite has none: a flipped bit must not become an event.
export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS job (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    received INTEGER NOT NULL DEFAULT 0,
    held_until REAL NOT NULL DEFAULT 0,
    delay_ms REAL,
    put_at REAL NOT NULL,
    checksum INTEGER NOT NULL,
    id TEXT NOT NULL,
    group_name TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS job_by_group ON job (group_name, position);
  CREATE TABLE IF NOT EXISTS job_group (
    name TEXT PRIMARY KEY,
    first_position INTEGER NOT NULL,
    held_until REAL NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS job_group_by_position ON job_group (first_position, held_until);
  CREATE TABLE IF NOT EXISTS recent_id (id TEXT PRIMARY KEY, until REAL NOT NULL) STRICT, WITHOUT ROWID;
`;

// A take gives ten at most, from the head of a group that holds none back: so those held are always among its first ten.
const REFRESH = `
  UPDATE job_group SET
    first_position = (SELECT min(position) FROM job WHERE group_name = name),
    held_until = (SELECT max(held_until) FROM (SELECT held_until FROM job WHERE group_name = name ORDER BY position LIMIT 10))
  WHERE name = ?`;

// Also what a clock that was set back left in the future.
const EXPIRED = `(recent_id.until <= :now OR recent_id.until > :now + ${DEDUP_MS})`;

/** The checksum of a job as its row holds it. */
export const checksumOf = ({ id, group, body }: NewJob): number => crc32(body, crc32(group, crc32(id)));

/** Runs `work` in a transaction that either happens as a whole or not at all. */
export const transaction = <Result>(database: DatabaseSync, work: () => Result): Result => {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
};

/** The table's statements, prepared once. */
export const prepareStatements = (database: DatabaseSync) => {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    expire: prepare(`DELETE FROM recent_id WHERE ${EXPIRED}`),
    remember: prepare(`INSERT INTO recent_id VALUES (:id, :now + ${DEDUP_MS})
      ON CONFLICT (id) DO UPDATE SET until = excluded.until WHERE ${EXPIRED}`),
    insert: prepare('INSERT INTO job (put_at, checksum, id, group_name, body) VALUES (?, ?, ?, ?, ?)'),
    announce: prepare('INSERT OR IGNORE INTO job_group (name, first_position) VALUES (?, ?)'),
    ready: prepare('SELECT name FROM job_group WHERE held_until <= ? ORDER BY first_position LIMIT ?'),
    positions: prepare('SELECT position FROM job WHERE group_name = ? ORDER BY position LIMIT ?'),
    // As REAL: an integer too large for JavaScript would throw, and only damage makes one.
    read: prepare(`SELECT CAST(received AS REAL) AS received, CAST(checksum AS REAL) AS checksum, put_at AS putAt,
      id, group_name AS "group", body FROM job WHERE position = ?`),
    discard: prepare('DELETE FROM job WHERE position = ?'),
    hold: prepare('UPDATE job SET received = received + 1, held_until = ?, delay_ms = NULL WHERE position = ?'),
    remove: prepare('DELETE FROM job WHERE position = ? AND received = ? RETURNING group_name'),
    putBack: prepare(
      'UPDATE job SET held_until = ?, delay_ms = ? WHERE position = ? AND received = ? RETURNING group_name',
    ),
    refresh: prepare(REFRESH),
    endGroup: prepare(
      'DELETE FROM job_group WHERE name = ? AND NOT EXISTS (SELECT 1 FROM job WHERE group_name = name)',
    ),
    nextChange: prepare('SELECT min(held_until) AS at FROM job_group'),
    depth: prepare(`SELECT (SELECT count(*) FROM job) AS jobs, (SELECT count(*) FROM job_group) AS groups,
      (SELECT put_at FROM job ORDER BY position LIMIT 1) AS oldest`),
    list: prepare('SELECT id, group_name AS "group", body FROM job ORDER BY position'),
  };
};

export type Statements = ReturnType<typeof prepareStatements>;

/** For a new taker: taken jobs come at once, those put back with a delay when it ends. */
export const releaseTaken = (database: DatabaseSync, now: number): void => {
  database
    .prepare(
      'UPDATE job SET held_until = iif(delay_ms IS NULL, 0, min(held_until, ? + min(delay_ms, ?))) WHERE held_until <> 0',
    )
    .run(now, LONGEST_DELAY_MS);
  countGroups(database);
};

/** Builds the rows of the groups again from their jobs. */
export const countGroups = (database: DatabaseSync): void =>
  database.exec(`DELETE FROM job_group;
    INSERT INTO job_group SELECT group_name, min(position), max(held_until) FROM job GROUP BY group_name`);
