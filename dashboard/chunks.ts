import { fileURLToPath } from 'node:url';
import type { Rolldown } from 'vite';

const sourceOf = (name: string): string => fileURLToPath(new URL(`src/${name}`, import.meta.url));
const MAIN = sourceOf('main.ts');
const REST_OF_NOW = sourceOf('views/rest-of-now.svelte');

/**
 * In which file of the built page a module goes: `first` has all that the first glance runs, also what other views share with it, and the
 * styles of what is below it, since a sheet that comes later has everything styled anew. Left alone, the bundler makes a file for each way
 * of sharing, and each costs a request before anything is seen. `main.ts` stays by itself: it waits for others, which must not wait for it.
 */
export const chunkOf: Rolldown.CodeSplittingNameFunction = (id, context) => {
  const roots = id.includes('type=style') ? [MAIN, REST_OF_NOW] : [MAIN];
  return id !== MAIN && reachedFrom(roots, context).has(id) ? 'first' : null;
};

const reachedFrom = (roots: string[], context: Parameters<Rolldown.CodeSplittingNameFunction>[1]): Set<string> => {
  const reached = new Set(roots);
  for (const id of reached) for (const next of context.getModuleInfo(id)?.importedIds ?? []) reached.add(next);
  return reached;
};
