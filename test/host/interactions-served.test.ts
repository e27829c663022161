import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { interactionText } from '../support/interactions.ts';
import { filesHolding, until } from '../support/on-disk.ts';
import { openStore, serveIn, temporaryFolder } from '../support/serving.ts';
import { SECRET, signedHeaders } from '../support/signed.ts';
import { startSocketServer } from '../support/socket-server.ts';
import { CHANNEL, contents } from '../support/world.ts';

let clean: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of clean.reverse()) await step();
  clean = [];
});

/** Takes answers to people, as hooks.slack.com does. */
const startHooks = async () => {
  const heard: { path: string; text: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      heard.push({ path: request.url ?? '', text: (JSON.parse(body) as { text: string }).text });
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  clean.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return { heard, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

test('a signed command is recorded, answered, and its address is on no disk afterwards; a foreign one is never called', async () => {
  const { folder, remove } = temporaryFolder();
  clean.push(remove);
  const [hooks, foreign] = [await startHooks(), await startHooks()];
  const running = await serveIn(folder, {
    slack: { signingSecrets: [SECRET], apiUrl: `${hooks.origin}/api/` },
  });
  clean.push(running.stop);
  const say = async (trigger: string, origin: string, times = 1) => {
    const fields = new URLSearchParams(interactionText('21-til-rest-in-korean.form'));
    fields.set('trigger_id', trigger);
    fields.set('response_url', `${origin}/commands/T0TILTEAM1/742/a-secret`);
    const body = fields.toString();
    for (let time = 0; time < times; time++) {
      const headers = { ...signedHeaders(body), 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await fetch(`http://127.0.0.1:${running.port}/slack/commands`, { method: 'POST', headers, body });
      expect([answer.status, await answer.text()]).toEqual([200, '']);
    }
  };
  await say('1.a-trigger', foreign.origin);
  await say('2.a-trigger', hooks.origin, 3);
  await until(() => hooks.heard.length > 0);
  await running.settled();
  expect(hooks.heard).toEqual([
    { path: '/commands/T0TILTEAM1/742/a-secret', text: expect.stringContaining('쉬시는') as string },
  ]);
  expect(foreign.heard).toEqual([]);
  const { log } = await openStore(folder);
  expect(Object.keys(await contents(log, `events/${CHANNEL}/`)).join()).toMatch(/week\.planned/);
  expect([filesHolding(folder, 'a-secret'), filesHolding(folder, 'a-trigger')]).toEqual([[], []]);
});

test('over the socket a press is acknowledged by its id when it is queued, and answered', async () => {
  const { folder, remove } = temporaryFolder();
  clean.push(remove);
  const server = await startSocketServer();
  clean.push(server.close);
  const envelopes = [
    '50-socket-interactive.json',
    '51-socket-slash-command.json',
    '52-socket-app-home-opened.json',
  ].map(
    (name) =>
      JSON.parse(interactionText(name).replaceAll('https://hooks.slack.com', new URL(server.apiUrl).origin)) as {
        envelope_id: string;
      },
  );
  const running = await serveIn(folder, {
    slack: { signingSecrets: [], appToken: 'xapp-test', apiUrl: server.apiUrl },
  });
  clean.push(running.stop);
  await server.until(() => server.connections.length > 0);
  const [connection] = server.connections;
  for (const envelope of envelopes) connection?.send(envelope);
  await server.until(() => connection?.heard.length === 3);
  const acknowledgement = JSON.parse(interactionText('54-socket-acknowledgement.json')) as object;
  expect(connection?.heard).toContainEqual(acknowledgement);
  await running.settled();
  const { log } = await openStore(folder);
  expect(Object.keys(await contents(log, 'events/'))).toHaveLength(2);
  expect(await contents(log, 'other/')).toEqual({});
  // The answer to the command, which has no token; that to the press of 2024 would be too late.
  await server.until(() => server.tokens.includes(undefined));
  expect(server.tokens.filter((token) => token === undefined)).toHaveLength(1);
  expect(filesHolding(folder, '/actions/T0TILTEAM1')).toEqual([]);
});
