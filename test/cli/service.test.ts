import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type UnitPlan, unitText } from '../../src/cli/unit.ts';
import { parseUnit, wordsOf } from '../support/unit-file.ts';
import { CHANNEL } from '../support/world.ts';

let top: string;
let folder: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'til-unit-'));
  folder = join(top, 'our 100% "TIL" $HOME');
  mkdirSync(folder);
  writeFileSync(join(folder, 'til.config.ts'), `export default { challenges: [{ channel: '${CHANNEL}' }] };`);
});
afterEach(() => rmSync(top, { recursive: true }));

const service = (args: string[] = [], environment: Record<string, string> = {}) =>
  spawnSync(process.execPath, [resolve('src/cli/main.ts'), 'service', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: environment,
  });

/** What systemd itself says of a unit, where there is systemd. */
const verified = (unit: string): string => {
  const file = join(top, 'til.service');
  writeFileSync(file, unit);
  const { error, stderr, status } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
  return error ? '' : `${status === 0 ? '' : `exit code ${status}`}${stderr}`;
};

test('the unit that it prints starts the server of that folder, and systemd can read it', async () => {
  const { status, stdout, stderr } = service([], { PORT: '0', TIL_LOG: 'file:data/100% log' });
  expect([status, stderr]).toEqual([0, '']);
  expect(verified(stdout)).toBe('');
  const { Service: { ExecStart, WorkingDirectory, Environment = [], User, ReadWritePaths = [] } = {} } =
    parseUnit(stdout);
  expect(User).toEqual([userInfo().username]);
  expect(WorkingDirectory).toEqual([folder.replaceAll('%', '%%')]);
  expect(ReadWritePaths.flatMap(wordsOf)).toEqual(
    ['data/100% log', 'data/state', 'data/queue'].map((path) => join(folder, path)),
  );
  for (const path of ReadWritePaths.flatMap(wordsOf)) expect(existsSync(path)).toBe(true);
  const [program, ...args] = wordsOf(ExecStart?.[0] ?? '') as [string, ...string[]];
  expect(program.startsWith('/')).toBe(true);
  const environment = Object.fromEntries(Environment.flatMap(wordsOf).map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  const child = spawn(program, args, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  expect(String(said)).toMatch(/^Listening on http:\/\/localhost:\d+\n/);
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test('it may write its data, and nothing else', () => {
  const { Service = {} } = parseUnit(service().stdout);
  expect(Service).toMatchObject({
    NoNewPrivileges: ['yes'],
    ProtectSystem: ['strict'],
    ProtectHome: ['read-only'],
    CapabilityBoundingSet: [''],
    Restart: ['on-failure'],
    RestartPreventExitStatus: ['2'],
  });
  expect(Service).not.toHaveProperty('MemoryDenyWriteExecute');
  expect(Number.parseInt(Service['TimeoutStopSec']?.[0] ?? '', 10)).toBeGreaterThan(10); // The server ends within ten.
});

test('secrets do not come into the unit, and those that only the shell has are named', () => {
  const secrets = { SLACK_BOT_TOKEN: 'xoxb-in-the-shell', SLACK_APP_TOKEN: 'xapp-in-both' };
  writeFileSync(join(folder, '.env'), 'SLACK_APP_TOKEN=xapp-in-both\nPORT=8080\n');
  const { stdout, stderr } = service([], secrets);
  expect(stdout).not.toMatch(/xoxb|xapp/);
  expect(stderr).toBe('Put SLACK_BOT_TOKEN into .env: this shell has it, and the unit reads that file.\n');
  expect(stdout).not.toContain('8080'); // The file has it, and may change.
});

test('for a user of the machine it needs no root', () => {
  const { stdout } = service(['--user']);
  const { Service = {}, Install } = parseUnit(stdout);
  expect(Service).not.toHaveProperty('User');
  expect(Install).toEqual({ WantedBy: ['default.target'] });
});

test('a configuration that cannot be read, or is not there, is told at once', () => {
  writeFileSync(join(folder, 'til.config.ts'), 'export default { challenges: [] };');
  expect(service()).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('at least one challenge') });
  rmSync(join(folder, 'til.config.ts'));
  expect(service()).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('no configuration') });
});

const PLAN: UnitPlan = {
  command: ['/usr/bin/node', '/srv/til/main.mjs', 'serve'],
  workingFolder: '/srv/til',
  user: 'til',
  writable: ['/srv/til/data/log'],
  environment: {},
  port: 3000,
  hasAlarmCommand: false,
};

test.each<[string, Partial<UnitPlan>, RegExp, RegExp | undefined]>([
  ['port 80 needs the right to it', { port: 80 }, /^AmbientCapabilities=CAP_NET_BIND_SERVICE$/m, undefined],
  ['no other port does', {}, /^CapabilityBoundingSet=$/m, /AmbientCapabilities/],
  ['the command of an alarm is under the same rules', { hasAlarmCommand: true }, /# The command of `alarm`/, undefined],
  ['a /tmp of its own', {}, /^PrivateTmp=yes$/m, undefined],
  ['but not where its data lie in /tmp', { writable: ['/tmp/x/log'] }, /^ReadWritePaths=\/tmp\/x\/log$/m, /PrivateTmp/],
  ['root is advised against', { user: 'root' }, /# Better a user of its own/, undefined],
])('%s', (_what, fields, there, gone) => {
  const unit = unitText({ ...PLAN, ...fields });
  parseUnit(unit);
  expect(unit).toMatch(there);
  if (gone) expect(unit).not.toMatch(gone);
});

test('an older Node.js says in one sentence what is needed, before it reads what it cannot', () => {
  const older = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' }); await import(${JSON.stringify(resolve('bin/node-24.mjs'))});`;
  const old = spawnSync(process.execPath, ['--input-type=module', '--eval', older], { encoding: 'utf8' });
  expect([old.status, old.stderr]).toEqual([1, expect.stringMatching(/^This needs Node\.js 24 or later; .*\n$/)]);
  const now = spawnSync(process.execPath, ['--import', resolve('bin/node-24.mjs'), '--eval', '0'], {
    encoding: 'utf8',
  });
  expect([now.status, now.stderr]).toEqual([0, '']);
});
