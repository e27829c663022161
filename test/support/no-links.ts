import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const NO_COMPILER = 'there is no C compiler to make the library that takes the place of link(2)';

/** The environment of a process whose disk has no hard links and says so with this error number; undefined without a C compiler. */
export const environmentWithoutLinks = (folder: string, number: number): Record<string, string> | undefined => {
  const library = join(folder, 'no-links.so');
  const made = spawnSync('cc', ['-shared', '-fPIC', '-o', library, join(import.meta.dirname, 'no-links.c')]);
  return made.status === 0 ? { LD_PRELOAD: library, NO_LINKS_ERRNO: String(number) } : undefined;
};
