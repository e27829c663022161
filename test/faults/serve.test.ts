import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { createSampleWorkspace, SAMPLE } from '../../src/sandbox/sample.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { filesBucket } from '../../src/store/files.ts';
import { createDisk, faultyDisk } from '../support/faulty-disk.ts';
import { startS3Server } from '../support/s3-server.ts';
import { startSocketServer } from '../support/socket-server.ts';
import { createSender, makePlace, type Place, type TilChild } from '../support/til-child.ts';
import { contents } from '../support/world.ts';

// Each starts the real `til serve`, does one thing to it, and expects what README and RUNBOOK promise. They run side by side: most of
// their time is spent on waiting.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NO_COMPILER = faultyDisk() === undefined; // The disk that fails is a small C library: without `cc`, or elsewhere than on Linux, it is not there.
const MAY_MOUNT = process.getuid?.() === 0 && spawnSync('unshare', ['-mpf', 'true']).status === 0; // A container may forbid it.

// Tests that run side by side cannot each have their own end.
const ends: (() => unknown)[] = [];
afterAll(() => Promise.all(ends.map((end) => end())));

const place = (): Place => {
  const made = makePlace();
  ends.push(made.remove);
  return made;
};

/** Ends a server by a signal; says how, and sees that it did not take longer than promised. */
const end = async (child: TilChild, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
  const began = performance.now();
  child.signal(signal);
  const { code } = await child.ended;
  expect(performance.now() - began).toBeLessThan(10_000);
  return code;
};

/** What was acknowledged is in the log, each once: counted here, not by the program. */
const expectAllOf = async (acknowledged: readonly string[], folder: string): Promise<void> => {
  const keys = Object.keys(await contents(filesBucket(join(folder, 'log')), 'events/'));
  for (const ts of acknowledged) expect(keys.filter((key) => key.includes(`/${ts}-message.posted-`))).toHaveLength(1);
};

const isWell = ({ ok, waiting }: { ok: boolean; waiting: number | null }): boolean => ok && waiting === 0;

/** A way to a port of this machine that is closed at first. Without a port behind it, it takes what comes and never answers. */
const startGate = async (target: number | undefined) => {
  const touched = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  let isOpen = false;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (!isOpen) return void socket.destroy();
    if (target === undefined) return void socket.once('data', () => touched.resolve());
    const behind = connect(target, '127.0.0.1');
    behind.on('error', () => undefined);
    socket.pipe(behind).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Resolves when something was asked there. */
    touched: touched.promise,
    open: (): void => void (isOpen = true),
  };
};

/** Delivers until it is taken again. */
const sendUntilTaken = async (sender: ReturnType<typeof createSender>, port: number): Promise<void> => {
  while ((await sender.send(port)) !== 200) await new Promise((resolve) => setTimeout(resolve, 200));
};

describe.concurrent('what may pass is waited for', () => {
  test.skipIf(NO_COMPILER)('a state folder that cannot be written at the start, until it can', async () => {
    const { folder, start } = place();
    const disk = createDisk(folder);
    const below = join(folder, 'state');
    disk.breaks({ what: 'change', code: 'EACCES', below });
    const child = start({ environment: disk.environment });
    const port = await child.port;
    expect(await child.until(({ reasons }) => reasons.includes('worker'))).toMatchObject({
      status: 503,
      ok: false,
      reasons: ['disk', 'worker'],
    });
    const sender = createSender();
    expect(await sender.send(port)).toBe(200); // The queue is well: it is stored durably, and waits.
    disk.mend();
    expect(await child.until(isWell)).toMatchObject({ status: 200, reasons: [] });
    expect(await sender.send(port)).toBe(200);
    await child.until(isWell);
    expect(await end(child)).toBe(0);
    await expectAllOf(sender.acknowledged, folder);
    expect(child.said.error).toContain('EACCES');
  });

  test.skipIf(NO_COMPILER).each(['log', 'queue'])('an fsync that fails in the %s', async (name) => {
    const { folder, start } = place();
    const disk = createDisk(folder);
    const child = start({ environment: disk.environment });
    const port = await child.port;
    await child.until(isWell);
    const sender = createSender();
    expect(await sender.send(port)).toBe(200);
    disk.breaks({ what: 'force', code: 'EIO', below: join(folder, name) });
    const answer = await sender.send(port);
    expect(answer).toBe(name === 'queue' ? 503 : 200);
    // The one who writes must have met it, not only the one who looks: after a failed fsync nothing may be used on.
    await child.until(() => child.said.error.includes('could not be forced'));
    expect((await child.until(({ ok }) => !ok)).reasons).toContain('disk');
    disk.mend();
    await sendUntilTaken(sender, port);
    await child.until(isWell);
    await sendUntilTaken(sender, port);
    await child.until(isWell);
    expect(await end(child)).toBe(0);
    await expectAllOf(sender.acknowledged, folder);
  });

  test.skipIf(NO_COMPILER)('a full disk: nothing is acknowledged, until there is room', async () => {
    const { folder, start } = place();
    const disk = createDisk(folder);
    const child = start({ environment: disk.environment });
    const port = await child.port;
    await child.until(isWell);
    const sender = createSender();
    disk.breaks(
      ...['log', 'state', 'queue'].map(
        (name) => ({ what: 'write', code: 'ENOSPC', below: join(folder, name) }) as const,
      ),
    );
    for (let time = 0; time < 3; time++) expect(await sender.send(port)).toBe(503);
    expect((await child.until(({ ok }) => !ok)).reasons).toContain('disk');
    disk.mend();
    await sendUntilTaken(sender, port);
    await child.until(isWell);
    expect(await end(child)).toBe(0);
    await expectAllOf(sender.acknowledged, folder);
    expect(child.said.error).toMatch(/refused status=503 count=\d+ reason=.*disk is full/);
  });

  test.skipIf(!MAY_MOUNT)('a disk that is really full, of a few megabytes', async () => {
    const { folder, start } = place();
    mkdirSync(join(folder, 'disk'));
    const child = start({
      // A mount of the child's own, which goes with it.
      before: ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs -o size=6m tmpfs "$0" && exec "$@"', join(folder, 'disk')],
      environment: Object.fromEntries(
        ['log', 'state', 'queue'].map((name) => [`TIL_${name.toUpperCase()}`, `file:${folder}/disk/${name}`]),
      ),
    });
    const port = await child.port;
    await child.until(isWell);
    const filler = `/proc/${child.pid}/root${folder}/disk/filler`;
    const sender = createSender();
    expect(await sender.send(port)).toBe(200);
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'], { stdio: 'ignore' });
    expect((await child.until(({ ok }) => !ok)).reasons).toContain('disk');
    for (let time = 0; time < 40; time++) await sender.send(port);
    unlinkSync(filler);
    await sendUntilTaken(sender, port);
    await child.until(isWell);
    cpSync(`/proc/${child.pid}/root${folder}/disk/log`, join(folder, 'log'), {
      recursive: true,
      filter: (path) => !path.includes('/.'),
    });
    await expectAllOf(sender.acknowledged, folder);
    expect(await end(child)).toBe(0);
  });

  test('an s3:// that cannot be reached at the start, until it can', async () => {
    const s3 = await startS3Server();
    ends.push(s3.close);
    s3.createBucket('state');
    const gate = await startGate(s3.port);
    const { folder, start } = place();
    const child = start({
      environment: { TIL_STATE: 's3://state/til', ...s3.environment, AWS_ENDPOINT_URL_S3: gate.url },
    });
    const port = await child.port;
    expect((await child.until(({ reasons }) => reasons.includes('worker'))).reasons).toEqual(['disk', 'worker']);
    const sender = createSender();
    expect(await sender.send(port)).toBe(200);
    gate.open();
    expect(await child.until(isWell)).toMatchObject({ status: 200, reasons: [] });
    expect(await end(child)).toBe(0);
    await expectAllOf(sender.acknowledged, folder);
  });

  test('a Slack that opens no connection now: nothing waits for the socket', async () => {
    const slack = await startSocketServer();
    ends.push(slack.close);
    slack.served.status = 500;
    const { start } = place();
    const child = start({
      environment: { SLACK_APP_TOKEN: 'xapp-1', SLACK_SIGNING_SECRET: '', SLACK_API_URL: slack.apiUrl },
    });
    expect((await child.until(() => child.said.error.includes('ready'))).reasons).toEqual(['socket']);
    slack.served.status = 200;
    expect(await child.until(isWell)).toMatchObject({ status: 200, reasons: [] });
    expect(await end(child)).toBe(0);
  });
});

describe.concurrent('what only a person can mend ends it with exit code 1 and one sentence', () => {
  const sentence = (child: TilChild): string[] =>
    child.said.error.split('\n').filter((line) => line.startsWith('til: '));

  test('a SLACK_APP_TOKEN that is none', async () => {
    const slack = await startSocketServer();
    ends.push(slack.close);
    slack.served.error = 'invalid_auth';
    const { start } = place();
    const child = start({ environment: { SLACK_APP_TOKEN: 'xapp-my-secret', SLACK_API_URL: slack.apiUrl } });
    expect(await child.ended).toMatchObject({ code: 1 });
    expect(sentence(child)).toEqual([
      expect.stringMatching(/invalid_auth.*SLACK_APP_TOKEN.*set it to an app-level token/),
    ]);
    expect(child.said.error + child.said.out).not.toContain('my-secret');
  });

  test.each(['LOG', 'STATE', 'QUEUE'])('a file where the folder of TIL_%s should be', async (name) => {
    const { folder, start } = place();
    writeFileSync(join(folder, name.toLowerCase()), '');
    const child = start();
    expect(await child.ended).toMatchObject({ code: 1 });
    expect(sentence(child)).toEqual([
      expect.stringMatching(`TIL_${name}=file:.*expected a folder, got a file; move that file away`),
    ]);
  });

  test('a folder where a file should be', async () => {
    const { folder, start } = place();
    const path = join(folder, 'state/snapshots/challenges.json');
    mkdirSync(path, { recursive: true });
    const child = start();
    expect(await child.ended).toMatchObject({ code: 1 });
    expect(sentence(child)).toEqual([
      expect.stringMatching(/state\/snapshots\/challenges\.json: .*a folder where a file is.*TIL_STATE/),
    ]);
  });

  test('a port that is taken', async () => {
    const server = createServer().listen(0);
    await once(server, 'listening');
    ends.push(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const child = place().start({ environment: { PORT: String(port) } });
    expect(await child.ended).toMatchObject({ code: 1 });
    expect(sentence(child)).toEqual([`til: port ${port} is in use; end what uses it, or choose another with PORT=…`]);
  });
});

describe.concurrent('a token that Slack refuses', () => {
  test('is in its health, and is told by the second way', async () => {
    const sandbox = await startSandbox({ workspace: createSampleWorkspace(Date.now), signingSecret: 'x' });
    ends.push(sandbox.close);
    const { folder, start } = place();
    writeFileSync(
      join(folder, 'til.json'),
      JSON.stringify({ challenges: [{ channel: SAMPLE.channel }], alarm: { command: `cat >> ${folder}/told` } }),
    );
    const child = start({ environment: { SLACK_BOT_TOKEN: 'xoxb-my-secret', SLACK_API_URL: sandbox.apiUrl } });
    const health = await child.until(({ reasons }) => reasons.includes('slack-token'));
    expect(health).toMatchObject({ status: 503, reasons: ['slack-token'] });
    await child.until(
      () => existsSync(join(folder, 'told')) && readFileSync(join(folder, 'told'), 'utf8').includes('\n'),
    );
    expect(readFileSync(join(folder, 'told'), 'utf8')).toMatch(/slack-token: invalid_auth.*RUNBOOK/);
    expect(child.said.error + child.said.out).not.toContain('my-secret');
    expect(await end(child)).toBe(0);
  });
});

describe.concurrent('a signal ends it within ten seconds', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s, when all is well', async (signal) => {
    const { start } = place();
    const child = start();
    await child.until(isWell);
    expect(await end(child, signal)).toBe(0);
  });

  test('while its storage gives no answer', async () => {
    const gate = await startGate(undefined);
    gate.open(); // It takes connections, and never answers.
    const { start } = place();
    const child = start({
      environment: {
        TIL_STATE: 's3://state/til',
        AWS_ENDPOINT_URL_S3: gate.url,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
      },
    });
    await child.port;
    await gate.touched;
    expect(await end(child)).toBe(0);
  });

  test('while Slack gives no answer', async () => {
    const gate = await startGate(undefined);
    gate.open();
    const { start } = place();
    const child = start({
      environment: { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', SLACK_API_URL: `${gate.url}/api/` },
    });
    await child.port;
    await gate.touched;
    expect(await end(child)).toBe(0);
  });

  test.skipIf(NO_COMPILER)('while its disk fails', async () => {
    const { folder, start } = place();
    const disk = createDisk(folder);
    disk.breaks(
      ...(['state', 'queue', 'log'] as const).map(
        (name) => ({ what: 'change', code: 'EROFS', below: join(folder, name) }) as const,
      ),
    );
    const child = start({ environment: disk.environment });
    expect((await child.until(({ reasons }) => reasons.includes('worker'))).reasons).toContain('disk');
    expect(await createSender().send(await child.port)).toBe(503);
    expect(await end(child)).toBe(0);
  });

  test('through npm, which ends with it', async () => {
    const { start } = place();
    const child = start({ command: ['npm', '--prefix', ROOT, 'run', '--silent', 'til', '--', 'serve'] });
    const port = await child.port;
    expect(await end(child)).toBe(0);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });

  test.skipIf(!MAY_MOUNT)('as the first process of a container', async () => {
    const { start } = place();
    const child = start({ before: ['unshare', '-pf', '--kill-child'] });
    await child.until(isWell);
    const [first] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
    const began = performance.now();
    process.kill(Number(first), 'SIGTERM');
    expect(await child.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe.concurrent('a checkout that changes under a running server', () => {
  test('is built anew, and loses its modules: what is gone is 404, and the server goes on', async () => {
    const { folder, start } = place();
    const root = join(folder, 'checkout');
    mkdirSync(root);
    for (const name of ['src', 'package.json']) cpSync(join(ROOT, name), join(root, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    const dist = join(root, 'dist/dashboard');
    const build = (hash: string): void => {
      rmSync(dist, { recursive: true, force: true });
      mkdirSync(join(dist, 'assets'), { recursive: true });
      writeFileSync(join(dist, 'assets', `index-${hash}.js`), `'${hash}'`);
      writeFileSync(join(dist, 'index.html'), `<script src="assets/index-${hash}.js"></script>`);
    };
    build('aaaaaaaa');
    const child = start({ root });
    const port = await child.port;
    await child.until(isWell);
    const get = async (path: string) => {
      const { status, headers } = await fetch(`http://127.0.0.1:${port}${path}`);
      return [status, headers.get('cache-control')];
    };
    const forEver = 'public, max-age=31536000, immutable';
    expect(await get('/')).toEqual([200, 'no-cache']);
    expect(await get('/assets/index-aaaaaaaa.js')).toEqual([200, forEver]);
    build('bbbbbbbb');
    expect(await get('/assets/index-aaaaaaaa.js')).toEqual([404, 'no-cache']);
    expect(await get('/assets/index-bbbbbbbb.js')).toEqual([200, forEver]);
    rmSync(join(root, 'node_modules'));
    rmSync(join(root, 'dist'), { recursive: true });
    expect(await get('/')).toEqual([404, 'no-cache']);
    expect(await get('/snapshots/challenges.json')).toEqual([200, 'no-cache']);
    const sender = createSender();
    expect(await sender.send(port)).toBe(200);
    await child.until(isWell);
    expect(await end(child)).toBe(0);
    await expectAllOf(sender.acknowledged, folder);
  });
});
