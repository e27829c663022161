import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSampleWorkspace, SAMPLE } from '../../src/sandbox/sample.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { type AtTerminal, atTerminal } from '../support/terminal-child.ts';

let folder: string;
let terminal: AtTerminal | undefined;
const used: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'til-terminal-'));
});
afterEach(async () => {
  terminal?.end();
  for (const end of used.splice(0)) await end();
  rmSync(folder, { recursive: true });
});

const start = (environment: Record<string, string> = {}): AtTerminal => {
  terminal = atTerminal([process.execPath, resolve('src/cli/main.ts'), 'init', '--config', 'til.json'], {
    cwd: folder,
    environment,
  });
  return terminal;
};

const answer = async ({ until, type }: AtTerminal, ...pairs: [question: string, keys: string][]): Promise<void> => {
  for (const [question, keys] of pairs) {
    await until(question);
    type(keys);
  }
};

test('a person at a terminal is asked, may stop and go on, and nobody who looks on sees a token', async () => {
  const sandbox = await startSandbox({ workspace: createSampleWorkspace(() => Date.now()), signingSecret: 'x' });
  used.push(() => sandbox.close());
  const first = start();
  await answer(first, ['Which language', 'en\r'], ['About', 'C0123456789\r'], ['called', '\x03']);
  expect(await first.ended).toBe(1);
  expect(first.shown()).toContain('the same command goes on from there');
  expect(existsSync(join(folder, 'til.json'))).toBe(false);

  const second = start({ SLACK_API_URL: sandbox.apiUrl });
  await second.until('Going on where it stopped');
  await answer(
    second,
    ['called', 'Letters\r'],
    ['time zone', '\r'],
    ['rest', '\r'],
    ['alarms', '\r'],
    ['url', 'url\r'],
  );
  await answer(second, ['xoxb-', `${SAMPLE.bot.token}\r`], ['Signing Secret', `${'0123456789abcdef'.repeat(2)}\r`]);
  expect(await second.ended).toBe(0);
  expect(second.shown()).toContain(`Slack knows it: the bot ${SAMPLE.bot.id}`);
  expect(second.shown()).toContain('til doctor');
  expect(second.shown()).not.toContain(SAMPLE.bot.token);
  expect(second.shown()).not.toContain('0123456789abcdef');
  expect(JSON.parse(readFileSync(join(folder, 'til.json'), 'utf8'))).toMatchObject({
    challenges: [{ channel: 'C0123456789', name: 'Letters', timeZone: 'Asia/Seoul' }],
  });
  expect(readFileSync(join(folder, '.env'), 'utf8')).toContain(`SLACK_BOT_TOKEN=${SAMPLE.bot.token}\n`);
  expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
});

test('who ends the conversation while a token is asked for leaves what is there', async () => {
  const { until, type, ended, shown } = start();
  await answer(terminal as AtTerminal, ['Which language', 'en\r'], ['About', 'C0123456789\r'], ['called', '\r']);
  await answer(terminal as AtTerminal, ['time zone', '\r'], ['rest', '\r'], ['alarms', '\r'], ['url', '\r']);
  await until('xoxb-');
  type('xoxb-half-of-it');
  type('\x04\x03');
  expect(await ended).toBe(1);
  expect(shown()).not.toContain('half-of-it');
  expect(existsSync(join(folder, 'til.json'))).toBe(true);
  expect(readFileSync(join(folder, '.env'), 'utf8')).toMatch(/^SLACK_BOT_TOKEN=$/m);
});
