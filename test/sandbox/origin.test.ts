import { request as startRequest } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSampleWorkspace, MEMBERS, SAMPLE } from '../../src/sandbox/sample.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/server.ts';

let sandbox: RunningSandbox;
let host: string;
beforeAll(async () => {
  sandbox = await startSandbox({ workspace: createSampleWorkspace(Date.now), signingSecret: 'x' });
  host = new URL(sandbox.url).host;
});
afterAll(() => sandbox.close());

/** Sends what a browser would send, whatever a browser would not let a page set. */
const send = (method: string, path: string, headers: Record<string, string>, body = '') =>
  new Promise<number>((resolve, reject) => {
    const asked = startRequest(`${sandbox.url}${path}`, { method, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    asked.on('error', reject).end(body);
  });

const said = () => sandbox.workspace.messages(SAMPLE.channel).length;

const form = new URLSearchParams({
  token: SAMPLE.bot.token,
  channel: SAMPLE.channel,
  text: 'from elsewhere',
}).toString();
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const deed = JSON.stringify({ do: 'post', as: MEMBERS[0]?.id, channel: SAMPLE.channel, text: 'from elsewhere' });

/** Each way of making the demo act: what it is made of, and what a page of its own adds. */
const WAYS: [string, (headers: Record<string, string>) => Promise<number>][] = [
  ['the Web API', (headers) => send('POST', '/api/chat.postMessage', { ...FORM, ...headers }, form)],
  ['the Web API by an address', (headers) => send('GET', `/api/chat.postMessage?${form}`, headers)],
  ['a deed', (headers) => send('POST', '/sandbox/actions', { 'x-sandbox': '1', ...headers }, deed)],
  ['the faults', (headers) => send('POST', '/sandbox/faults', { 'x-sandbox': '1', ...headers }, '{"faults":[]}')],
];

test.each(WAYS)('%s does nothing for a page of another place', async (_, act) => {
  const before = said();
  const elsewhere: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:8080' },
    { origin: `http://${host}.evil.example` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { host: 'evil.example' },
    { host: `evil.example:${host.split(':')[1]}`, origin: `http://evil.example:${host.split(':')[1]}` },
  ];
  for (const headers of elsewhere) expect([headers, await act(headers)]).toEqual([headers, 403]);
  expect(said()).toBe(before);
});

test.each(WAYS)('%s works for its own page, and for a program', async (_, act) => {
  const own: Record<string, string>[] = [
    {},
    { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ];
  for (const headers of own) expect(await act(headers)).toBe(200);
});

test('a link from elsewhere leads to the page', async () => {
  expect(await send('GET', '/sandbox', { 'sec-fetch-site': 'cross-site' })).toBe(302);
});
