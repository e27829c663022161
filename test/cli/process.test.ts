import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/serving.ts';
import { seasonTil, type Til } from './til.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

let til: Til;
beforeAll(async () => {
  til = await seasonTil();
});
afterAll(() => til.remove());

interface Start {
  cwd?: string;
  stdout?: number;
  environment?: Record<string, string>;
}

const start = (args: readonly string[], { cwd = til.folder, stdout, environment }: Start = {}) => {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...til.environment, ...environment },
    stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
  });
  const said = { out: '', error: '' };
  child.stdout?.on('data', (chunk) => (said.out += String(chunk)));
  child.stderr?.on('data', (chunk) => (said.error += String(chunk)));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, said, ended };
};

describe('a pipe that is closed early', () => {
  test.each([[['replay']], [['export', '--json', '--what', 'likes']]])(
    'til %j | head -1 ends in order',
    async (args) => {
      const { child, said, ended } = start([...args, '--config', 'til.json']);
      child.stdout?.once('data', () => child.stdout?.destroy());
      expect(await ended).toBe(0);
      expect(said.error).not.toContain('EPIPE');
    },
  );

  test('ends what would go on for ever', async () => {
    const { child, said, ended } = start(['replay', '--follow', '--config', 'til.json']);
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await ended).toBe(0);
    expect(said.error).toBe('');
  });
});

test.skipIf(process.platform !== 'linux')('output that cannot be written is said, and exits with 1', async () => {
  const { said, ended } = start(['replay', '--config', 'til.json'], { stdout: openSync('/dev/full', 'w') });
  expect(await ended).toBe(1);
  expect(said.error).toMatch(/^til: standard output cannot be written: ENOSPC/);
});

test('a byte order mark before a .env takes no variable away', async () => {
  const { folder, remove } = temporaryFolder();
  writeFileSync(join(folder, '.env'), '\ufeffPORT=no port\n');
  const { said, ended } = start(['serve', '--config', join(til.folder, 'til.json')], { cwd: folder });
  expect(await ended).toBe(2);
  expect(said.error).toContain('got no port');
  remove();
});

test('a .env that cannot be read is said and left out', async () => {
  const { folder, remove } = temporaryFolder();
  mkdirSync(join(folder, '.env'));
  const { said, ended } = start(['--help'], { cwd: folder });
  expect(await ended).toBe(0);
  expect(said.error).toMatch(/^til: \.env is left out: EISDIR/);
  remove();
});

test('whoever ends the installed command ends the server that it started', async () => {
  // An older Node starts the project's own: here, one that says it is older.
  const older = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.0.0' })`;
  const bin = fileURLToPath(new URL('../../bin/til.mjs', import.meta.url));
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const child = spawn(process.execPath, ['--import', older, bin, 'serve', '--config', join(til.folder, 'til.json')], {
    env: { ...environment, ...til.environment, PORT: '0', SLACK_SIGNING_SECRET: 'x' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  const port = /:(\d+)/.exec(String(text))?.[1];
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
});

test('the demo says where it is as JSON, and the other commands look at it as it does', async () => {
  const { folder, remove } = temporaryFolder();
  const environment = { TIL_LOG: '', TIL_STATE: '', TIL_QUEUE: '', PORT: '0' };
  const { child, said, ended } = start(['start', '--json', '--locale', 'en'], { cwd: folder, environment });
  await new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(JSON.parse(said.out)).toMatchObject({ listening: true });
  // Nothing was missed, and every delivery was taken at once: the season has been lived, not caught up on.
  expect(said.error).not.toMatch(/alarm|refused/);
  const data = (name: string): string => `file:${join(folder, 'data/demo', name)}`;
  const verified = start(['verify'], {
    cwd: folder,
    environment: { TIL_LOG: data('log'), TIL_STATE: data('state'), TIL_QUEUE: data('queue') },
  });
  expect([await verified.ended, verified.said.out]).toEqual([0, expect.stringMatching(/^All agrees: 2\d{3} events/)]);
  expect(readFileSync(join(folder, 'data/demo/til.demo.json'), 'utf8')).toMatch(/"C0TILCHAN1"[\s\S]*"locale": "en"/);
  remove();
}, 120_000);

test('til serve says of each time that is taken as another, in words or as JSON', async () => {
  const config = join(til.folder, 'rounded.json');
  const schedule = { weekOpen: '09:32', monthResult: '9:20' };
  writeFileSync(config, JSON.stringify({ challenges: [{ channel: 'C0TILCHAN1', schedule }] }));
  const meaning =
    'schedule.weekOpen of C0TILCHAN1: 09:32 is taken as 09:35, since what is due is asked every five minutes';
  for (const [flags, line] of [
    [[], `${meaning}\n`],
    [['--json'], `"happening":"time-rounded","meaning":"${meaning}"}\n`],
  ] as const) {
    const { child, said, ended } = start(['serve', '--config', config, ...flags], { environment: { PORT: '0' } });
    child.stdout?.once('data', () => child.kill('SIGTERM'));
    expect(await ended).toBe(0);
    expect(said.error).toContain(line);
    expect(said.error.split('is taken as')).toHaveLength(2);
  }
});
