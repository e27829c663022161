import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request as startRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Unavailable } from '../../src/events/errors.ts';
import { SECURITY_HEADERS, startHttp } from '../../src/host/http.ts';
import { MAX_BODY_BYTES } from '../../src/host/ingest.ts';
import type { NewJob } from '../../src/queue/queue.ts';
import { systemClock } from '../../src/setup/clock.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import { SECRET, signedHeaders } from '../support/signed.ts';
import { payload } from '../support/world.ts';

const jobs: NewJob[] = [];
const bucket = memoryBucket();
const folder = mkdtempSync(join(tmpdir(), 'til-http-'));
let broken = false;
let health: Record<string, unknown> = { waiting: 3 };
const refused: unknown[] = [];
let port = 0;
let close: () => Promise<void>;

const utf8 = new TextEncoder();
const SNAPSHOT = '{"name":"한글 🔥"}';

beforeAll(async () => {
  mkdirSync(join(folder, 'dashboard'));
  writeFileSync(join(folder, 'dashboard', 'index.html'), '<p>the dashboard</p>');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  for (const key of ['snapshots/C0TILCHAN1/index.json', 'snapshots/x.txt', 'ledgers/C0TILCHAN1/2024-W32.json'])
    await bucket.putNew(key, utf8.encode(SNAPSHOT));
  const state = {
    ...bucket,
    get: async (key: string) => {
      if (broken) throw new Unavailable('the disk is away');
      return bucket.get(key);
    },
  };
  const queue = { put: async (all: NewJob[]) => void jobs.push(...all) };
  const running = await startHttp(
    {
      ingest: {
        queue,
        clock: systemClock,
        secrets: [SECRET],
        refused: (status, reason) => void refused.push([status, reason]),
      },
      state,
      health: async () => health,
      dashboard: join(folder, 'dashboard'),
    },
    0,
    '127.0.0.1',
  );
  port = running.port;
  close = running.close;
});

afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Sends a path as it is, dots and all. */
const ask = (
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string | string[]>; body?: string | Uint8Array } = {},
) =>
  new Promise<Answer>((resolve, reject) => {
    const request = startRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });

const post = (body: string | Uint8Array, headers: Record<string, string | string[]> = signedHeaders(body)) =>
  ask('/slack/events', { method: 'POST', headers, body });

/** Writes bytes on a bare connection; gives what came back until the other side closed it, or after a second of silence. */
const converse = (parts: (string | Uint8Array)[]) =>
  new Promise<{ text: string; closed: boolean }>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const end = (closed: boolean) => {
      socket.destroy();
      resolve({ text, closed });
    };
    socket.setTimeout(1000, () => end(false));
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', () => {});
    socket.on('close', () => end(true));
    for (const part of parts) socket.write(part);
  });

describe("Slack's address", () => {
  test('a signed event is queued and answered at once', async () => {
    jobs.length = 0;
    expect(await post(JSON.stringify(payload(3)))).toMatchObject({ status: 200, body: 'ok' });
    expect(jobs).toHaveLength(1);
  });

  test('é, emoji and Hangul in a body are hashed as the bytes they are', async () => {
    for (const text of ['é', '🔥', '한글', '\u2028', '{"event":{"text":"é🔥한글"}}'])
      expect((await post(text)).status).toBe(200);
    expect((await post(Buffer.from('é', 'latin1'))).status).toBe(200);
  });

  test('a body may come in chunks', async () => {
    const body = JSON.stringify(payload(14));
    const head = Object.entries(signedHeaders(body))
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
    const chunks = Array.from({ length: Math.ceil(body.length / 7) }, (_, at) => body.slice(at * 7, at * 7 + 7));
    const { text } = await converse([
      `POST /slack/events HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n${head}\r\n`,
      ...chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`),
      '0\r\n\r\n',
    ]);
    expect(text).toMatch(/^HTTP\/1.1 200 /);
  });

  test('without a signature: 401, and with another method: 400', async () => {
    expect((await post('{}', {})).status).toBe(401);
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
      expect((await ask('/slack/events', { method })).status).toBe(400);
    expect((await ask('/slack/events', { method: 'HEAD' })).status).toBe(400);
  });

  test('a header that comes twice is no header of Slack', async () => {
    const body = '{}';
    const right = signedHeaders(body);
    for (const name of ['x-slack-signature', 'x-slack-request-timestamp']) {
      const value = right[name] as string;
      expect((await post(body, { ...right, [name]: [value, value] })).status).toBe(401);
      expect((await post(body, { ...right, [name]: [value, 'x'] })).status).toBe(401);
    }
    expect((await post(body, right)).status).toBe(200);
  });

  test('a body of 1 MiB is read, one more byte is not', async () => {
    const body = `{"x":"${'a'.repeat(MAX_BODY_BYTES - 8)}"}`;
    expect((await post(body)).status).toBe(200);
    const head = Object.entries(signedHeaders(`${body} `))
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
    const { text, closed } = await converse([
      `POST /slack/events HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n${head}\r\n`,
      `${MAX_BODY_BYTES.toString(16)}\r\n${body}\r\n1\r\n \r\n`,
    ]);
    expect(text).toMatch(/^HTTP\/1.1 413 /);
    expect(closed).toBe(true);
  });

  test('a body that says it will be larger is refused before it is sent, and the connection is cut', async () => {
    const { text, closed } = await converse([
      `POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 10485761\r\n\r\n`,
      '{"a"',
    ]);
    expect(text).toMatch(/^HTTP\/1.1 413 /);
    expect(text.toLowerCase()).toContain('connection: close');
    expect(closed).toBe(true);
  });

  test('a client that goes away in the middle of its body disturbs nobody', async () => {
    const before = jobs.length;
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write('POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf', () =>
          socket.destroy(),
        );
      });
      socket.on('close', () => resolve());
    });
    expect((await ask('/healthz')).status).toBe(200);
    expect(jobs).toHaveLength(before);
  });
});

describe('snapshots', () => {
  const path = '/snapshots/C0TILCHAN1/index.json';

  test('come with an ETag, and not again to who has them', async () => {
    const first = await ask(path);
    expect(first).toMatchObject({ status: 200, body: SNAPSHOT });
    expect(first.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(first.headers['cache-control']).toBe('no-cache');
    const etag = first.headers.etag as string;
    expect(etag).toMatch(/^"[^"]+"$/);
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`]) {
      const again = await ask(path, { headers: { 'if-none-match': tag } });
      expect(again).toMatchObject({ status: 304, body: '' });
      expect(again.headers.etag).toBe(etag);
    }
    expect((await ask(path, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
    expect(await ask(`${path}?cache=1`)).toMatchObject({ status: 200 });
  });

  test('long ones travel compressed to those who take that', async () => {
    const text = JSON.stringify({ text: '가'.repeat(5000) });
    await bucket.putNew('snapshots/C0TILCHAN1/months/2024-08.json', utf8.encode(text));
    const get = (accepted: string, tag = '""') =>
      fetch(`http://127.0.0.1:${port}/snapshots/C0TILCHAN1/months/2024-08.json`, {
        headers: { 'accept-encoding': accepted, 'if-none-match': tag },
      });
    for (const [accepted, encoding, form] of [
      ['gzip', 'gzip', /^W\/"[^"]+"$/],
      ['br, GZIP ; q=0.5', 'gzip', /^W\/"[^"]+"$/],
      ['identity', null, /^"[^"]+"$/],
      ['br, gzip;q=0', null, /^"[^"]+"$/],
    ] as const) {
      const answer = await get(accepted);
      expect([answer.status, answer.headers.get('content-encoding')], accepted).toEqual([200, encoding]);
      expect(answer.headers.get('vary')).toBe('accept-encoding');
      expect(await answer.text()).toBe(text);
      const etag = String(answer.headers.get('etag'));
      expect(etag).toMatch(form);
      const again = await get(accepted, etag);
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    }
    const short = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'accept-encoding': 'gzip' } });
    expect(short.headers.get('content-encoding')).toBeNull();
  });

  test('HEAD has no body', async () => {
    expect(await ask(path, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  test('none there, or not JSON: 404', async () => {
    for (const other of ['/snapshots/x.txt', '/snapshots/none.json', '/snapshots/', '/snapshots/C0TILCHAN1'])
      expect((await ask(other)).status).toBe(404);
  });

  test('storage that is away: 503, and no word about it', async () => {
    broken = true;
    const answer = await ask(path);
    broken = false;
    expect(answer.status).toBe(503);
    expect(answer.body).not.toContain('disk');
    expect((await ask(path)).status).toBe(200);
  });

  test.each([
    '/snapshots/../ledgers/C0TILCHAN1/2024-W32.json',
    '/snapshots/../../secret.txt',
    '/snapshots/%2e%2e/ledgers/C0TILCHAN1/2024-W32.json',
    '/snapshots/%2e%2e%2fledgers/C0TILCHAN1/2024-W32.json',
    '/snapshots/..%2fledgers/C0TILCHAN1/2024-W32.json',
    '/snapshots/C0TILCHAN1/../../ledgers/C0TILCHAN1/2024-W32.json',
    '/snapshots/C0TILCHAN1//index.json',
    '/snapshots/./C0TILCHAN1/index.json',
    '/snapshots/C0TILCHAN1/index.json%00',
    '/snapshots/%00.json',
    '/snapshots/..\\ledgers\\C0TILCHAN1\\2024-W32.json',
    `/snapshots/${'a'.repeat(3000)}.json`,
    '/ledgers/C0TILCHAN1/2024-W32.json',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/....//secret.txt',
  ])('%s leads nowhere', async (hostile) => {
    const answer = await ask(hostile);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('secret');
    expect(answer.body).not.toContain('한글');
  });

  test('a bare NUL, and an address instead of a path, lead nowhere', async () => {
    expect((await converse(['GET /snapshots/\0.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'])).text).toMatch(
      /^HTTP\/1.1 400 /,
    );
    const absolute = await converse([
      'GET http://evil.example/snapshots/C0TILCHAN1/index.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    ]);
    expect(absolute.text).not.toContain('한글');
  });
});

test('the page and the health are there; nothing else can be sent', async () => {
  expect(await ask('/')).toMatchObject({ status: 200, body: '<p>the dashboard</p>' });
  expect(JSON.parse((await ask('/healthz')).body)).toEqual({ ok: true, waiting: 3 });
  for (const path of ['/', '/healthz', '/snapshots/C0TILCHAN1/index.json'])
    expect((await ask(path, { method: 'POST' })).status).toBe(405);
});

test('a health that is not good is a 503 with its reasons; a bare sign of life stays one', async () => {
  health = { ok: false, waiting: 2, reasons: ['disk', 'worker'] };
  const answer = await ask('/healthz');
  expect([answer.status, JSON.parse(answer.body)]).toEqual([503, health]);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(await ask('/healthz?live')).toMatchObject({ status: 200, body: '{"ok":true}' });
  health = { waiting: 3 };
});

test('what is refused is told, with the reason', async () => {
  refused.length = 0;
  await post('{}', {});
  await post('x'.repeat(MAX_BODY_BYTES + 1));
  expect(refused).toEqual([
    [401, 'the signature is not right'],
    [413, 'the body is too large'],
  ]);
});

test('only behind TLS a browser is told to use nothing else', async () => {
  const told = async (proto: string) => (await ask('/', { headers: { 'x-forwarded-proto': proto } })).headers;
  const name = 'strict-transport-security';
  expect((await told('https'))[name]).toBe('max-age=31536000; includeSubDomains');
  expect((await told('HTTPS, http'))[name]).toBe('max-age=31536000; includeSubDomains');
  expect(await told('http')).not.toHaveProperty(name);
  expect(await told('http, https')).not.toHaveProperty(name);
});

test('every answer has the security headers; none leads elsewhere or tells Slack not to try again', async () => {
  const etag = (await ask('/snapshots/C0TILCHAN1/index.json')).headers.etag as string;
  const answers = await Promise.all([
    ask('/'),
    ask('/none'),
    ask('/healthz'),
    ask('/snapshots/C0TILCHAN1/index.json'),
    ask('/snapshots/C0TILCHAN1/index.json', { headers: { 'if-none-match': etag } }),
    ask('/snapshots/none.json'),
    ask('/slack/events'),
    ask('/', { method: 'POST' }),
    post('{}'),
    post('{}', {}),
    post('x'),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 404, 200, 200, 304, 404, 400, 405, 200, 401, 200]);
  for (const { status, headers } of answers) {
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
      'x-robots-tag': 'noindex',
      'content-security-policy': SECURITY_HEADERS['content-security-policy'],
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers).not.toHaveProperty('x-slack-no-retry');
    expect(headers).not.toHaveProperty('location');
    expect(headers).not.toHaveProperty('x-powered-by');
    expect([301, 302, 303, 307, 308]).not.toContain(status);
  }
  expect(SECURITY_HEADERS['content-security-policy']).toContain("default-src 'none'");
  expect(SECURITY_HEADERS['content-security-policy']).not.toContain('unsafe');
});

test('a port that is taken is an error', async () => {
  const ports = {
    ingest: { queue: { put: async () => {} }, clock: systemClock, secrets: [] },
    state: bucket,
    health: () => ({}),
  };
  await expect(startHttp(ports, port, '127.0.0.1')).rejects.toThrow(/in use/i);
});
