import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../faults/faulty-disk.c', import.meta.url));

/** What may be wrong with a disk, below a path. */
export interface DiskFault {
  what: 'change' | 'write' | 'force';
  code: 'EACCES' | 'ENOSPC' | 'EIO' | 'EROFS';
  below: string;
}

const ERRNO = { EIO: 5, EACCES: 13, ENOSPC: 28, EROFS: 30 };

let library: string | undefined | null = null;

/** The compiled library, or undefined where it cannot be made: then what needs it is left out. */
export const faultyDisk = (): string | undefined => {
  if (library !== null) return library;
  if (process.platform !== 'linux') return (library = undefined);
  const folder = mkdtempSync(join(tmpdir(), 'til-faulty-disk-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const made = join(folder, 'faulty-disk.so');
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', made, SOURCE, '-ldl'], { stdio: 'ignore' });
    return (library = made);
  } catch {
    return (library = undefined);
  }
};

/** A disk for one child: the environment that gives it, how to break it, and how to mend it. */
export const createDisk = (folder: string) => {
  const file = join(folder, 'faults');
  return {
    environment: { LD_PRELOAD: faultyDisk(), FAULTY_DISK: file },
    /** All at once, so that nobody reads half of it. */
    breaks: (...faults: DiskFault[]): void => {
      const lines = faults.map(({ what, code, below }) => `${what} ${ERRNO[code]} ${below}\n`);
      writeFileSync(`${file}.new`, lines.join(''));
      renameSync(`${file}.new`, file);
    },
    mend: (): void => rmSync(file, { force: true }),
  };
};
