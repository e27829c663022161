import { fileURLToPath } from 'node:url';
import type { Rolldown } from 'vite';

const MAIN = fileURLToPath(new URL('src/main.ts', import.meta.url));

/**
 * In which file of the built page a module goes: `first` has all that the first glance runs, also what other views share with it. Left
 * alone, the bundler makes a file for each way of sharing, and each costs a request before anything is seen. `main.ts` stays by itself: it
 * waits for the others, which must not wait for it.
 */
export const chunkOf: Rolldown.CodeSplittingNameFunction = (id, context) => {
  const reached = new Set([MAIN]);
  for (const each of reached) for (const next of context.getModuleInfo(each)?.importedIds ?? []) reached.add(next);
  return id !== MAIN && reached.has(id) ? 'first' : null;
};
