import type { Ask, Told } from './pool.ts';
import { simulate } from './run.ts';

// A process of the pool: one run after another, until its parent lets it go.
const answer = (told: Told): void => {
  if (process.connected) process.send?.(told);
};

process.on('message', ({ seed, events }: Ask) => {
  simulate({ seed, events }).then(
    ({ told: _, ...result }) => answer({ seed, result }),
    (error: unknown) =>
      answer({ seed, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
