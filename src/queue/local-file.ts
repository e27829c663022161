import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Unavailable } from '../events/errors.ts';
import {
  databaseName,
  generationsIn,
  isDamage,
  isForceFailure,
  keepBroken,
  makeFolder,
  openDatabase,
  patiently,
  queueError,
} from './database.ts';
import { isSound, salvage } from './salvage.ts';
import { takeOverSpool } from './spool-takeover.ts';
import { openTable, type Table } from './table.ts';

/** Called for what cannot be read: a row, a file, or the whole queue. `what` says where it is kept. */
export type OnDamage = (what: string, reason: string) => void;

/** The file of the queue as one process has it open. */
export interface LocalFile {
  /** Runs work on the table, and again if the file was damaged and has been mended, or was replaced by another process. */
  use<Result>(work: (table: Table) => Result): Result;
  /** Prepares the file for a taker, which may mend it from then on. Only the holder of the taker's lock may call it. */
  startTaking(now: number): void;
  /** Says whether another process has changed the queue since the last call. */
  hasChangedElsewhere(): boolean;
  close(): void;
}

interface Opened {
  generation: number;
  database: DatabaseSync;
  table: Table;
  version: StatementSync;
}

/** The queue's file in a folder. It is opened when it is first needed. */
export const localFile = (folder: string, onDamage: OnDamage): LocalFile => {
  let opened: Opened | undefined;
  const guarded = guardOf(folder);
  let mayMend = false;
  let version: unknown;

  const close = (): void => {
    opened?.database.close();
    opened = undefined;
  };

  /** Only a taker mends, and there is one. */
  const isReplaced = ({ generation }: Opened): boolean =>
    !mayMend && existsSync(join(folder, databaseName(generation + 1)));

  const current = (): Opened => (opened ??= openNewest(folder, onDamage));

  const mend = (): void => {
    close();
    mendNewest(folder, onDamage);
  };

  const mending = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      if (!mayMend || !isDamage(error)) throw error;
      mend();
      return work();
    }
  };

  const use: LocalFile['use'] = (work) =>
    guarded(() =>
      mending(() => {
        for (;;) {
          const now = current();
          const result = work(now.table);
          // Jobs put into a file that is no longer in use would be lost, so they are put again; ids drop those that are in both.
          if (!isReplaced(now)) return result;
          close();
        }
      }),
    );

  return {
    use,
    startTaking: (now) =>
      guarded(() => {
        close(); // Another process may have mended the file, and ended.
        mayMend = true;
        try {
          if (!isSound(() => current().database)) mend();
          mending(() => takeOverSpool(folder, current().database, onDamage));
          mending(() => current().table.resume(now));
        } catch (error) {
          mayMend = false;
          throw error;
        }
      }),
    hasChangedElsewhere: () =>
      guarded(() => {
        const before = version;
        version = current().version.get()?.['data_version'];
        return version !== before;
      }),
    close,
  };
};

const openNewest = (folder: string, onDamage: OnDamage): Opened => {
  makeFolder(folder);
  const generation = generationsIn(folder).at(-1) ?? 1;
  const database = openDatabase(join(folder, databaseName(generation)));
  try {
    const table = openTable(database, ({ name, reason, content }) =>
      onDamage(keepBroken(folder, `${name}.json`, JSON.stringify({ reason, ...content })), reason),
    );
    return { generation, database, table, version: database.prepare('PRAGMA data_version') };
  } catch (error) {
    database.close();
    throw error;
  }
};

const mendNewest = (folder: string, onDamage: OnDamage): void => {
  const generation = generationsIn(folder).at(-1) ?? 1;
  const { kept, lost } = salvage(folder, generation);
  onDamage(
    join(folder, databaseName(generation)),
    `is damaged: ${kept} jobs could be read and go on, ${lost} could not, and there may have been more`,
  );
};

/** Turns what is thrown into one of our errors; after a failed fsync every further call fails too. */
export const guardOf = (folder: string) => {
  let off: unknown;
  return <Result>(work: () => Result): Result => {
    if (off) throw off;
    try {
      return patiently(work);
    } catch (cause) {
      // The next fsync may succeed although the bytes are lost: Linux reports an error only once.
      if (isForceFailure(cause))
        off = new Unavailable(`the queue ${folder} takes nothing more until the program is started again`, { cause });
      throw queueError(cause, folder);
    }
  };
};
