import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { environmentWithoutLinks, NO_COMPILER } from '../support/no-links.ts';
import { emptyTil } from './til.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

test('on a disk without hard links a server starts, takes events, and says so; and so does the doctor', async (context) => {
  const til = emptyTil();
  const shim = environmentWithoutLinks(til.folder, 1);
  if (!shim || process.platform !== 'linux') return context.skip(NO_COMPILER);
  const run = (...args: string[]) => {
    const environment = {
      ...process.env,
      ...til.environment,
      ...shim,
      PORT: '0',
      SLACK_API_URL: 'http://127.0.0.1:9/api/',
    };
    return spawn(process.execPath, [MAIN, ...args, '--config', join(til.folder, 'til.json')], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  };
  const server = run('serve');
  const ended = once(server, 'exit');
  let error = '';
  server.stderr.on('data', (text: Buffer) => (error += String(text)));
  expect(String((await once(server.stdout, 'data'))[0])).toMatch(/^Listening/);
  server.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
  for (const name of ['log', 'state'])
    expect(error).toMatch(new RegExp(`no-hard-links folder=${join(til.folder, name)} meaning=.*under a lock`));

  const doctor = run('doctor', '--json');
  let out = '';
  doctor.stdout.on('data', (text: Buffer) => (out += String(text)));
  await once(doctor, 'close');
  const { findings } = JSON.parse(out) as { findings: { what: string; ok?: boolean; says: string }[] };
  const of = (what: string) => findings.find((finding) => finding.what.startsWith(what));
  expect(of('hard links')).toMatchObject({ ok: true, says: expect.stringContaining('no hard links') });
  expect(of('log')).toMatchObject({ ok: true });
  expect(of('state')).toMatchObject({ ok: true });
  til.remove();
});
