import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { type RunningSandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts';
import { type Received, startApp } from './app.ts';
import { cast, channel, jiho, minseo, workspaceInTime } from './small-workspace.ts';

const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';
let closers: (() => Promise<void>)[] = [];

const start = async (
  respond?: Parameters<typeof startApp>[0],
  options: Partial<SandboxOptions> = {},
): Promise<{ sandbox: RunningSandbox; received: Received[]; texts: () => unknown[] }> => {
  const app = await startApp(respond);
  const workspace = { ...cast, previewMilliseconds: 30 };
  const sandbox = await startSandbox({ workspace, signingSecret, eventsUrl: app.eventsUrl, ...options });
  closers.push(sandbox.close, app.close);
  return { sandbox, received: app.received, texts: () => app.received.map(({ json }) => json.event['text']) };
};

afterEach(async () => {
  for (const close of closers) await close();
  closers = [];
});

const signatureOf = ({ headers, body }: Received): string => {
  const text = `v0:${String(headers['x-slack-request-timestamp'])}:${body}`;
  return `v0=${createHmac('sha256', signingSecret).update(text).digest('hex')}`;
};

describe('a delivery', () => {
  test('is signed over its bytes, at the time it is made', async () => {
    const { sandbox, received } = await start();
    sandbox.workspace.post({ user: minseo, channel, text: '안녕하세요 🙂' });
    await sandbox.idle();
    const [delivery] = received as [Received];
    expect(delivery.headers['x-slack-signature']).toBe(signatureOf(delivery));
    expect(Math.abs(Number(delivery.headers['x-slack-request-timestamp']) - Date.now() / 1000)).toBeLessThan(10);
    expect(delivery.headers['content-type']).toBe('application/json');
    expect(delivery.headers).not.toHaveProperty('x-slack-retry-num');
    expect(delivery.json).toMatchObject({ type: 'event_callback', event: { type: 'message', text: '안녕하세요 🙂' } });
  });

  test('the address is checked by url_verification, signed like the rest', async () => {
    const { sandbox, received } = await start();
    expect(await sandbox.verify()).toBe(true);
    const [handshake] = received as [Received];
    expect(handshake.json.type).toBe('url_verification');
    expect(handshake.headers['x-slack-signature']).toBe(signatureOf(handshake));
  });

  test('an address that does not know the challenge is not verified', async () => {
    const { sandbox } = await start(() => 404);
    expect(await sandbox.verify()).toBe(false);
  });

  test('deliveries keep their order, and link previews follow', async () => {
    const { sandbox, received, texts } = await start();
    for (let number = 0; number < 20; number += 1)
      sandbox.workspace.post({ user: minseo, channel, text: `글 ${number}` });
    sandbox.workspace.post({ user: jiho, channel, text: 'https://velog.io/@jiho/%EA%B8%80' });
    await sandbox.idle();
    expect(texts().slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, number) => `글 ${number}`));
    expect(received).toHaveLength(22);
    expect(received[21]?.json.event).toMatchObject({
      subtype: 'message_changed',
      message: { attachments: [{ title: '글' }] },
    });
  });

  test('deliveries wait until the address is known', async () => {
    const app = await startApp();
    const sandbox = await startSandbox({ workspace: cast, signingSecret });
    closers.push(sandbox.close, app.close);
    sandbox.workspace.post({ user: minseo, channel, text: '글' });
    sandbox.deliverTo(app.eventsUrl);
    await sandbox.idle();
    expect(app.received).toHaveLength(1);
  });
});

describe('a failed delivery', () => {
  const retries = (received: Received[]) =>
    received.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']]);

  test('is made three times more, each with its number and reason, and then given up', async () => {
    const { sandbox, received } = await start(() => 503, { retryMilliseconds: [0, 10, 20] });
    sandbox.workspace.post({ user: minseo, channel, text: '글' });
    await sandbox.idle();
    expect(retries(received)).toEqual([
      [undefined, undefined],
      ['1', 'http_error'],
      ['2', 'http_error'],
      ['3', 'http_error'],
    ]);
    expect(new Set(received.map(({ json }) => json.event_id)).size).toBe(1);
    expect(received.every((one) => one.headers['x-slack-signature'] === signatureOf(one))).toBe(true);
  });

  test('is no longer made once it went well', async () => {
    const { sandbox, received } = await start((_, number) => (number === 1 ? 500 : 200), {
      retryMilliseconds: [0, 10, 20],
    });
    sandbox.workspace.post({ user: minseo, channel, text: '글' });
    await sandbox.idle();
    expect(retries(received)).toEqual([
      [undefined, undefined],
      ['1', 'http_error'],
    ]);
  });

  test('that got no answer in time is retried as http_timeout, and does not hold up the next for longer', async () => {
    const { sandbox, received, texts } = await start((_, number) => (number === 1 ? undefined : 200), {
      retryMilliseconds: [2000], // Long enough for a busy machine to answer the second in time.
      timeoutMilliseconds: 1000,
    });
    sandbox.workspace.post({ user: minseo, channel, text: '하나' });
    sandbox.workspace.post({ user: minseo, channel, text: '둘' });
    await sandbox.idle();
    expect(texts()).toEqual(['하나', '둘', '하나']);
    expect(retries(received)[2]).toEqual(['1', 'http_timeout']);
  });

  test('to an address where nobody listens is retried as connection_failed', async () => {
    const { sandbox, received } = await start(undefined, { retryMilliseconds: [1000] });
    const [nobody, again] = [await startApp(), await startApp()];
    closers.push(again.close);
    await nobody.close();
    sandbox.deliverTo(nobody.eventsUrl);
    sandbox.workspace.post({ user: minseo, channel, text: '글' });
    await new Promise((resolve) => setTimeout(resolve, 300)); // It has been refused by now.
    sandbox.deliverTo(again.eventsUrl);
    await sandbox.idle();
    expect(received).toEqual([]);
    expect(retries(again.received)).toEqual([['1', 'connection_failed']]);
  });
});

describe('faults of deliveries, in virtual time', () => {
  test('doubled, with the same event id or a new one', () => {
    const { workspace, pass } = workspaceInTime();
    workspace.faults.set([{ kind: 'doubled', copies: 2, newEventId: true, afterMilliseconds: 1_000, count: 1 }]);
    workspace.post({ user: minseo, channel, text: '글' });
    expect(workspace.take()).toHaveLength(1);
    pass(2_000);
    const copies = workspace.take();
    expect(copies).toHaveLength(2);
    expect(new Set(copies.map(({ payload }) => payload.event_id)).size).toBe(2);
    workspace.faults.set([{ kind: 'doubled', count: 1 }]);
    workspace.post({ user: minseo, channel, text: '글' });
    const same = workspace.take();
    expect(same).toHaveLength(2);
    expect(same[0]?.payload).toEqual(same[1]?.payload);
  });

  test('delayed, dropped, and without the previous message', () => {
    const { workspace, pass } = workspaceInTime();
    workspace.faults.set([
      { kind: 'delayed', byMilliseconds: 300_000, types: ['reaction_added'] },
      { kind: 'dropped', types: ['reaction_removed'] },
      { kind: 'without-previous' },
    ]);
    const { ts } = workspace.post({ user: minseo, channel, text: '글' });
    workspace.react({ user: jiho, channel, ts, name: '+1' });
    workspace.unreact({ user: jiho, channel, ts, name: '+1' });
    workspace.remove({ user: minseo, channel, ts });
    const types = () => workspace.take().map(({ payload }) => payload.event['subtype'] ?? payload.event.type);
    const now = workspace.take();
    expect(now.map(({ payload }) => payload.event['subtype'])).toEqual([undefined, 'message_deleted']);
    expect(now[1]?.payload.event).not.toHaveProperty('previous_message');
    expect(types()).toEqual([]);
    pass(300_000);
    expect(types()).toEqual(['reaction_added']);
  });

  test('disordered by the chance that was given', () => {
    const draws = [0.9, 0.1, 0.5];
    const { workspace, pass } = workspaceInTime({ random: () => draws.shift() ?? 0 });
    workspace.faults.set([{ kind: 'disordered', withinMilliseconds: 1_000 }]);
    for (const text of ['하나', '둘', '셋']) workspace.post({ user: minseo, channel, text });
    expect(workspace.nextAt()).toBe(1_722_817_810_100);
    pass(1_000);
    expect(workspace.take().map(({ payload }) => payload.event['text'])).toEqual(['둘', '셋', '하나']);
  });

  test('a probability strikes by the numbers drawn', () => {
    const draws = [0.29, 0.31, 0.3];
    const { workspace } = workspaceInTime({ random: () => draws.shift() ?? 1 });
    workspace.faults.set([{ kind: 'dropped', probability: 0.3 }]);
    for (const text of ['하나', '둘', '셋']) workspace.post({ user: minseo, channel, text });
    expect(workspace.take().map(({ payload }) => payload.event['text'])).toEqual(['둘', '셋']);
  });
});
