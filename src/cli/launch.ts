import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { addressesOf, type Environment, slackOf } from '../setup/environment.ts';
import { openQueue } from '../setup/open.ts';
import { isBuilt, ROOT } from './built.ts';
import { FOLDER } from './demo-memory.ts';
import { processShell, run } from './main.ts';
import { portOf } from './serve.ts';
import type { Shell } from './shell.ts';

// `npm start`: builds what has changed, and then is `til start` in this very process, so that a signal to it is one to the server.

/** Whether the environment asks for a server of one's own, instead of the demo. */
const isConfigured = (environment: Environment): boolean => {
  const { botToken, appToken, signingSecrets } = slackOf(environment);
  return Boolean(botToken ?? appToken ?? signingSecrets[0]);
};

/** Whether a port is free; the start itself reports anything else that is wrong with it. */
const isPortFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE'));
    probe.listen(port, () => probe.close(() => resolve(true)));
  });

/** Throws when another server has the folder or the port: nobody should wait for a build to hear that. */
const requireFree = async (environment: Environment): Promise<void> => {
  const { queue } = isConfigured(environment) ? addressesOf(environment) : addressesOf(environment, FOLDER);
  if (queue.startsWith('file:')) {
    const opened = await openQueue(queue, environment);
    await opened.openTaker?.().finally(() => opened.close?.());
  }
  const port = portOf(environment);
  if (!(await isPortFree(port)))
    throw new Error(`port ${port} is in use; end what uses it, or choose another with PORT=…`);
};

/**
 * Runs `npm run build`; resolves with its exit code, or with `ended` when a signal has ended it. What it prints is for developers, and is
 * told only when it ends with another code than 0.
 */
const build = async (shell: Shell): Promise<number | 'ended'> => {
  // A group of its own, so that all that it has begun can be ended with it.
  const child = spawn('npm', ['run', '--silent', 'build'], {
    cwd: ROOT,
    stdio: ['inherit', 'pipe', 'inherit'],
    detached: true,
  });
  const printed: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => printed.push(piece));
  let isOver = false;
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  }).finally(() => (isOver = true));
  const signal = shell.untilSignal().then(() => {
    if (!isOver && child.pid) process.kill(-child.pid, 'SIGTERM');
    return 'ended' as const;
  });
  const built = await Promise.race([ended, signal]);
  if (built !== 0 && built !== 'ended') shell.error(Buffer.concat(printed).toString());
  return built;
};

const ADVICE =
  'til: the build failed (see above). If a tool was not found: "npm ci --include=dev" installs what building needs\n';

const buildAnew = async (shell: Shell): Promise<number | 'ended'> => {
  try {
    await requireFree(shell.environment);
  } catch (error) {
    shell.error(`til: ${(error as Error).message}\n`);
    return 1;
  }
  const built = await build(shell);
  if (typeof built === 'number' && built !== 0) shell.error(ADVICE);
  return built;
};

const launch = async (shell: Shell): Promise<number> => {
  const built = isBuilt() ? 0 : await buildAnew(shell);
  if (built === 'ended') return 0;
  if (built !== 0) return 1;
  return run(['start', ...process.argv.slice(2)], shell);
};

process.exitCode = await launch(processShell(process.env));
