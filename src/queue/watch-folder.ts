import { type FSWatcher, watch } from 'node:fs';

const LOOK_MS = 1000;
const GATHER_MS = 2;

/** Calls `notice` when a file of the queue may have changed. Where the system cannot watch, the poll once a second is enough. */
export const watchFolder = (folder: string, notice: () => void): (() => void) => {
  let watcher: FSWatcher | undefined;
  let soon: NodeJS.Timeout | undefined;
  const gather = (): void => {
    soon = undefined;
    notice();
  };
  try {
    watcher = watch(folder, { persistent: false }, (_, name) => {
      // Except a rollback journal: SQLite touches it even to see whether anything is new, which would wake us for ever.
      if (name === null || /^queue.*\.sqlite(-wal)?$/.test(name)) soon ??= setTimeout(gather, GATHER_MS).unref();
    });
    watcher.on('error', () => watcher?.close());
  } catch {
    // Watching is only quicker than polling; it is not needed.
  }
  const timer = setInterval(notice, LOOK_MS).unref();
  return () => {
    watcher?.close();
    clearInterval(timer);
    clearTimeout(soon);
  };
};
