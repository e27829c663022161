import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** A server of files, as static hosts are: it knows nothing of this project. */
export interface PlainServer {
  address: string;
  close(): Promise<void>;
}

/** Serves `folder` under a path, which begins and ends with `/`, on a free port of the loopback. */
export const servePlain = async (folder: string, path: string): Promise<PlainServer> => {
  const server = createServer(async (request, response) => {
    const asked = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const name = asked.endsWith('/') ? `${asked}index.html` : asked;
    const bytes = name.startsWith(path)
      ? await readFile(join(folder, name.slice(path.length))).catch(() => undefined)
      : undefined;
    if (!bytes) response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>404</h1>');
    else response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(bytes);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};
