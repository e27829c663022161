import type { DatabaseSync } from 'node:sqlite';
import { damage, emptyLog, isLogEmptied } from './database.ts';
import { type Job, type NewJob, PRIVATE_GROUPS } from './queue.ts';
import { checksumOf, prepareStatements, releaseTaken, SCHEMA, type Statements, transaction } from './schema.ts';

/** How full a queue is. `oldestMs` is the age of the oldest job, 0 when there is none. */
export interface Depth {
  jobs: number;
  groups: number;
  oldestMs: number;
}

/** A row that cannot be read as a job. `name` is safe as a file's name. */
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
  /** For a new taker: taken jobs come at once, those put back with a delay when it ends. */
  resume(now: number): void;
  /** Removes all traces of jobs that are done. */
  eraseTraces(): void;
}

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

type SetAside = (row: BadRow) => void;

/** The table in a database, made when it is not there. A row that cannot be read goes to `setAside` before it is removed. */
export const openTable = (database: DatabaseSync, setAside: SetAside): Table => {
  database.exec(SCHEMA);
  const statements = prepareStatements(database);
  let expiredAt = Number.NEGATIVE_INFINITY;
  // What a crash has left of private jobs goes with the first erasing.
  let hasPrivateTraces = true;

  /** What was deleted is overwritten in the file, but not in its log. Another process that is reading makes it wait. */
  const erasePrivate = (): void => {
    if (hasPrivateTraces) hasPrivateTraces = !isLogEmptied(database);
  };

  // Only puts are forced to the disk: power loss may undo the last takes and removals, and those jobs come once more.
  const loosely = <Result>(work: () => Result): Result => {
    database.exec('PRAGMA synchronous = NORMAL');
    return transaction(database, work);
  };

  return {
    put: (jobs, now) => {
      const isTime = Math.abs(now - expiredAt) >= EXPIRY_MS;
      database.exec('PRAGMA synchronous = FULL');
      transaction(database, () => {
        if (isTime) statements.expire.run({ now });
        add(statements, jobs, now);
      });
      if (isTime) expiredAt = now;
    },
    take: (max, now, until) => {
      erasePrivate();
      for (;;) {
        const groups = statements.ready.all(now, max).map(({ name }) => name as string);
        if (groups.length === 0) return [];
        const taken = loosely(() => takeFrom(statements, setAside, { groups, max, until }));
        if (taken.length > 0) return taken; // Otherwise all were set aside, and others may wait behind them.
      }
    },
    done: (jobs) => {
      const groups = loosely(() => remove(statements, jobs));
      if (groups.some(isPrivate)) hasPrivateTraces = true;
      erasePrivate();
    },
    retry: (job, now, delayMs) =>
      loosely(() => {
        const row = statements.putBack.get(now + delayMs, delayMs, ...placeOf(job));
        if (row) refresh(statements, row['group_name'] as string);
      }),
    nextChange: () => (statements.nextChange.get()?.['at'] as number | null) ?? undefined,
    depth: (now) => {
      type Counts = { jobs: number; groups: number; oldest: number | null };
      const { jobs, groups, oldest } = statements.depth.get() as Counts;
      return { jobs, groups, oldestMs: Math.max(0, now - (oldest ?? now)) };
    },
    list: () => statements.list.all().map(({ id, group, body }) => ({ id, group, body }) as unknown as NewJob),
    resume: (now) => loosely(() => releaseTaken(database, now)),
    eraseTraces: () => {
      database.exec('DELETE FROM recent_id');
      emptyLog(database);
    },
  };
};

const EXPIRY_MS = 60_000;

const isPrivate = (group: string): boolean => group.startsWith(PRIVATE_GROUPS);

/** Removes jobs; gives the groups of which there was one. */
const remove = (statements: Statements, jobs: readonly Job[]): string[] => {
  const removed = jobs.flatMap((job) => statements.remove.all(...placeOf(job)));
  const groups = [...new Set(removed.map((row) => row['group_name'] as string))];
  for (const group of groups) refresh(statements, group);
  return groups;
};

const add = (statements: Statements, jobs: readonly NewJob[], now: number): void => {
  const firsts = new Map<string, number | bigint>();
  for (const { id, group, body } of jobs) {
    if (statements.remember.run({ id, now }).changes === 0) continue;
    const { lastInsertRowid } = statements.insert.run(now, checksumOf({ id, group, body }), id, group, body);
    if (!firsts.has(group)) firsts.set(group, lastInsertRowid);
  }
  for (const [group, position] of firsts) statements.announce.run(group, position);
};

const takeFrom = (
  statements: Statements,
  setAside: SetAside,
  { groups, max, until }: { groups: string[]; max: number; until: number },
): Job[] => {
  const positions = groups.flatMap((group) =>
    statements.positions.all(group, max).map((row) => row['position'] as number),
  );
  const oldest = positions.sort((left, right) => left - right).slice(0, max);
  const taken = oldest.flatMap((position) => takeRow(statements, setAside, position, until));
  for (const group of groups) refresh(statements, group);
  return taken;
};

const takeRow = (statements: Statements, setAside: SetAside, position: number, until: number): Job[] => {
  const row = statements.read.get(position) as unknown as Row | undefined;
  if (!row) throw damage(`the index of the groups names a row that is not there, ${position}`);
  const reason = faultOf(row);
  if (reason === undefined) {
    statements.hold.run(until, position);
    const received = row.received + 1;
    return [{ id: row.id, group: row.group, body: row.body, received, handle: `${position}#${received}` }];
  }
  setAside({
    name: `job-${position}-${row.checksum}`,
    reason,
    content: isPrivate(row.group) ? { ...row, body: '' } : row,
  });
  statements.discard.run(position);
  return [];
};

const refresh = (statements: Statements, group: string): void => {
  if (statements.endGroup.run(group).changes === 0) statements.refresh.run(group);
};

const placeOf = ({ handle }: Job): [position: number, received: number] => {
  const [position, received] = handle.split('#');
  return [Number(position), Number(received)];
};
