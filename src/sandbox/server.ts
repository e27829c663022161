import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCaller } from './caller.ts';
import { createDispatcher, type DispatchOptions } from './dispatcher.ts';
import type { Faults } from './faults.ts';
import { sendJson } from './http.ts';
import { createPageFiles } from './page-files.ts';
import { answer, type Context, fail, hostOf, isActing, isFromElsewhere } from './routes.ts';
import type { WorkspaceOptions } from './state.ts';
import { createStream } from './stream.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** What a sandbox needs: a workspace (or what one is made of), and how the app is reached. */
export interface SandboxOptions extends Omit<DispatchOptions, 'now'> {
  workspace: Workspace | Omit<WorkspaceOptions, 'now'>;
  /** The app's address for events, `…/slack/events`; deliveries wait until it is known, and what people press is refused. */
  eventsUrl?: string;
  /** The time in ms; the machine's own when left out. */
  now?: () => number;
  /** Names under which the sandbox may be reached, ports aside. It acts for anybody, so only this machine's by default. */
  hosts?: string[];
  /** How long a call that a fault makes time out is held before its connection breaks. */
  hangMilliseconds?: number;
  /** Where the built page lies; `dist/sandbox` of this project when left out. */
  pageDirectory?: string;
}

/** A sandbox that another server can carry. */
export interface Sandbox {
  workspace: Workspace;
  faults: Faults;
  /** Answers requests below `/sandbox` and `/api/`; says whether this was one. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Where events go; presses and commands go to `interactions` and `commands` beside it. */
  deliverTo(url: string): void;
  /** Slack's `url_verification` against the app's address. */
  verify(): Promise<boolean>;
  /** Resolves when every preview has come and every delivery was made or given up. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** A sandbox with a server of its own; `apiUrl` is what SLACK_API_URL must be. */
export interface RunningSandbox extends Sandbox {
  url: string;
  apiUrl: string;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** A sandbox without a server. */
export const createSandbox = (options: SandboxOptions): Sandbox => {
  const now = options.now ?? Date.now;
  const workspace = 'call' in options.workspace ? options.workspace : createWorkspace({ ...options.workspace, now });
  const dispatcher = createDispatcher({ ...options, now });
  const caller = createCaller({ ...options, now }, workspace.settle);
  const pump = createPump(workspace, now, () => {
    dispatcher.push(workspace.take());
    caller.push(workspace.takeInteractions());
    settle();
  });
  const stream = createStream(workspace);
  const files = createPageFiles(options.pageDirectory);
  const hosts = options.hosts ?? LOOPBACK;
  const context: Context = { workspace, stream, files, hangMilliseconds: options.hangMilliseconds ?? 60_000 };
  const waiting = new Set<() => void>();
  const settle = (): void => {
    if (!dispatcher.isIdle() || !caller.isIdle() || workspace.nextAt() !== undefined) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  dispatcher.onSettled(settle);
  caller.onSettled(settle);
  const deliverTo = (url: string): void => {
    dispatcher.deliverTo(url);
    caller.deliverTo(url);
  };
  if (options.eventsUrl !== undefined) deliverTo(options.eventsUrl);

  return {
    workspace,
    faults: workspace.faults,
    handle: (request, response) => {
      const path = (request.url ?? '/').split('?')[0] ?? '/';
      if (path !== '/sandbox' && !path.startsWith('/sandbox/') && !path.startsWith('/api/')) return false;
      response.setHeader('date', new Date(now()).toUTCString()); // As Slack's, by its own clock.
      if (!hosts.includes(hostOf(request))) sendJson(response, 403, { ok: false, error: 'host_not_allowed' });
      else if (isActing(path, request) && isFromElsewhere(request))
        sendJson(response, 403, { ok: false, error: 'origin_not_allowed' });
      else void answer(context, path, request, response).catch((error: unknown) => fail(response, error));
      return true;
    },
    deliverTo,
    verify: dispatcher.verify,
    idle: () =>
      new Promise((resolve) => {
        waiting.add(resolve);
        pump.run();
        settle();
      }),
    close: async () => {
      pump.close();
      stream.close();
      await dispatcher.close();
      await caller.close();
    },
  };
};

/**
 * A sandbox on a port of this machine, 0 for any that is free; only tests need one beside the bot's own server.
 * @internal
 */
export const startSandbox = async (options: SandboxOptions & { port?: number }): Promise<RunningSandbox> => {
  const sandbox = createSandbox(options);
  const server = createServer((request, response) => {
    if (!sandbox.handle(request, response)) sendJson(response, 404, { ok: false, error: 'not_found' });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  sandbox.workspace.setUrl(`${url}/sandbox/`);
  return {
    ...sandbox,
    url,
    apiUrl: `${url}/api/`,
    close: async () => {
      await sandbox.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** Has what is due handed on, now and whenever something becomes due. */
const createPump = (workspace: Workspace, now: () => number, push: () => void) => {
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  const run = (): void => {
    if (running) return;
    running = true;
    push();
    running = false;
    clearTimeout(timer);
    const next = workspace.nextAt();
    timer = next === undefined ? undefined : setTimeout(run, Math.max(next - now(), 0) + 1);
  };
  const unwatch = workspace.watch(() => {
    clearTimeout(timer);
    timer = setTimeout(run, 0);
  });
  return {
    run,
    close: () => {
      unwatch();
      clearTimeout(timer);
    },
  };
};
