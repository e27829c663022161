import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** The policy under which the dashboard must work, wherever it is served. */
export const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** A server of a built page and of snapshots held in memory, which a test may change, or cut off by `failing`. */
export interface StaticServer {
  address: string;
  snapshots: Map<string, unknown>;
  failing: boolean;
  /** How many snapshots were answered with 200 and with 304. */
  answers: { full: number; unchanged: number };
  close(): Promise<void>;
}

/** Serves `folder` at `/` and the snapshots at `/snapshots/…` on a free port of the loopback, with ETags and the security headers. */
export const serveStatic = async (folder: string, snapshots: Map<string, unknown>): Promise<StaticServer> => {
  const http = createServer((request, response) => void answer(request, response));
  const server: StaticServer = {
    address: '',
    snapshots,
    failing: false,
    answers: { full: 0, unchanged: 0 },
    close: () =>
      new Promise((done) => {
        http.close(() => done());
        http.closeAllConnections();
      }),
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    const bytes = path.startsWith('/snapshots/') ? snapshotBytes(server, path) : await fileBytes(folder, path);
    if (typeof bytes === 'number') response.writeHead(bytes, SECURITY_HEADERS).end();
    else send(server, request, response, path, bytes);
  };
  await new Promise<void>((ready) => http.listen(0, '127.0.0.1', ready));
  server.address = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
  return server;
};

// What is written once need not be written again: a page under a stopwatch shares the machine with this server.
const written = new WeakMap<object, Buffer>();
const zipped = new WeakMap<Buffer, Buffer>();

const snapshotBytes = ({ failing, snapshots }: StaticServer, path: string): Buffer | 404 | 503 => {
  if (failing) return 503;
  const snapshot = snapshots.get(path.slice('/snapshots/'.length)) as object | undefined;
  if (snapshot === undefined) return 404;
  const bytes = written.get(snapshot) ?? Buffer.from(JSON.stringify(snapshot));
  written.set(snapshot, bytes);
  return bytes;
};

const zip = (bytes: Buffer): Buffer => {
  const small = zipped.get(bytes) ?? gzipSync(bytes);
  zipped.set(bytes, small);
  return small;
};

const fileBytes = async (folder: string, path: string): Promise<Buffer | 404> => {
  try {
    return await readFile(join(folder, path === '/' ? 'index.html' : path));
  } catch {
    return 404; // Whatever cannot be read is not there, as far as a browser is concerned.
  }
};

const send = (
  server: StaticServer,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  bytes: Buffer,
) => {
  const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`;
  const snapshot = path.startsWith('/snapshots/');
  const unchanged = request.headers['if-none-match'] === etag;
  if (snapshot) server.answers[unchanged ? 'unchanged' : 'full'] += 1;
  const type = TYPES[path === '/' ? '.html' : extname(path)] ?? 'application/octet-stream';
  const isZipped = request.headers['accept-encoding']?.includes('gzip') === true;
  const headers = {
    ...SECURITY_HEADERS,
    etag,
    'content-type': type,
    'cache-control': 'no-cache',
    vary: 'accept-encoding',
  };
  if (unchanged) response.writeHead(304, headers).end();
  else if (isZipped) response.writeHead(200, { ...headers, 'content-encoding': 'gzip' }).end(zip(bytes));
  else response.writeHead(200, headers).end(bytes);
};
