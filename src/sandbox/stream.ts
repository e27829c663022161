import type { ServerResponse } from 'node:http';
import type { Workspace } from './workspace.ts';

/** Changes closer together than this reach the page as one, in ms. */
const GATHER_MILLISECONDS = 50;
const KEEP_ALIVE_MILLISECONDS = 15_000;

/** Server-Sent Events: tells open pages that something changed; they ask what. */
export const createStream = (workspace: Workspace): { open(response: ServerResponse): void; close(): void } => {
  const open = new Set<ServerResponse>();
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    timer = undefined;
    for (const response of open) response.write(`event: change\ndata: ${workspace.version()}\n\n`);
  };
  const unwatch = workspace.watch(() => {
    if (open.size > 0) timer ??= setTimeout(tell, GATHER_MILLISECONDS);
  });
  const keepAlive = setInterval(() => {
    for (const response of open) response.write(': still here\n\n');
  }, KEEP_ALIVE_MILLISECONDS);
  keepAlive.unref();

  return {
    open: (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(`event: change\ndata: ${workspace.version()}\n\n`);
      open.add(response);
      response.once('close', () => open.delete(response));
    },
    close: () => {
      unwatch();
      clearTimeout(timer);
      clearInterval(keepAlive);
      for (const response of open) response.end();
    },
  };
};
