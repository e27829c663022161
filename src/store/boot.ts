import { readFileSync } from 'node:fs';

/** An id that the kernel makes anew each time it starts (Linux; a container has its host's). */
const PATH = '/proc/sys/kernel/random/boot_id';

/** What tells this run of the machine's kernel from every other; undefined where nothing does. */
export const bootId = (path = PATH): string | undefined => {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
};
