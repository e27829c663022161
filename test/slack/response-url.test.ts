import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { isAnswerAddress, responseUrlAnswers } from '../../src/slack/response-url.ts';
import { interactionText } from '../support/interactions.ts';

const AT = 1_722_900_000;
const SINCE = `${AT}.000000`;

let clean: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of clean.reverse()) await step();
  clean = [];
});

interface Heard {
  path: string;
  type: string | undefined;
  body: unknown;
}

/** A Slack that takes answers as a test tells it to. */
const startStub = async (
  respond: (response: ServerResponse, count: number) => void = (response) => response.end('ok'),
) => {
  const heard: Heard[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      heard.push({ path: request.url ?? '', type: request.headers['content-type'], body: JSON.parse(text || 'null') });
      respond(response, heard.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  clean.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { heard, origin, address: `${origin}/actions/T0TILTEAM1/1/secret` };
};

const answersAt = (origin: string, { timeoutMilliseconds }: { timeoutMilliseconds?: number } = {}) => {
  const time = { seconds: AT };
  const send = responseUrlAnswers({
    apiUrl: `${origin}/api/`,
    now: () => time.seconds * 1000,
    ...(timeoutMilliseconds ? { timeoutMilliseconds } : {}),
  });
  return { time, send };
};

describe('an answer', () => {
  test('goes out as Slack documents it, to be seen by one person', async () => {
    const { heard, origin, address } = await startStub();
    const { send } = answersAt(origin);
    expect(await send({ address, since: SINCE, text: '좋아요 & <x>' })).toEqual({ is: 'taken' });
    expect(await send({ address, since: SINCE, text: '껐어요', replaces: true })).toEqual({ is: 'taken' });
    const { request } = JSON.parse(interactionText('60-response-url-ephemeral.json')) as {
      request: { headers: Record<string, string>; body: Record<string, unknown> };
    };
    const { response_type, replace_original } = request.body;
    expect(heard).toEqual([
      {
        path: '/actions/T0TILTEAM1/1/secret',
        type: request.headers['content-type'],
        body: { response_type, replace_original, text: '좋아요 & <x>' },
      },
      expect.objectContaining({ body: { replace_original: true, text: '껐어요' } }) as Heard,
    ]);
  });

  const KNOWN = JSON.parse(interactionText('62-response-url-answers.json')) as {
    when: string;
    status: number;
    headers?: Record<string, string>;
    body: string;
  }[];
  const MEANING: Record<number, string> = { 200: 'taken', 404: 'over', 400: 'refused', 429: 'later', 500: 'later' };

  test.each(KNOWN)('that Slack answers with $status ($when) is what it says', async ({ status, headers, body }) => {
    const { origin, address } = await startStub((response) => response.writeHead(status, headers).end(body));
    expect(await answersAt(origin).send({ address, since: SINCE, text: 'x' })).toMatchObject({ is: MEANING[status] });
  });

  test.each([301, 302, 307, 308])('that is sent elsewhere (%i) is not followed', async (status) => {
    const other = await startStub();
    const { heard, origin, address } = await startStub((response) =>
      response.writeHead(status, { location: other.address }).end(),
    );
    expect(await answersAt(origin).send({ address, since: SINCE, text: 'x' })).toEqual({
      is: 'refused',
      reason: `HTTP ${status}`,
    });
    expect([heard.length, other.heard.length]).toEqual([1, 0]);
  });

  test('is tried at most five times, ever later, and as late as Slack says', async () => {
    const { heard, origin, address } = await startStub((response, count) =>
      response.writeHead(count === 2 ? 429 : 503, count === 2 ? { 'retry-after': '40' } : {}).end(),
    );
    const { send } = answersAt(origin);
    const waits = [];
    for (let times = 0; times < 8; times++) waits.push(await send({ address, since: SINCE, text: 'x' }));
    expect(waits.slice(0, 4)).toEqual([1, 40, 25, 125].map((seconds) => ({ is: 'later', seconds })));
    expect(waits.slice(4)).toEqual(Array.from({ length: 4 }, () => ({ is: 'over' })));
    expect(heard).toHaveLength(5);
  });

  test('is given up when its half hour is over, or would be before the next try', async () => {
    const { heard, origin, address } = await startStub((response) =>
      response.writeHead(429, { 'retry-after': '60' }).end(),
    );
    const { send, time } = answersAt(origin);
    time.seconds = AT + 1739;
    expect(await send({ address, since: SINCE, text: 'x' })).toEqual({ is: 'later', seconds: 60 });
    time.seconds = AT + 1740;
    expect(await send({ address, since: SINCE, text: 'x' })).toEqual({ is: 'over' });
    time.seconds = AT + 1800;
    expect(await send({ address: `${address}2`, since: SINCE, text: 'x' })).toEqual({ is: 'over' });
    expect(heard).toHaveLength(2);
  });

  test('without an answer in time, with one that breaks off, or with nobody there, is tried again', async () => {
    const silent = await startStub(() => {});
    const began = performance.now();
    const { send } = answersAt(silent.origin, { timeoutMilliseconds: 100 });
    expect(await send({ address: silent.address, since: SINCE, text: 'x' })).toEqual({ is: 'later', seconds: 1 });
    expect(performance.now() - began).toBeLessThan(2500);
    const rude = await startStub((response) => response.destroy());
    expect(await answersAt(rude.origin).send({ address: rude.address, since: SINCE, text: 'x' })).toMatchObject({
      is: 'later',
    });
    const halved = await startStub((response) => {
      response.writeHead(200, { 'content-length': '100' }).write('o', () => response.destroy());
    });
    expect(await answersAt(halved.origin).send({ address: halved.address, since: SINCE, text: 'x' })).toEqual({
      is: 'taken',
    });
    const nobody = answersAt('http://127.0.0.1:1');
    expect(await nobody.send({ address: 'http://127.0.0.1:1/x', since: SINCE, text: 'x' })).toMatchObject({
      is: 'later',
    });
  });

  test('to another host is never sent', async () => {
    const { heard, address } = await startStub();
    const { send } = answersAt('http://127.0.0.1:1');
    const answered = await send({ address, since: SINCE, text: 'x' });
    expect(answered).toMatchObject({ is: 'refused' });
    expect(JSON.stringify(answered)).not.toContain('secret');
    expect(heard).toEqual([]);
  });
});

describe('an address for answers', () => {
  test.each(['actions', 'commands', 'app'])('of Slack’s (/%s/…) may be called', (path) => {
    expect(isAnswerAddress(`https://hooks.slack.com/${path}/T0TILTEAM1/7401/7c92`)).toBe(true);
  });

  test.each([
    'http://hooks.slack.com/actions/1',
    'https://hooks.slack.com',
    'https://hooks.slack.com:443/actions/1',
    'https://hooks.slack.com:8443/actions/1',
    'https://user@hooks.slack.com/actions/1',
    'https://:@hooks.slack.com/actions/1',
    'https://hooks.slack.com@evil.example/actions/1',
    'https://hooks.slack.com:x@evil.example/',
    'https://hooks.slack.com.evil.example/actions/1',
    'https://evil.example/https://hooks.slack.com/',
    'https://hooks.slack.com./actions/1',
    'https://xhooks.slack.com/actions/1',
    'https://slack.com/actions/1',
    'https:hooks.slack.com/actions/1',
    'https:\\\\hooks.slack.com\\actions',
    'https://hooks.slack.com\\@evil.example/',
    ' https://hooks.slack.com/actions/1',
    'https://hooks.sla\nck.com/actions/1',
    'https://ｈooks.slack.com/actions/1',
    '//hooks.slack.com/actions/1',
    'ftp://hooks.slack.com/actions/1',
    'file:///etc/passwd',
    'https://[::1]/',
    'http://127.0.0.1:9999/actions/1',
    'javascript:1',
    '',
  ])('%j may not', (address) => {
    expect(isAnswerAddress(address)).toBe(false);
    expect(isAnswerAddress(address, 'http://127.0.0.1:8888/api/')).toBe(false);
  });

  test('of SLACK_API_URL may be called, and only of its origin', () => {
    const api = 'http://127.0.0.1:8888/api/';
    expect(isAnswerAddress('http://127.0.0.1:8888/actions/1', api)).toBe(true);
    for (const address of [
      'https://127.0.0.1:8888/x',
      'http://127.0.0.1/x',
      'http://localhost:8888/x',
      'http://a@127.0.0.1:8888/x',
    ])
      expect(isAnswerAddress(address, api)).toBe(false);
    expect(isAnswerAddress('file:///x', 'file:///api')).toBe(false);
    expect(isAnswerAddress('https://hooks.slack.com/actions/1', 'nonsense')).toBe(true);
  });
});
