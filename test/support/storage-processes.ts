import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where folders lie in memory, if there is such a place: for tests that make very many. */
export const IN_MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A folder of its own for one test; all are removed by `removeFolders`. */
export const newFolder = (place = tmpdir()): string => {
  const folder = mkdtempSync(join(place, 'til-storage-'));
  folders.push(folder);
  return folder;
};

/** A folder in which SQLite can have no memory that processes share for a queue, as on some network disks. */
export const withoutSharedMemory = (folder = newFolder()): string => {
  symlinkSync('nowhere/at/all', join(folder, 'queue.sqlite-shm'));
  return folder;
};

const folders: string[] = [];
const running = new Set<ChildProcess>();

/** Ends what a test has left: its processes and folders. */
export const tidyUp = async (): Promise<void> => {
  for (const child of running) child.kill('SIGKILL');
  await Promise.all([...running].map(ended));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
};

/** A program of `test/support` that runs beside the test. */
export interface Running {
  pid: number;
  /** The whole lines it has printed until now. */
  lines(): string[];
  /** Waits for the next line that begins so. */
  line(beginning: string): Promise<string>;
  kill(): Promise<void>;
  /** Its exit code, or the signal that ended it. */
  end: Promise<number | string>;
}

const ended = (child: ChildProcess): Promise<number | string> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode ?? child.signalCode ?? 0);
    else child.once('close', (code, signal) => resolve(code ?? signal ?? 0));
  });

/** Starts a program of `test/support` in a process of its own. */
export const start = (program: string, ...args: string[]): Running => startIn({}, program, ...args);

/** The same, with more variables in its environment. */
export const startIn = (environment: Record<string, string>, program: string, ...args: string[]): Running =>
  follow(program, process.execPath, [join(import.meta.dirname, program), ...args], environment);

/** The same with a disk on which no file can grow beyond so many blocks of 512 or 1024 bytes, whichever the shell counts in. */
export const startWithFileLimit = (blocks: number, program: string, ...args: string[]): Running =>
  follow(program, 'sh', [
    '-c',
    `ulimit -f ${blocks}; exec "$@"`,
    'sh',
    process.execPath,
    join(import.meta.dirname, program),
    ...args,
  ]);

const follow = (
  program: string,
  command: string,
  args: string[],
  environment: Record<string, string> = {},
): Running => {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
  running.add(child);
  let text = '';
  const whole = (): string[] => text.split('\n').slice(0, -1);
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const end = ended(child).finally(() => running.delete(child));
  const line = (beginning: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = whole().find((each) => each.startsWith(beginning));
        if (found !== undefined) resolve(found);
      };
      child.stdout.on('data', look);
      look();
      void end.then((code) => reject(new Error(`${program} ended with ${code} before it printed ${beginning}`)));
    });
  return {
    pid: child.pid ?? 0,
    lines: whole,
    line,
    kill: async () => {
      child.kill('SIGKILL');
      await end;
    },
    end,
  };
};
