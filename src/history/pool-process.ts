import { serializeError } from '../events/errors.ts';
import { openBucket, openState } from '../setup/open.ts';
import { doMonth, type Storage } from './month.ts';
import type { Answer, Call } from './pool.ts';

// A process of a pool: does one month after another on buckets of its own. It ends when it has done its work and its parent lets it go, or is gone.
let storage: Promise<Storage> | undefined;

const open = async ({ log, state, environment }: Call['whereabouts']): Promise<Storage> => ({
  log: await openBucket(log, environment),
  state: (await openState(state, environment)).state,
});

process.on('message', async ({ number, task, whereabouts }: Call) => {
  storage ??= open(whereabouts);
  const answer: Answer = await storage
    .then((opened) => doMonth(task, opened))
    .then(
      (done) => ({ number, done }),
      (error: unknown) => ({ number, error: serializeError(error) }),
    );
  if (process.connected) process.send?.(answer);
});
