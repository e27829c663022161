import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startHttp } from '../../src/host/http.ts';
import { systemClock } from '../../src/setup/clock.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import type { Door } from '../../src/web/door.ts';
import { SECRET, signedHeaders } from '../support/signed.ts';
import { payload } from '../support/world.ts';

const KEY = 'a-key-that-nobody-guesses';
const bucket = memoryBucket();
const folder = mkdtempSync(join(tmpdir(), 'til-door-'));
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), 'the page');
  writeFileSync(join(folder, 'assets/index-12345678.js'), 'code');
  await bucket.putNew('snapshots/challenges.json', Buffer.from('{"names":"of members"}'));
  await bucket.putNew('ledgers/C0TILCHAN1/2024-W32.json', Buffer.from('{}'));
});
afterEach(() => Promise.all(open.splice(0).map((close) => close())));
afterAll(() => rmSync(folder, { recursive: true }));

const start = async (door?: Door, host = '127.0.0.1'): Promise<string> => {
  const running = await startHttp(
    {
      ingest: { queue: { put: async () => {} }, clock: systemClock, secrets: [SECRET] },
      state: bucket,
      health: async () => ({}),
      dashboard: folder,
      ...(door ? { door } : {}),
    },
    0,
    host,
  );
  open.push(running.close);
  return `http://127.0.0.1:${running.port}`;
};
const statusOf = async (address: string): Promise<number> => {
  const answer = await fetch(address, { redirect: 'manual' });
  expect(answer.headers.get('x-robots-tag')).toBe('noindex');
  if (answer.status === 404) expect(await answer.text()).not.toMatch(/names|the page$|code|a-key/);
  return answer.status;
};
const VIEWS = ['/', '/index.html', '/assets/index-12345678.js', '/snapshots/challenges.json'];
const statusesOf = (address: string) => Promise.all(VIEWS.map((view) => statusOf(`${address}${view}`)));

test('without a door, and with an open one, everybody sees page and snapshots', async () => {
  for (const door of [undefined, 'open'] as const)
    expect(await statusesOf(await start(door))).toEqual([200, 200, 200, 200]);
});

test('with a link, page and snapshots are behind it alone', async () => {
  const address = await start({ key: KEY });
  expect(await statusesOf(address)).toEqual([404, 404, 404, 404]);
  expect(await statusesOf(`${address}/${KEY}`)).toEqual([200, 200, 200, 200]);
  expect(await statusesOf(`${address}/${KEY.slice(1)}`)).toEqual([404, 404, 404, 404]);
  expect(await statusOf(`${address}/${KEY}/ledgers/C0TILCHAN1/2024-W32.json`)).toBe(404);
  expect(await (await fetch(`${address}/`)).text()).toContain('has a link of its own');
});

test('the link without its closing slash leads to the page', async () => {
  const address = await start({ key: KEY });
  expect(await statusOf(`${address}/${KEY}`)).toBe(308);
  expect(await (await fetch(`${address}/${KEY}`)).text()).toBe('the page');
});

test('when it is off, nobody sees page or snapshots; Slack and health are where they always are', async () => {
  for (const door of ['off', { key: KEY }] as const) {
    const address = await start(door);
    if (door === 'off') expect(await statusesOf(address)).toEqual([404, 404, 404, 404]);
    expect(await statusOf(`${address}/healthz?live`)).toBe(200);
    const body = JSON.stringify(payload(3));
    const sent = await fetch(`${address}/slack/events`, { method: 'POST', headers: signedHeaders(body), body });
    expect(sent.status).toBe(200);
  }
});

test('who listens for this machine alone is not reached at its other addresses', async () => {
  const other = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === 'IPv4' && !each.internal)?.address;
  const address = other ?? '127.0.0.2'; // Every 127.x is this machine's, and only one of them is listened on.
  const port = new URL(await start('open')).port;
  await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow();
  expect(await statusOf(`http://${address}:${new URL(await start('open', '0.0.0.0')).port}/`)).toBe(200);
});

test('an address that this machine does not have is named', async () => {
  await expect(start('open', '192.0.2.1')).rejects.toThrow(/HOST names another/);
  await expect(start('open', 'no-such-name.invalid')).rejects.toThrow(/HOST is no address|EAI_AGAIN/);
});

test('a connection is kept longer than the proxies in front keep theirs', async () => {
  const answer = await fetch(`${await start()}/`);
  const seconds = Number(/timeout=(\d+)/.exec(answer.headers.get('keep-alive') ?? '')?.[1]);
  const read = (name: string) => readFileSync(new URL(`../../deploy/${name}`, import.meta.url), 'utf8');
  const caddy = /keepalive (\d+)s/.exec(read('Caddyfile'))?.[1];
  const nginx = /keepalive_timeout (\d+)s/.exec(read('nginx.conf'))?.[1];
  expect(seconds).toBeGreaterThan(Number(caddy));
  expect(seconds).toBeGreaterThan(Number(nginx));
});
