import type { Clock } from '../setup/clock.ts';
import type { Documents } from '../store/documents.ts';
import type { ChangedMonth } from './bookkeeping.ts';
import { publishMonth } from './publish.ts';

/**
 * Publishes months that have changed: at once when idle, at most once in `gapMilliseconds` when busy, one at a time. Nothing is lost when
 * the process dies before: everything is published again when it starts.
 */
export const createPublisher = (
  documents: Documents,
  clock: Pick<Clock, 'elapsed' | 'sleep'>,
  { gapMilliseconds = 1000, onError }: { gapMilliseconds?: number; onError: (error: unknown) => void },
) => {
  const dirty = new Map<string, ChangedMonth>();
  let last = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  let stopped = false;

  const run = async (): Promise<void> => {
    while (dirty.size > 0) {
      const wait = last + gapMilliseconds - clock.elapsed();
      if (wait > 0 && !stopped) await clock.sleep(wait);
      const batch = [...dirty.values()];
      dirty.clear();
      last = clock.elapsed();
      for (const item of batch) await publish(item);
    }
    running = undefined; // In the same step as the last look at `dirty`: a change that comes now starts a new run.
  };

  const publish = async (item: ChangedMonth): Promise<void> => {
    try {
      await publishMonth(documents, item.challenge, item.month);
    } catch (error) {
      onError(error);
      if (stopped) return;
      dirty.set(nameOf(item), item);
      await clock.sleep(gapMilliseconds);
    }
  };

  const settled = async (): Promise<void> => {
    while (running !== undefined) await running;
  };

  return {
    /** Says that months have changed; they are published soon. */
    changed: (items: readonly ChangedMonth[]): void => {
      for (const item of items) dirty.set(nameOf(item), item);
      if (dirty.size > 0) running ??= run();
    },
    /** Resolves when all is published. */
    settled,
    /** Publishes what is waiting, once; a failure is left to the next start, which publishes everything. */
    stop: async (): Promise<void> => {
      stopped = true;
      await settled();
    },
  };
};

const nameOf = ({ challenge, month }: ChangedMonth): string => `${challenge.channel}/${month}`;
