import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Refused } from '../events/errors.ts';
import { type Bucket, validKey } from '../store/bucket.ts';
import { type Door, enter } from '../web/door.ts';
import { acceptsGzip, hasAlready, type StaticFiles, staticFiles } from '../web/static-files.ts';
import { firstPage } from './first-page.ts';
import { type IngestPorts, ingest, MAX_BODY_BYTES, SLACK_PATHS } from './ingest.ts';

export interface HttpPorts {
  ingest: IngestPorts;
  state: Bucket;
  /** What `/healthz` says; with `ok: false` it is a 503. */
  health: () => Record<string, unknown> | Promise<Record<string, unknown>>;
  /** The folder of the built dashboard. */
  dashboard?: string;
  /** Who may see the dashboard and its snapshots; everybody by default. */
  door?: Door;
  /** Where people find the dashboard; without it, where a request found it. */
  dashboardUrl?: string;
  /** Takes requests before anything else does; says whether it took one. Only the demo has one. */
  mount?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** On every answer: the page may load nothing but its own files, and is shown in no frame. */
export const SECURITY_HEADERS: Record<string, string> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-robots-tag': 'noindex', // People's names and habits do not belong in search engines.
};

/** Sent only behind TLS: a browser that has seen this header once never asks for `http://localhost` again. */
const TRANSPORT_SECURITY = 'max-age=31536000; includeSubDomains';

/** Caddy keeps a connection for two minutes, nginx and the load balancers of AWS for one. */
const KEEP_ALIVE_MILLISECONDS = 125_000;

/** A request's body was larger than it may be. */
const TOO_LARGE = Symbol('too large');

/** Listens for Slack's deliveries and serves the dashboard and its snapshots. Port 0 takes any free one. */
export const startHttp = async (
  ports: HttpPorts,
  port: number,
  host?: string,
): Promise<{ port: number; close(): Promise<void> }> => {
  const pages = ports.dashboard ? staticFiles(ports.dashboard, firstPage(ports.state, ports.dashboardUrl)) : undefined;
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    if (isBehindTls(request)) response.setHeader('strict-transport-security', TRANSPORT_SECURITY);
    void route(request, response, ports, pages).catch(() => {
      if (!response.headersSent) send(response, 503, 'text/plain', 'not now; try again');
      else response.destroy();
    });
  });
  // Longer than any proxy in front keeps a connection that it may use again: the one that closes first must be the proxy, since a request
  // that meets a closing connection is answered 502. See deploy/.
  server.keepAliveTimeout = KEEP_ALIVE_MILLISECONDS;
  // A client that dawdles over its request must not hold a connection for ever.
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  // What Node itself cannot read is refused like what we cannot: Slack knows no 431 and no 408.
  server.on('clientError', (_, socket) => {
    if (!socket.writable) socket.destroy();
    else socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });
  await listen(server, port, host);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2000).unref();
      }),
  };
};

/** The protocol by which the browser reached a proxy in front; of several proxies, the first one spoke to the browser. */
const isBehindTls = ({ headers }: IncomingMessage): boolean =>
  String(headers['x-forwarded-proto'] ?? '')
    .split(',')[0]
    ?.trim()
    .toLowerCase() === 'https';

const listen = (server: Server, port: number, host?: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const advice = ADVICE[error.code ?? ''];
      reject(advice ? new Refused(`port ${port} ${advice}`, { cause: error }) : error);
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });

const ADVICE: Record<string, string> = {
  EADDRINUSE: 'is in use; end what uses it, or choose another with PORT=…',
  EACCES: 'may not be opened by this user; choose one above 1023 with PORT=…',
  EADDRNOTAVAIL: 'cannot be opened: this machine does not have that address; HOST names another',
  ENOTFOUND: 'cannot be opened: HOST is no address of this machine, such as 127.0.0.1 or 0.0.0.0',
};

const send = (
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Uint8Array,
  headers = {},
): void => {
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(body);
};

const route = async (
  request: IncomingMessage,
  response: ServerResponse,
  ports: HttpPorts,
  pages: StaticFiles | undefined,
): Promise<void> => {
  if (ports.mount?.(request, response)) return;
  const [path, query] = (request.url ?? '/').split('?') as [string, string?];
  if (SLACK_PATHS.includes(path)) return answerSlack(path, request, response, ports.ingest);
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'text/plain', 'expected GET');
  if (path === '/healthz') return sendHealth(response, query, ports);
  const inside = enter(ports.door ?? 'open', path);
  // Relative, and without the key: what stands in front may know the page by another path.
  if (inside === 'slash') return send(response, 308, 'text/plain', '', { location: `./${path.split('/').pop()}/` });
  if (inside?.startsWith('/snapshots/')) return sendSnapshot(request, response, inside.slice(1), ports.state);
  if (inside !== undefined && (await pages?.(inside, request, response))) return;
  // What is missing today may be there tomorrow, under the same name.
  send(response, 404, 'text/plain', missing(path, ports), { 'cache-control': 'no-cache' });
};

/** What is said of a path at which nothing is; nobody learns of the page from it who may not see it. */
const missing = (path: string, { door = 'open' }: HttpPorts): string => {
  if (path !== '/') return 'not found';
  if (door === 'open') return NOT_BUILT;
  return door === 'off' ? 'not found' : 'not found; the page has a link of its own';
};

const NOT_BUILT = 'not found; the dashboard is not built ("npm run build" does it)';

/** `/healthz?live` only asks whether the process answers. */
const sendHealth = async (response: ServerResponse, query: string | undefined, ports: HttpPorts): Promise<void> => {
  const health: Record<string, unknown> = { ok: true, ...(isLiveness(query) ? {} : await ports.health()) };
  const status = health['ok'] === true ? 200 : 503;
  send(response, status, 'application/json', JSON.stringify(health), { 'cache-control': 'no-store' });
};

/** Whether a query asks only whether the process answers. */
export const isLiveness = (query: string | undefined): boolean => new URLSearchParams(query).has('live');

const answerSlack = async (
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  ports: IngestPorts,
): Promise<void> => {
  const body = await readBody(request);
  if (body === TOO_LARGE) {
    ports.refused?.(413, 'the body is too large');
    send(response, 413, 'text/plain', `expected at most ${MAX_BODY_BYTES} bytes`, { connection: 'close' });
    return;
  }
  const headers = Object.fromEntries(
    // A header that comes twice is no header of Slack's: joined by a comma it fails the check of its form.
    Object.entries(request.headersDistinct).map(([name, values]) => [name, values?.join(', ')]),
  );
  const {
    status,
    body: text,
    contentType,
  } = await ingest({ method: request.method ?? '', path, headers, body }, ports);
  send(response, status, contentType, text);
};

/** The raw bytes of a request, or TOO_LARGE as soon as they exceed the limit; the rest is not read. */
const readBody = (request: IncomingMessage): Promise<Uint8Array | typeof TOO_LARGE> =>
  new Promise((resolve, reject) => {
    if (Number(request.headers['content-length']) > MAX_BODY_BYTES) return resolve(TOO_LARGE);
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) {
        chunks.push(chunk);
        return;
      }
      request.removeAllListeners('data');
      request.pause();
      resolve(TOO_LARGE);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('aborted', () => reject(new Error('the request was cut short')));
  });

const sendSnapshot = async (
  request: IncomingMessage,
  response: ServerResponse,
  key: string,
  state: Bucket,
): Promise<void> => {
  const stored = validKey(key) && key.endsWith('.json') ? await state.get(key) : undefined;
  if (!stored) return send(response, 404, 'application/json', '{"error":"not found"}', { 'cache-control': 'no-cache' });
  const isZipped = stored.bytes.length >= WORTH_ZIPPING && acceptsGzip(request);
  const etag = `${isZipped ? 'W/' : ''}"${stored.etag.replaceAll('"', '')}"`; // Weak: not byte for byte what others get.
  const headers = { etag, 'cache-control': 'no-cache', vary: 'accept-encoding' };
  if (hasAlready(request, etag)) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  const type = 'application/json; charset=utf-8';
  const encoding = isZipped ? { 'content-encoding': 'gzip' } : {};
  if (request.method === 'HEAD') return send(response, 200, type, '', { ...headers, ...encoding });
  send(response, 200, type, isZipped ? await zip(stored.bytes) : stored.bytes, { ...headers, ...encoding });
};

const zip = promisify(gzip);
/** Bytes; less than that fits into one packet anyway. */
const WORTH_ZIPPING = 1400;
