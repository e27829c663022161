import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deliver } from './serving.ts';
import { SECRET } from './signed.ts';
import { CHANNEL, payload } from './world.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What `/healthz` says. */
export interface HealthNow {
  status: number;
  ok: boolean;
  waiting: number | null;
  reasons: string[];
}

/** The real `til serve` in a process of its own. */
export interface TilChild {
  pid: number;
  /** Resolves with the port when it listens; rejects when it ends before. */
  port: Promise<number>;
  /** What it has said so far. */
  said: { out: string; error: string };
  ended: Promise<{ code: number | null; signal: string | null }>;
  signal(name: NodeJS.Signals): void;
  health(): Promise<HealthNow>;
  /** Waits until its health is so. */
  until(isSo: (health: HealthNow) => boolean): Promise<HealthNow>;
}

/** A folder with a configuration, the environment that names it, and how to be rid of it and of all servers on it. */
export interface Place {
  folder: string;
  environment: Record<string, string>;
  start(options?: StartOptions): TilChild;
  remove(): Promise<void>;
}

export interface StartOptions {
  environment?: Record<string, string | undefined>;
  /** The command that is put before `node …`, such as one that takes a right away. */
  before?: string[];
  /** Where the program lies. */
  root?: string;
  command?: string[];
}

/** The variables that would lead a child of a test to somebody's own Slack, or change how it runs. */
const bare = (): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SLACK|TIL|NODE|VITEST|PORT|npm_|LC_|LANG)/i.test(name)),
  );

/** Makes a place. */
export const makePlace = (): Place => {
  const folder = mkdtempSync(join(tmpdir(), 'til-fault-'));
  writeFileSync(join(folder, 'til.json'), JSON.stringify({ challenges: [{ channel: CHANNEL }] }));
  const children: ChildProcess[] = [];
  const environment = {
    TIL_LOG: `file:${folder}/log`,
    TIL_STATE: `file:${folder}/state`,
    TIL_QUEUE: `file:${folder}/queue`,
    SLACK_SIGNING_SECRET: SECRET,
    PORT: '0',
  };
  const start: Place['start'] = ({ environment: more = {}, before = [], root = ROOT, command } = {}) => {
    const [program, ...args] = [
      ...before,
      ...(command ?? [process.execPath, join(root, 'src/cli/main.ts'), 'serve']),
      ...['--config', join(folder, 'til.json')],
    ] as [string, ...string[]];
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...bare(), ...environment, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    return watch(child);
  };
  return {
    folder,
    environment,
    start,
    remove: async () => {
      for (const child of children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const watch = (child: ChildProcess): TilChild => {
  const said = { out: '', error: '' };
  const listening = Promise.withResolvers<number>();
  child.stderr?.on('data', (chunk) => (said.error += String(chunk)));
  child.stdout?.on('data', (chunk) => {
    said.out += String(chunk);
    const port = /localhost:(\d+)\n/.exec(said.out)?.[1];
    if (port) listening.resolve(Number(port));
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }) as Awaited<TilChild['ended']>);
  void ended.then(({ code }) => listening.reject(new Error(`it ended with code ${code}: ${said.error}`)));
  listening.promise.catch(() => undefined);

  const health = async (): Promise<HealthNow> => {
    const answer = await fetch(`http://127.0.0.1:${await listening.promise}/healthz`);
    return { status: answer.status, ...((await answer.json()) as Omit<HealthNow, 'status'>) };
  };
  return {
    pid: child.pid as number,
    port: listening.promise,
    said,
    ended,
    signal: (name) => void child.kill(name),
    health,
    until: async (isSo) => {
      for (let last = ''; ; ) {
        const now = await health().catch((error: unknown) => {
          throw new Error(`${String(error)}; its last health was ${last}; it said: ${said.error}`);
        });
        if (isSo(now)) return now;
        last = JSON.stringify(now);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
  };
};

/** Somebody who delivers replies, each its own, and remembers which were acknowledged. */
export const createSender = () => {
  const acknowledged: string[] = [];
  let count = 0;
  return {
    /** The `ts` of what was answered with 200. */
    acknowledged,
    /** Delivers one more reply; gives the status. */
    send: async (port: number): Promise<number> => {
      const ts = `1722865849.${String(++count).padStart(6, '0')}`;
      const { event, ...envelope } = payload(3) as { event: Record<string, unknown> };
      const body = JSON.stringify({ ...envelope, event_id: `Ev0FAULT${count}`, event: { ...event, ts, event_ts: ts } });
      const status = await deliver(port, body);
      if (status === 200) acknowledged.push(ts);
      return status;
    },
  };
};
