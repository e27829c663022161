import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MAX_BODY_BYTES } from '../../src/host/ingest.ts';
import { seeded } from '../../src/sandbox/seeded.ts';
import { sign } from '../../src/slack/verify.ts';
import { below, textWithFlippedBit, withFlippedBit } from '../support/random.ts';
import { temporaryFolder } from '../support/serving.ts';
import { CHANNEL, FIXTURES, payload } from '../support/world.ts';

const REQUESTS = 10_000;
const AT_ONCE = 16;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { folder, remove } = temporaryFolder();
const random = seeded(20_240_805);
const pick = <Item>(items: readonly Item[]): Item => items[below(random, items.length)] as Item;
const encoder = new TextEncoder();

// Secrets that must turn up nowhere, and a word that only unsigned requests have.
const SECRET = 'canary0signing0secret0b5f1';
const BOT_TOKEN = 'xoxb-000canary000-bot';
const APP_TOKEN = 'xapp-1-000canary000-app';
const CANARIES = [SECRET, BOT_TOKEN, APP_TOKEN];
const UNSIGNED = 'NOBODYSIGNEDTHIS';

interface Asked {
  method: string;
  headers: Record<string, string | string[]>;
  body: Uint8Array<ArrayBuffer>;
  /** Whether Slack itself could have sent it. */
  signed: boolean;
}

interface Answered {
  status: number;
  text: string;
  headers: string;
}

let server: ChildProcess;
let port = 0;
let printed = '';
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

/** `til serve` in a process of its own, with every secret it may have; Slack is at an address where nobody listens. */
const start = (home: string, more: Record<string, string> = {}): ChildProcess => {
  mkdirSync(home, { recursive: true });
  const config = join(home, 'til.config.json');
  writeFileSync(config, JSON.stringify({ challenges: [{ channel: CHANNEL, admins: ['U0ADMIN001'] }] }));
  const child = spawn(process.execPath, ['src/cli/main.ts', 'serve', '--json', '--config', config], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PORT: '0',
      TIL_LOG: `file:${home}/log`,
      TIL_STATE: `file:${home}/state`,
      TIL_QUEUE: `file:${home}/queue`,
      SLACK_SIGNING_SECRET: SECRET,
      SLACK_BOT_TOKEN: BOT_TOKEN,
      SLACK_API_URL: 'http://127.0.0.1:1/api/',
      SLACK_TEAM_ID: '',
      SLACK_APP_ID: '',
      ...more,
    },
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (printed += String(chunk)));
  return child;
};

beforeAll(async () => {
  server = start(folder);
  port = await new Promise<number>((resolve, reject) => {
    server.once('exit', () => reject(new Error(`the server ended: ${printed}`)));
    server.stdout?.on('data', () => {
      const found = /"port":(\d+)/.exec(printed)?.[1];
      if (found) resolve(Number(found));
    });
  });
}, 30_000);

afterAll(async () => {
  agent.destroy();
  if (server.exitCode === null) {
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }
  remove();
});

const signedWith = (body: Uint8Array | string, secret = SECRET, seconds = Math.floor(Date.now() / 1000)) => ({
  'content-type': 'application/json',
  'x-slack-request-timestamp': String(seconds),
  'x-slack-signature': sign(secret, String(seconds), body),
});

const send = ({ method, headers, body }: Asked): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const length = method === 'POST' || body.length > 0 ? { 'content-length': String(body.length) } : {};
    const options = {
      port,
      host: '127.0.0.1',
      path: '/slack/events',
      method,
      agent,
      headers: { ...length, ...headers },
    };
    const asking = httpRequest(options, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text, headers: JSON.stringify(response.rawHeaders) }),
      );
      response.on('error', reject);
    });
    asking.on('error', (error) => {
      // A body that says it is too large is not read: its sender may see the door close before the answer.
      if (body.length > MAX_BODY_BYTES) resolve({ status: 413, text: '', headers: '' });
      else reject(error);
    });
    asking.end(body);
  });

const STRANGE: readonly string[] = [
  'null',
  '[]',
  '{}',
  '1e999',
  '-1e999',
  '123456789012345678901234567890',
  '0.1e-400',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"__proto__"',
  '"constructor"',
  '"../../../../etc/passwd"',
  '"\\u0000"',
  '"<!channel> <@U0MINSEO01>"',
  'true',
  '{"__proto__":{"isAdmin":true}}',
  '{"toString":1,"hasOwnProperty":2}',
  '{"length":1e9}',
  '[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]',
];

/** Some value of a text of JSON becomes something else. */
const withStrangeValue = (text: string): string => {
  const values = [...text.matchAll(/:("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)/g)];
  const target = pick(values);
  const at = target.index + 1;
  return text.slice(0, at) + pick(STRANGE) + text.slice(at + (target[1] as string).length);
};

const withStrangeKey = (text: string): string =>
  text.replace(
    /"event":\{/,
    `"event":{"${pick(['__proto__', 'constructor', 'event', '', 'type', 'user'])}":${pick(STRANGE)},`,
  );

const nested = (open: string, close: string, depth: number): string => `${open.repeat(depth)}1${close.repeat(depth)}`;

const fixtureText = (): string => JSON.stringify(payload(1 + below(random, FIXTURES.length - 2)));
const marked = (text: string): string =>
  text
    .replace(/"text":"/, `"text":"${UNSIGNED} `)
    .replace(/"reaction":"[^"]*"/, `"reaction":"${UNSIGNED.toLowerCase()}"`);
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text);
const post = (body: Uint8Array<ArrayBuffer>, headers: Record<string, string | string[]>, signed: boolean): Asked => ({
  method: 'POST',
  headers,
  body,
  signed,
});
const signedPost = (text: string): Asked => post(bytesOf(text), signedWith(text), true);

const MUTATIONS: (() => Asked)[] = [
  () => {
    const body = bytesOf(marked(fixtureText()));
    return post(
      withFlippedBit(body, below(random, body.length * 8)) as Uint8Array<ArrayBuffer>,
      signedWith(body),
      false,
    );
  },
  () => {
    const text = marked(fixtureText());
    const headers = signedWith(text);
    const name = pick(['x-slack-signature', 'x-slack-request-timestamp'] as const);
    const value = textWithFlippedBit(headers[name], below(random, headers[name].length * 7)).replace(
      /[^\x20-\x7e]/g,
      '!',
    );
    return post(bytesOf(text), { ...headers, [name]: value === headers[name] ? 'v0=' : value }, false);
  },
  () => {
    const text = marked(fixtureText());
    const { 'x-slack-signature': signature, ...rest } = signedWith(text);
    const headers = pick([
      rest,
      { ...rest, 'x-slack-signature': [signature, signature] },
      { ...rest, 'x-slack-signature': '' },
      { 'x-slack-signature': signature },
      {},
      { ...rest, 'x-slack-signature': `${signature} a` },
    ]);
    return post(bytesOf(text), headers as Record<string, string>, false);
  },
  () => {
    const text = marked(fixtureText());
    return post(bytesOf(text), signedWith(text, pick(['', 'guess', SECRET.slice(1)])), false);
  },
  () => {
    const text = marked(fixtureText());
    return post(
      bytesOf(text),
      signedWith(text, SECRET, Math.floor(Date.now() / 1000) + pick([-302, 310, -86_400, 1e9])),
      false,
    );
  },
  () => signedPost(withStrangeValue(fixtureText())),
  () => signedPost(withStrangeValue(withStrangeValue(withStrangeValue(fixtureText())))),
  () => signedPost(withStrangeKey(fixtureText())),
  () => {
    const text = fixtureText();
    return signedPost(text.slice(0, below(random, text.length)));
  },
  () => {
    const body = bytesOf(fixtureText());
    for (let flips = 0; flips < 3; flips++) body[below(random, body.length)] = below(random, 256);
    return post(body, signedWith(body), true);
  },
  () =>
    signedPost(
      pick([
        nested('[', ']', 40),
        nested('{"event":', '}', 70),
        nested('[', ']', below(random, 5000)),
        `{"event":${nested('{"elements":[', ']}', 500)}}`,
        '['.repeat(10_000),
      ]),
    ),
  () => signedPost(pick(STRANGE)),
  () =>
    signedPost(
      JSON.stringify({ type: 'url_verification', challenge: pick<unknown>(['x', 'x'.repeat(1025), 1, null, {}]) }),
    ),
  () => ({
    ...signedPost(fixtureText()),
    method: pick(['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH']),
    signed: false,
  }),
  () => {
    const text = fixtureText();
    const body = pick([
      gzipSync(text),
      Buffer.from(text, 'utf16le'),
      Buffer.from(`\ufeff${text}`),
      Buffer.from(text, 'latin1'),
    ]);
    const bytes = Uint8Array.from(body);
    return post(
      bytes,
      {
        ...signedWith(bytes),
        'content-encoding': pick(['gzip', 'identity', 'br']),
        'content-type': pick(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']),
      },
      true,
    );
  },
  () => {
    const text = `payload=${encodeURIComponent(marked(fixtureText()))}&ssl_check=1`;
    return post(bytesOf(text), { 'content-type': 'application/x-www-form-urlencoded' }, false);
  },
  () =>
    signedPost(
      fixtureText().replace(
        /"text":"/,
        `"text":"${pick(['\\u0000', '\\ud83d', '\\u202e', '&lt;!channel&gt;', 'a'.repeat(50_000)])}`,
      ),
    ),
  () => {
    const size = random() < 0.03 ? pick([1_048_575, 1_048_576, 1_048_577, 2_000_000]) : below(random, 3000);
    const body = new Uint8Array(size).fill(32 + below(random, 90));
    return post(body, signedWith(body), true);
  },
];

/** Every file under a folder, as text. */
const everything = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
    .map((file) => `${file}\n${readFileSync(file, 'latin1')}`);

const peakMebibytes = (): number => {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
};

test(`${REQUESTS} hostile requests get an answer of the five, leave nothing that was not signed, and no secret anywhere`, async () => {
  const before = peakMebibytes();
  const statuses = new Map<number, number>();
  const wrong: string[] = [];
  let answers = '';
  let left = REQUESTS;
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const number = below(random, MUTATIONS.length);
      const asked = (MUTATIONS[number] as () => Asked)();
      const { status, text, headers } = await send(asked);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (![200, 400, 401, 413, 503].includes(status)) wrong.push(`mutation ${number} got ${status}`);
      if (!asked.signed && status === 200) wrong.push(`mutation ${number} was accepted unsigned`);
      if (CANARIES.some((canary) => text.includes(canary) || headers.includes(canary)))
        wrong.push(`mutation ${number} was told a secret`);
      if (headers.toLowerCase().includes('x-slack-no-retry'))
        wrong.push(`mutation ${number} was told not to try again`);
      if (answers.length < 10_000) answers += text;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  expect(wrong).toEqual([]);
  // Both sides of the door were tried, and the limit.
  for (const status of [200, 400, 401, 413]) expect(statuses.get(status) ?? 0).toBeGreaterThan(0);
  expect(peakMebibytes() - before).toBeLessThan(200);
}, 120_000);

test('what is no HTTP gets a refusal or a closed door, and nothing else', async () => {
  const raw = [
    'GARBAGE\r\n\r\n',
    `POST /slack/events HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(100_000)}\r\n\r\n`,
    'POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n',
    'POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /slack/events HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n',
    `POST /slack/events HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(3000)}\r\n`,
    '\0'.repeat(1000),
  ];
  for (const text of raw) {
    const answer = await new Promise<string>((resolve) => {
      let got = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (chunk) => (got += String(chunk)));
      socket.on('error', () => {});
      socket.on('close', () => resolve(got));
      socket.setTimeout(3000, () => socket.destroy());
    });
    const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1];
    expect([undefined, '400', '401', '413']).toContain(status);
  }
}, 60_000);

test('it is alive and quick afterwards, and counts', async () => {
  const times: number[] = [];
  for (let number = 0; number < 100; number++) {
    const body = JSON.stringify({ ...payload(3), event_id: `EvALIVE${number}` });
    const began = performance.now();
    expect((await send(signedPost(body))).status).toBe(200);
    times.push(performance.now() - began);
  }
  times.sort((one, other) => one - other);
  expect(times[94]).toBeLessThan(500);
  const health = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect(health.status).toBe(200);
  for (let waited = 0; waited < 300; waited++) {
    const { waiting } = (await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()) as { waiting: number };
    if (waiting < 50) break; // What is owed to Slack waits for a Slack that answers.
    await delay(100);
  }
  const members = await fetch(`http://127.0.0.1:${port}/snapshots/${CHANNEL}/members.json`);
  expect(members.status).toBe(200);
}, 60_000);

test('a Socket Mode that cannot be opened tells no token', async () => {
  const before = printed.length;
  const child = start(join(folder, 'socket'), { SLACK_APP_TOKEN: APP_TOKEN });
  const exited = once(child, 'exit');
  // Until it has tried and said so, or for three seconds.
  for (let waited = 0; waited < 30 && printed.length === before; waited++) await delay(100);
  await delay(500);
  child.kill('SIGKILL');
  await exited;
  expect(printed.includes(APP_TOKEN)).toBe(false);
}, 30_000);

test('nothing that was not signed is stored, and no secret is in a file or a line of the log', () => {
  const files = everything(folder);
  expect(files.length).toBeGreaterThan(100);
  for (const [what, texts] of [
    ['file', files],
    ['line', printed.split('\n')],
  ] as const) {
    expect([what, texts.filter((text) => text.includes(UNSIGNED) || text.includes(UNSIGNED.toLowerCase()))]).toEqual([
      what,
      [],
    ]);
    expect([what, texts.filter((text) => CANARIES.some((canary) => text.includes(canary)))]).toEqual([what, []]);
  }
});
