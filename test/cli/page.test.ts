import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/main.ts';
import { DASHBOARD } from '../../src/cli/serve.ts';
import { makePlace, type Place } from '../support/til-child.ts';
import { CHANNEL } from '../support/world.ts';
import { emptyTil, seasonTil, type Til } from './til.ts';

describe('til page-link', () => {
  let place: Place;
  beforeEach(() => {
    place = makePlace();
    writeFileSync(
      join(place.folder, 'til.json'),
      JSON.stringify({ challenges: [{ channel: CHANNEL }], pageAccess: 'link' }),
    );
  });
  afterEach(() => place.remove());

  const link = (args: string[] = [], environment: Record<string, string> = {}) =>
    spawnSync(process.execPath, [resolve('src/cli/main.ts'), 'page-link', '--config', 'til.json', ...args], {
      cwd: place.folder,
      encoding: 'utf8',
      env: { ...environment },
    });

  test('makes a link once, keeps it where the server finds it, and renews it when it is told to', () => {
    const first = link();
    expect([first.status, first.stdout]).toEqual([
      0,
      expect.stringMatching(/^http:\/\/localhost:3000\/[\w-]{24}\/\n$/),
    ]);
    expect(first.stderr).toContain('once the server is started anew');
    expect(statSync(join(place.folder, '.env')).mode & 0o777).toBe(0o600);
    expect(link()).toMatchObject({ status: 0, stdout: first.stdout, stderr: '' });
    const elsewhere = link(['--url', 'https://til.example.org/til/', '--json']).stdout;
    const key = first.stdout.split('/')[3];
    expect(JSON.parse(elsewhere)).toEqual({ link: `https://til.example.org/til/${key}/`, made: false });
    expect(link(['--renew']).stdout).not.toBe(first.stdout);
    expect(link(['--url', 'til.example.org'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--url') });
  });

  test('a link that the environment has is not renewed behind its back', () => {
    const key = 'a-key-that-nobody-guesses';
    const { status, stderr } = link(['--renew'], { TIL_PAGE_KEY: key });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/counts before \.env\. Set it there to [\w-]{24}\n/)]);
    expect(existsSync(join(place.folder, '.env'))).toBe(false);
  });

  test('the server opens the page by the link, says when there is none, and listens where HOST says', async () => {
    const locked = place.start({ environment: { HOST: '127.0.0.1' } });
    const port = await locked.port;
    expect(locked.said.error).toContain('"til page-link" makes its link');
    expect((await fetch(`http://127.0.0.1:${port}/snapshots/challenges.json`)).status).toBe(404);
    locked.signal('SIGTERM');
    expect(await locked.ended).toMatchObject({ code: 0 });
    const { pathname } = new URL(link().stdout);
    const opened = place.start();
    const address = `http://127.0.0.1:${await opened.port}`;
    await opened.until(({ ok }) => ok);
    expect((await fetch(`${address}/snapshots/challenges.json`)).status).toBe(404);
    expect(await (await fetch(`${address}${pathname}snapshots/challenges.json`)).json()).toMatchObject({
      challenges: [{ channel: CHANNEL }],
    });
    opened.signal('SIGTERM');
    expect(await opened.ended).toMatchObject({ code: 0 });
    expect(opened.said.error + opened.said.out).not.toContain(pathname.split('/')[1]);
  });
});

describe('til publish-page', () => {
  let til: Til;
  let site: string;
  beforeEach(async () => {
    til = await seasonTil();
    site = join(til.folder, 'site');
  });
  afterEach(() => til.remove());

  const file = (name: string): string => readFileSync(join(site, name), 'utf8');

  test('writes page and snapshots, and says so; what is there already is not written again', async () => {
    const first = await til.json<{ written: number; removed: number }>('publish-page', site);
    expect(first.written).toBeGreaterThan(40);
    const index = `snapshots/${CHANNEL}/index.json`;
    expect(file(index)).toBe(Buffer.from((await til.state.get(index))?.bytes ?? []).toString());
    expect(file('index.html')).toContain('./early.js');
    expect(file('index.html')).toMatch(/<noscript>[\s\S]*\d/); // The numbers of the latest week, for who has no script.
    expect(await til.json('publish-page', site)).toEqual({ written: 0, removed: 0 });
  });

  test('runs a command in the folder after a change, and tells when it goes wrong', async () => {
    expect(await til.run('publish-page', site, '--then', 'ls > ../listed')).toMatchObject({ code: 0 });
    expect(readFileSync(join(til.folder, 'listed'), 'utf8')).toContain('index.html');
    rmSync(join(til.folder, 'listed'));
    expect(await til.run('publish-page', site, '--then', 'ls > ../listed')).toMatchObject({ code: 0 });
    expect(existsSync(join(til.folder, 'listed'))).toBe(false);
    rmSync(join(site, 'icon.svg'));
    expect(await til.run('publish-page', site, '--then', 'exit 3')).toMatchObject({
      code: 1,
      error: 'til: --then: expected exit code 0, got 3\n',
    });
  });

  test('what is behind a link, or off, is not published by accident', async () => {
    for (const pageAccess of ['link', 'off']) {
      writeFileSync(join(til.folder, 'til.json'), JSON.stringify({ challenges: [{ channel: CHANNEL }], pageAccess }));
      expect(await til.run('publish-page', site)).toMatchObject({ code: 2, error: expect.stringContaining('--yes') });
      expect(existsSync(site)).toBe(false);
    }
    expect(await til.run('publish-page', site, '--yes')).toMatchObject({ code: 0 });
  });

  test('a folder that is the log or the state, in or around it, or linked to it, is none for the page', async () => {
    symlinkSync(join(til.folder, 'log'), join(til.folder, 'linked'));
    for (const place of ['log', 'log/page', 'state', 'state/snapshots', 'queue', '.', 'linked']) {
      const folder = join(til.folder, place);
      const before = existsSync(folder) ? readdirSync(folder).sort() : undefined;
      const { code, error } = await til.run('publish-page', folder);
      expect([place, code]).toEqual([place, 2]);
      expect(error).toMatch(
        /^til: \S+: expected a folder for the page alone; this one is, holds or lies in \S+\/(log|state|queue)\n$/,
      );
      expect(existsSync(folder) ? readdirSync(folder).sort() : undefined).toEqual(before);
    }
    const { error } = await til.run('publish-page', join(til.folder, 'log'), '--lang', 'ko');
    expect(error).toMatch(/^til: \S+: 페이지만 두는 폴더를 정해 주세요. 이 폴더와 겹치는 곳이에요: \S+\/log\n$/);
  });

  test.each(['package.json', 'til.config.ts', '.env'])('a folder with %s in it is none for the page', async (name) => {
    mkdirSync(site);
    writeFileSync(join(site, name), '');
    expect(await til.run('publish-page', site)).toEqual({
      code: 2,
      out: '',
      error: `til: ${site}: expected a folder for the page alone; this one holds ${join(site, name)}\n`,
    });
    expect(readdirSync(site)).toEqual([name]);
    const { error } = await til.run('publish-page', site, '--lang', 'ko');
    expect(error).toBe(
      `til: ${site}: 페이지만 두는 폴더를 정해 주세요. 이 파일이 있는 곳이에요: ${join(site, name)}\n`,
    );
  });

  test('the built page itself is not written over', async () => {
    const { code, error } = await til.run('publish-page', DASHBOARD);
    expect([code, error]).toEqual([2, expect.stringContaining('expected a folder for the page alone')]);
  });

  test('only with --watch it waits for a signal; else that ends it as it ends any other process', async () => {
    const asked: string[][] = [];
    for (const more of [[], ['--watch']]) {
      const args = ['publish-page', site, ...more, '--config', join(til.folder, 'til.json')];
      const untilSignal = () => Promise.resolve(asked.push(more));
      await run(args, { environment: til.environment, out: () => {}, error: () => {}, isTerminal: false, untilSignal });
    }
    expect(asked).toEqual([['--watch']]);
  });

  test.skipIf(process.platform !== 'linux')('a place that cannot be written is told by its name, and why', async () => {
    const place = '/proc/site';
    expect(await til.run('publish-page', place)).toEqual({
      code: 1,
      out: '',
      error: `til: cannot write ${place}: the disk answered ENOENT (nothing is there)\n`,
    });
    expect((await til.run('publish-page', place, '--lang', 'ko')).error).toBe(
      `til: ${place}: 쓸 수 없어요. 그곳에 아무것도 없어요 (ENOENT)\n`,
    );
  });

  test('an address with a slip in it, and a file in place of the folder, are told', async () => {
    const empty = emptyTil();
    expect(await empty.run('publish-page', site)).toMatchObject({
      code: 2,
      error: expect.stringContaining('no snapshots to publish'),
    });
    empty.remove();
    writeFileSync(site, '');
    expect(await til.run('publish-page', site)).toMatchObject({
      code: 2,
      error: expect.stringContaining('got a file'),
    });
    expect(await til.run('publish-page', site, '--every', '0')).toMatchObject({ code: 2 });
  });

  test('with --watch it goes on after a change, and after a command that went wrong, until it is ended', async () => {
    const then = 'test -e ../may || exit 3; echo done >> ../done';
    const child = spawn(
      process.execPath,
      [
        ...[resolve('src/cli/main.ts'), 'publish-page', site, '--config', join(til.folder, 'til.json')],
        ...['--watch', '--every', '1', '--then', then],
      ],
      { env: til.environment as Record<string, string>, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const ended = once(child, 'exit');
    let said = '';
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    const until = async (isSo: () => boolean): Promise<void> => {
      while (!isSo()) {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${said}`);
        await new Promise((later) => setTimeout(later, 50));
      }
    };
    await until(() => said.includes('it is tried again'));
    writeFileSync(join(til.folder, 'may'), '');
    await until(() => existsSync(join(til.folder, 'done')));
    const key = `snapshots/${CHANNEL}/index.json`;
    const stored = await til.state.get(key);
    await til.state.putIf(key, Buffer.from('{"version":1,"changed":true}'), stored?.etag ?? '');
    await until(() => file(key).includes('changed'));
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});
