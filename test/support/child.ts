import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A server in a process of its own. */
export interface Child {
  port: number;
  /** Ends it at once, as a power cut of the process does. */
  kill(): Promise<void>;
  /** Asks it to end in order; gives its exit code. */
  stop(): Promise<number | null>;
}

const running = new Set<ChildProcess>();

/** Ends all servers that were started and have not ended, as after a test that failed. */
export const killChildren = async (): Promise<void> => {
  await Promise.all(
    [...running].map(async (child) => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }),
  );
};

/** Starts a server on a folder in another process; resolves when it listens. */
export const startChild = async (folder: string): Promise<Child> => {
  const child = spawn(process.execPath, ['test/support/serve-child.ts', folder], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'], // It ends with its standard input, so that it never outlives this process.
  });
  running.add(child);
  const exited = once(child, 'exit').finally(() => running.delete(child));
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  };
  const port = await Promise.race([
    firstLine(child).then(Number),
    exited.then(([code]) => Promise.reject(new Error(`the server ended with code ${String(code)} before it listened`))),
  ]);
  return { port, kill: async () => void (await end('SIGKILL')), stop: () => end('SIGTERM') };
};

const firstLine = async (child: ChildProcess): Promise<string> => {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0] as string;
};

/** Whoever runs the tests may read another language than they do. */
const NO_LANGUAGE = { LC_ALL: '', LC_MESSAGES: '', LANG: 'C' };

/** Runs the command line in another process; gives its exit code and what it printed. */
export const runTil = async (
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ code: number | null; out: string; error: string }> => {
  const child = spawn(process.execPath, ['src/cli/main.ts', ...args], {
    cwd: ROOT,
    env: { ...process.env, ...NO_LANGUAGE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let error = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (error += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, error };
};
