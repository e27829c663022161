import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refused } from '../events/errors.ts';
import { hold } from '../store/lock.ts';

/** The right to take from the queue in a folder; one process has it at a time, and it ends with that process. */
export interface TakerLock {
  release(): void;
}

/** Becomes the taker. Throws `Refused`, naming the present taker, while there is one. */
export const holdTakerLock = (folder: string): TakerLock => {
  const held = hold(join(folder, '.taker.lock'));
  if (!held) {
    throw new Refused(
      `the queue ${folder} is taken from already, by ${holder(folder)}: only one process may. ` +
        'Stop that one (it is "til serve" or "npm start" on the same folder), then start this one again',
    );
  }
  tell(folder);
  return {
    release: () => {
      rmSync(pidFile(folder), { force: true });
      held.release();
    },
  };
};

const pidFile = (folder: string): string => join(folder, 'taker.pid');

const tell = (folder: string): void => {
  try {
    writeFileSync(pidFile(folder), `${process.pid}\n`);
  } catch {
    // It only serves the text above; the lock holds without it.
  }
};

const holder = (folder: string): string => {
  try {
    const pid = Number(readFileSync(pidFile(folder), 'utf8'));
    return pid === process.pid ? `this process itself (${pid})` : `process ${pid}`;
  } catch {
    return 'another process';
  }
};
