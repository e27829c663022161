import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePlace, type Place, type TilChild } from '../support/til-child.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

// A checkout of its own, of which the build only takes notes.
let place: Place;
let checkout: string;
beforeAll(() => {
  place = makePlace();
  checkout = join(place.folder, 'checkout');
  mkdirSync(join(checkout, 'dashboard'), { recursive: true });
  cpSync(join(ROOT, 'src'), join(checkout, 'src'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  writeFileSync(join(checkout, 'package-lock.json'), '{}');
  buildIs('echo built >> builds');
  for (const name of ['dashboard/index.html', 'sandbox/index.html', 'cli/main.mjs']) {
    mkdirSync(join(checkout, 'dist', name, '..'), { recursive: true });
    writeFileSync(join(checkout, 'dist', name), '');
  }
  stamp();
});
afterAll(() => place.remove());

const buildIs = (build: string): void =>
  writeFileSync(join(checkout, 'package.json'), JSON.stringify({ version: '0', type: 'module', scripts: { build } }));
const stamp = () => execFileSync(process.execPath, [join(checkout, 'src/cli/built.ts')]);
const builds = (): string =>
  existsSync(join(checkout, 'builds')) ? readFileSync(join(checkout, 'builds'), 'utf8') : '';

const launch = (environment: Record<string, string> = {}): TilChild =>
  place.start({ environment, command: [process.execPath, join(checkout, 'src/cli/launch.ts')] });

const end = async (child: TilChild): Promise<number | null> => {
  await child.port;
  child.signal('SIGTERM');
  return (await child.ended).code;
};

test('nothing is built when nothing has changed', async () => {
  expect(await end(launch())).toBe(0);
  expect(builds()).toBe('');
});

test('what has changed, or is missing, is built before the start', async () => {
  appendFileSync(join(checkout, 'src/cli/shell.ts'), '// another\n');
  expect(await end(launch())).toBe(0);
  expect(builds()).toBe('built\n');
  stamp();
  rmSync(join(checkout, 'dist/dashboard/index.html'));
  buildIs('echo noise; echo built >> builds');
  const again = launch();
  expect(await end(again)).toBe(0);
  expect(builds()).toBe('built\nbuilt\n');
  expect(again.said).toMatchObject({
    out: expect.not.stringContaining('noise'),
    error: expect.not.stringContaining('noise'),
  });
});

test('a build that fails is said, and nothing is started', async () => {
  buildIs('echo why; exit 3');
  const { ended, said } = launch();
  expect(await ended).toMatchObject({ code: 1 });
  expect(said.error).toContain('why\n');
  expect(said.error).toContain('til: the build failed');
});

test('a signal during the build ends all of it', async () => {
  buildIs('echo $$ > building && sleep 600');
  const child = launch();
  while (!existsSync(join(checkout, 'building'))) await new Promise((resolve) => setTimeout(resolve, 50));
  child.signal('SIGTERM');
  expect(await child.ended).toMatchObject({ code: 0 });
});

test('a taken port, and a taken folder, are told before anything is built', async () => {
  buildIs('echo built >> builds');
  const before = builds();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  const blocked = launch({ PORT: String(port) });
  expect(await blocked.ended).toMatchObject({ code: 1 });
  expect(blocked.said.error).toBe(`til: port ${port} is in use; end what uses it, or choose another with PORT=…\n`);
  server.close();
  const running = place.start();
  await running.port;
  const second = launch();
  expect(await second.ended).toMatchObject({ code: 1 });
  expect(second.said.error).toMatch(/^til: .*taken from already/);
  expect(builds()).toBe(before);
  expect(await end(running)).toBe(0);
});

test('where NODE_ENV says production, as on many hosts, npm installs what the build needs all the same', () => {
  const environment = { ...process.env, NODE_ENV: 'production' };
  const told = (name: string): string =>
    execFileSync('npm', ['config', 'get', name], { cwd: ROOT, env: environment, encoding: 'utf8' }).trim();
  expect(told('include')).toBe('dev'); // It outranks what is omitted.
});
