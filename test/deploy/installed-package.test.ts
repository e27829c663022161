import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SAMPLE } from '../../src/sandbox/sample.ts';
import { bareEnvironment } from '../support/dockerfile.ts';
import { installNeeded, neededIn } from '../support/install.ts';
import { playWeek } from '../support/served-week.ts';

// What `npm pack` makes, installed where nothing else is.
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let place: string;
let packed: string[];

type Manifest = Record<'dependencies' | 'optionalDependencies' | 'bin' | 'engines', Record<string, string>> & {
  name: string;
  version: string;
};

const npm = (cwd: string, ...args: string[]): string =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', env: bareEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });

/** A checkout of its own: packing builds, and others read what is built here. */
const pack = (): string => {
  const checkout = join(folder, 'checkout');
  const skipped = /^\/(node_modules|dist|build|data|\.git|\.env)(\/|$)|\/\.svelte-check/;
  cpSync(ROOT, checkout, { recursive: true, filter: (path) => !skipped.test(`/${path.slice(ROOT.length)}`) });
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  npm(checkout, 'pack', '--silent', '--pack-destination', folder);
  return readdirSync(folder).find((name) => name.endsWith('.tgz')) as string;
};

/** An empty folder in which the package is wanted, with the versions of what it needs that this project is tested with. */
const install = (tarball: string): void => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const { name, version, dependencies, optionalDependencies, bin, engines } = manifest;
  const wanted = { name: 'place', version: '1.0.0', dependencies: { [name]: `file:../${tarball}` } };
  writeFileSync(join(place, 'package.json'), JSON.stringify(wanted));
  const own = { version, resolved: `file:../${tarball}`, dependencies, optionalDependencies, bin, engines };
  writeFileSync(
    join(place, 'package-lock.json'),
    JSON.stringify({
      name: 'place',
      lockfileVersion: 3,
      packages: { '': wanted, [`node_modules/${name}`]: own, ...Object.fromEntries(neededIn(ROOT)) },
    }),
  );
  // Without the Node.js that it may bring along: the one that runs this test is as new.
  if (installNeeded(place, ROOT, bareEnvironment()) === 'by npm') return;
  const target = join(place, 'node_modules', name);
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['xzf', join(folder, tarball), '--strip-components=1', '-C', target]);
  mkdirSync(join(place, 'node_modules/.bin'), { recursive: true });
  for (const [command, path] of Object.entries(bin))
    symlinkSync(join('..', name, path), join(place, 'node_modules/.bin', command));
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'til-package-'));
  place = join(folder, 'place');
  mkdirSync(place);
  const tarball = pack();
  packed = execFileSync('tar', ['tzf', join(folder, tarball)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .sort();
  install(tarball);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the package holds what is built, and what one reads; no sources, no tests', () => {
  const others = packed.filter((path) => !path.startsWith('package/dist/'));
  expect(others).toEqual(
    [
      'bin/node-24.mjs',
      'bin/til.mjs',
      'deploy/Caddyfile',
      'deploy/nginx.conf',
      'package.json',
      'src/projections/contract.ts',
    ]
      .concat(['CHANGELOG.md', 'LICENSE', 'README.ko.md', 'README.md', 'RUNBOOK.ko.md', 'RUNBOOK.md'])
      .concat(['aws', 'commands', 'configuration', 'configuration.ko', 'running'].map((page) => `docs/${page}.md`))
      .map((path) => `package/${path}`)
      .sort(),
  );
  expect(packed).toContain('package/dist/dashboard/index.html');
});

test('what is installed with it is what it needs to run, and no more', () => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  for (const name of Object.keys(dependencies))
    expect([name, existsSync(join(place, 'node_modules', name))]).toEqual([name, true]);
  for (const name of ['vite', 'svelte', 'vitest', 'aws-cdk-lib', '@biomejs'])
    expect([name, existsSync(join(place, 'node_modules', name))]).toEqual([name, false]);
});

test('by npx it serves a week', async () => {
  const environment = bareEnvironment();
  const npx = (...words: string[]) =>
    spawnSync('npx', ['--no-install', 'til', ...words], { cwd: place, encoding: 'utf8', env: environment });
  expect(npx('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(npx('init', '--channel', SAMPLE.channel)).toMatchObject({ status: 0, stderr: '' });
  const { index, code, said } = await playWeek({
    // What npx starts; npx itself is a parent that takes a signal for itself.
    serve: (more) =>
      spawn(join(place, 'node_modules/.bin/til'), ['serve'], {
        cwd: place,
        env: { ...environment, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    command: (words) => ({ words: ['npx', '--no-install', 'til', ...words], cwd: place, environment }),
    whileServing: async (port) => {
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain('<div id="app">');
    },
  });
  expect(index.totals).toMatchObject({ participants: 1, posts: 1, likes: 1 });
  expect([code, said]).toEqual([0, expect.not.stringContaining('problem')]);
  // Nothing is said of the package.json, which says of no "type".
  expect(npx('verify', '--json')).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringContaining('"ok":true'),
  });
  expect(npx('publish-page', 'site')).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(join(place, 'site/snapshots', SAMPLE.channel, 'index.json'))).toBe(true);
}, 300_000);
