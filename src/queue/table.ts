import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { emptyLog } from './database.ts';
import type { Job, NewJob } from './queue.ts';

/** How full a queue is. `oldestMs` is the age of the oldest job, 0 when there is none. */
export interface Depth {
  jobs: number;
  groups: number;
  oldestMs: number;
}

/** A row that is no job any more. `name` has no characters that a file's name cannot have. */
export interface BadRow {
  name: string;
  reason: string;
  content: object;
}

/** The rules of a FIFO queue with groups as one table: the same for the queue on the disk and that in memory. Times are in milliseconds. */
export interface Table {
  /** Adds jobs at the end; those with an id that was put within five minutes are dropped. Safe on the disk when it returns. */
  put(jobs: readonly NewJob[], now: number): void;
  /** Takes up to `max` of the oldest jobs of groups that hold none back, and holds them until `until`. */
  take(max: number, now: number, until: number): Job[];
  done(jobs: readonly Job[]): void;
  retry(job: Job, now: number, delayMs: number): void;
  /** When the first group can give a job again, if there is one. */
  nextChange(): number | undefined;
  depth(now: number): Depth;
  /** Every job that is not done, the oldest first, taken or not. */
  list(): NewJob[];
  /** For a new taker: what was taken comes at once, what was put back with a delay when that ends. */
  resume(now: number): void;
  /** Removes what jobs that are done have left behind. */
  eraseTraces(): void;
}

/** An id that was put is dropped for so long, as SQS FIFO does. */
export const DEDUP_MS = 300_000;

// As in SQS. A damaged number must not hold a group for ever.
const LONGEST_DELAY_MS = 43_200_000;

/** The tables. They may be made again where they are. */
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
const EXPIRY_MS = 60_000;

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

interface Row extends NewJob {
  received: number;
  checksum: number;
  putAt: number;
}

/** What is wrong with a row, if anything. The reason never quotes it. */
const faultOf = (row: Row): string | undefined => {
  if (checksumOf(row) !== row.checksum) return 'its checksum is not that of what it holds';
  return row.received >= 0 && row.received < 2 ** 32 ? undefined : 'it cannot have been taken so often';
};

/** The table in a database, made when it is not there. A row that cannot be read goes to `setAside` before it is removed. */
export const openTable = (database: DatabaseSync, setAside: (row: BadRow) => void): Table => {
  database.exec(SCHEMA);
  const prepare = (sql: string) => database.prepare(sql);
  const statements = {
    expire: prepare(`DELETE FROM recent_id WHERE ${EXPIRED}`),
    remember: prepare(`INSERT INTO recent_id VALUES (:id, :now + ${DEDUP_MS})
      ON CONFLICT (id) DO UPDATE SET until = excluded.until WHERE ${EXPIRED}`),
    insert: prepare('INSERT INTO job (put_at, checksum, id, group_name, body) VALUES (?, ?, ?, ?, ?)'),
    announce: prepare('INSERT OR IGNORE INTO job_group (name, first_position) VALUES (?, ?)'),
    ready: prepare('SELECT name FROM job_group WHERE held_until <= ? ORDER BY first_position LIMIT ?'),
    positions: prepare('SELECT position FROM job WHERE group_name = ? ORDER BY position LIMIT ?'),
    // As REAL: an integer beyond those of JavaScript would be an error, and only damage makes one.
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

  let expiredAt = Number.NEGATIVE_INFINITY;

  const refresh = (group: string): void => {
    if (statements.endGroup.run(group).changes === 0) statements.refresh.run(group);
  };

  // Only what is put is forced to the disk: of the rest, power loss may cost the last moments, and a job comes once more.
  const loosely = <Result>(work: () => Result): Result => {
    database.exec('PRAGMA synchronous = NORMAL');
    return transaction(database, work);
  };

  const add = (jobs: readonly NewJob[], now: number): void => {
    const firsts = new Map<string, number | bigint>();
    for (const { id, group, body } of jobs) {
      if (statements.remember.run({ id, now }).changes === 0) continue;
      const { lastInsertRowid } = statements.insert.run(now, checksumOf({ id, group, body }), id, group, body);
      if (!firsts.has(group)) firsts.set(group, lastInsertRowid);
    }
    for (const [group, position] of firsts) statements.announce.run(group, position);
  };

  const takeRow = (position: number, until: number): Job[] => {
    const row = statements.read.get(position) as unknown as Row;
    const reason = faultOf(row);
    if (reason === undefined) {
      statements.hold.run(until, position);
      const received = row.received + 1;
      return [{ id: row.id, group: row.group, body: row.body, received, handle: `${position}#${received}` }];
    }
    setAside({ name: `job-${position}-${row.checksum}`, reason, content: row });
    statements.discard.run(position);
    return [];
  };

  const take: Table['take'] = (max, now, until) => {
    for (;;) {
      const groups = statements.ready.all(now, max).map(({ name }) => name as string);
      if (groups.length === 0) return [];
      const jobs = loosely(() => {
        const all = groups.flatMap((group) =>
          statements.positions.all(group, max).map((row) => row['position'] as number),
        );
        const taken = all
          .sort((left, right) => left - right)
          .slice(0, max)
          .flatMap((position) => takeRow(position, until));
        for (const group of groups) refresh(group);
        return taken;
      });
      if (jobs.length > 0) return jobs; // Else all were set aside, and others may wait behind them.
    }
  };

  const placeOf = ({ handle }: Job): [position: number, received: number] => {
    const [position, received] = handle.split('#');
    return [Number(position), Number(received)];
  };

  return {
    put: (jobs, now) => {
      database.exec('PRAGMA synchronous = FULL');
      transaction(database, () => {
        if (Math.abs(now - expiredAt) >= EXPIRY_MS) statements.expire.run({ now });
        add(jobs, now);
      });
      if (Math.abs(now - expiredAt) >= EXPIRY_MS) expiredAt = now;
    },
    take,
    done: (jobs) =>
      loosely(() => {
        const removed = jobs.flatMap((job) => statements.remove.all(...placeOf(job)));
        for (const group of new Set(removed.map((row) => row['group_name'] as string))) refresh(group);
      }),
    retry: (job, now, delayMs) =>
      loosely(() => {
        const row = statements.putBack.get(now + delayMs, delayMs, ...placeOf(job));
        if (row) refresh(row['group_name'] as string);
      }),
    nextChange: () => (statements.nextChange.get()?.['at'] as number | null) ?? undefined,
    depth: (now) => {
      const { jobs, groups, oldest } = statements.depth.get() as {
        jobs: number;
        groups: number;
        oldest: number | null;
      };
      return { jobs, groups, oldestMs: Math.max(0, now - (oldest ?? now)) };
    },
    list: () => statements.list.all().map(({ id, group, body }) => ({ id, group, body }) as unknown as NewJob),
    resume: (now) => loosely(() => resume(database, now)),
    eraseTraces: () => {
      database.exec('DELETE FROM recent_id');
      emptyLog(database);
    },
  };
};

const resume = (database: DatabaseSync, now: number): void => {
  database
    .prepare(
      'UPDATE job SET held_until = iif(delay_ms IS NULL, 0, min(held_until, ? + min(delay_ms, ?))) WHERE held_until <> 0',
    )
    .run(now, LONGEST_DELAY_MS);
  countGroups(database);
};

/** Tells anew which groups there are, from their jobs. */
export const countGroups = (database: DatabaseSync): void =>
  database.exec(`DELETE FROM job_group;
    INSERT INTO job_group SELECT group_name, min(position), max(held_until) FROM job GROUP BY group_name`);
