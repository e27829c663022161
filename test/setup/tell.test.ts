import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { Unavailable } from '../../src/events/errors.ts';
import { parseConfig } from '../../src/setup/config.ts';
import { createTell, sendAlarm } from '../../src/setup/tell.ts';
import { temporaryFolder } from '../support/serving.ts';

const listening = async (status: number) => {
  const heard: unknown[] = [];
  const server = createServer(async (request, response) => {
    heard.push([request.method, request.headers['content-type'], JSON.parse(await text(request))]);
    response.writeHead(status, { location: 'http://127.0.0.1:9/' }).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const webhook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/my-secret`;
  return { heard, webhook, close: () => server.close() };
};

test('a command gets the text on its standard input, as it is', async () => {
  const { folder, remove } = temporaryFolder();
  await sendAlarm({ command: `cat > ${join(folder, 'told')}` }, '가 "$HOME" `x`');
  expect(readFileSync(join(folder, 'told'), 'utf8')).toBe('가 "$HOME" `x`\n');
  remove();
});

test('a webhook gets the text as JSON', async () => {
  const { heard, webhook, close } = await listening(200);
  await sendAlarm({ webhook }, '가');
  expect(heard).toEqual([['POST', 'application/json', { text: '가' }]]);
  close();
});

test.each([500, 302])('a webhook that answers %i did not take it, and its address is not told', async (status) => {
  const { webhook, close } = await listening(status);
  const sent = sendAlarm({ webhook }, 'x');
  await expect(sent).rejects.toThrow(Unavailable);
  await expect(sent).rejects.not.toThrow(/my-secret/);
  close();
});

test('a command that fails, or is none, did not take it', async () => {
  await expect(sendAlarm({ command: 'exit 3' }, 'x')).rejects.toThrow('alarm.command: expected exit code 0, got 3');
  await expect(sendAlarm({ command: '/nowhere/my-secret' }, 'x')).rejects.toThrow('got 127');
  // A command that does not read what it is told is none that fails.
  await sendAlarm({ command: 'true' }, 'x'.repeat(1_000_000));
});

test('each text is told once a day, and again when it did not get there', async () => {
  const { heard, webhook, close } = await listening(200);
  let now = 0;
  const problems: string[] = [];
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const tell = createTell(
    { webhook },
    (problem) => void problems.push(problem),
    () => now,
  );
  tell('a');
  tell('a');
  tell('b');
  await until(() => heard.length === 2);
  now = 86_400_001;
  tell('a');
  await until(() => heard.length === 3);
  close();
  const deaf = createTell({ command: 'exit 1' }, (problem) => void problems.push(problem));
  deaf('a');
  await until(() => problems.length === 1);
  deaf('a');
  await until(() => problems.length === 2);
});

test('the configuration takes one way, and nothing else', () => {
  const parse = (alarm: unknown) => parseConfig({ challenges: [{ channel: 'C0TILCHAN1' }], alarm }, 'til.json').alarm;
  expect(parse({ command: 'mail -s TIL me' })).toEqual({ command: 'mail -s TIL me' });
  expect(parse({ webhook: 'https://example.org/x' })).toEqual({ webhook: 'https://example.org/x' });
  for (const wrong of [{}, { command: 'a', webhook: 'https://b' }, 'mail'])
    expect(() => parse(wrong)).toThrow('alarm: expected { command: "…" } or { webhook: "https://…" }');
  expect(() => parse({ command: '' })).toThrow('alarm.command: expected a command');
  expect(() => parse({ webhook: 'ftp://x' })).toThrow('alarm.webhook: expected an address such as https://');
});
