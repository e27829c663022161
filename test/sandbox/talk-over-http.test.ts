import { createHmac } from 'node:crypto';
import { WebClient } from '@slack/web-api';
import { afterEach, describe, expect, test } from 'vitest';
import { type RunningSandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts';
import { type Received, startApp } from './app.ts';
import { payloadFile } from './slack-payloads.ts';
import { botToken, cast, channel, jiho, minseo } from './small-workspace.ts';

const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';
let closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers) await close();
  closers = [];
});

const start = async (
  respond?: Parameters<typeof startApp>[0],
  options: Partial<SandboxOptions> = {},
): Promise<{ sandbox: RunningSandbox; received: Received[]; bot: WebClient; ts: string }> => {
  const app = await startApp(respond);
  const sandbox = await startSandbox({ workspace: cast, signingSecret, eventsUrl: app.eventsUrl, ...options });
  closers.push(sandbox.close, app.close);
  const bot = new WebClient(botToken, { slackApiUrl: sandbox.apiUrl });
  const elements = ['week.plan', 'week.rest'].map((name) => ({
    type: 'button' as const,
    action_id: name,
    text: { type: 'plain_text' as const, text: name },
  }));
  const blocks = [{ type: 'actions' as const, block_id: 'week', elements }];
  const { ts } = await bot.chat.postMessage({ channel, text: '주', blocks });
  await sandbox.idle();
  app.received.length = 0;
  return { sandbox, received: app.received, bot, ts: String(ts) };
};

const signatureOf = ({ headers, body }: Received): string => {
  const text = `v0:${String(headers['x-slack-request-timestamp'])}:${body}`;
  return `v0=${createHmac('sha256', signingSecret).update(text).digest('hex')}`;
};

const press = (ts: string, actionId = 'week.plan') => ({ user: jiho, channel, ts, blockId: 'week', actionId });
const answerAt = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const urlIn = ({ form }: Received): string =>
  form['payload'] === undefined
    ? String(form['response_url'])
    : String((JSON.parse(form['payload']) as { response_url?: string }).response_url);

describe('over HTTP', () => {
  test('presses, shortcuts and commands are signed forms, each at its own address beside that of events', async () => {
    const { sandbox, received, ts } = await start();
    sandbox.workspace.press(press(ts));
    sandbox.workspace.useShortcut({ user: jiho, channel, ts, callbackId: 'post.accept' });
    sandbox.workspace.command({ user: minseo, channel, text: '/til 쉬어요 & 읽어요' });
    sandbox.workspace.openHome({ user: minseo, tab: 'home' });
    await sandbox.idle();
    const types = received.map(({ path, form, json }) => {
      const { type } = form['payload'] ? (JSON.parse(form['payload']) as { type: string }) : json.event;
      return [path, form['command'] ?? type];
    });
    expect(types.sort()).toEqual([
      ['/slack/commands', '/til'],
      ['/slack/events', 'app_home_opened'],
      ['/slack/interactions', 'block_actions'],
      ['/slack/interactions', 'message_action'],
    ]);
    for (const one of received) expect(one.headers['x-slack-signature']).toBe(signatureOf(one));
    const forms = received.filter(({ path }) => path !== '/slack/events');
    expect(new Set(forms.map(({ headers }) => headers['content-type']))).toEqual(
      new Set(['application/x-www-form-urlencoded']),
    );
    expect(forms.find(({ path }) => path === '/slack/commands')?.form['text']).toBe('쉬어요 &amp; 읽어요');
  });

  test('what goes wrong is not sent again; the person is warned', async () => {
    const { sandbox, received, ts } = await start(({ path }) => (path === '/slack/events' ? 200 : 500), {
      retryMilliseconds: [0, 0, 0],
    });
    sandbox.workspace.press(press(ts));
    sandbox.workspace.command({ user: jiho, channel, text: '/til' });
    await sandbox.idle();
    expect(received).toHaveLength(2);
    expect(sandbox.workspace.doings(jiho)).toMatchObject([{ name: 'week.plan', isWarned: true }]);
    expect(sandbox.workspace.hints(jiho)).toMatchObject([{ notice: { is: 'http_service_error' } }]);
  });

  test('no answer in time, and nobody there, is a warning; others are not held up', async () => {
    const { sandbox, received, ts } = await start(
      ({ form }) => (form['payload']?.includes('"action_id":"week.plan","block_id"') ? undefined : 200),
      { timeoutMilliseconds: 500 },
    );
    sandbox.workspace.press(press(ts));
    sandbox.workspace.press(press(ts, 'week.rest'));
    await expect.poll(() => sandbox.workspace.doings(jiho)).toMatchObject([{ name: 'week.plan', isWarned: false }]);
    await sandbox.idle();
    expect(received).toHaveLength(2);
    expect(sandbox.workspace.doings(jiho)).toMatchObject([{ name: 'week.plan', isWarned: true }]);
    const nobody = await startApp();
    await nobody.close();
    sandbox.deliverTo(nobody.eventsUrl);
    sandbox.workspace.press(press(ts, 'week.rest'));
    await sandbox.idle();
    expect(sandbox.workspace.doings(jiho).map(({ isWarned }) => isWarned)).toEqual([true, true]);
  });

  test('an app whose address is not known yet cannot be pressed', async () => {
    const sandbox = await startSandbox({ workspace: cast, signingSecret });
    closers.push(sandbox.close);
    sandbox.workspace.command({ user: jiho, channel, text: '/til' });
    await sandbox.idle();
    expect(sandbox.workspace.hints(jiho)).toMatchObject([{ notice: { is: 'http_service_error' } }]);
  });

  test('a text behind a command’s 200 is its answer, and behind a press’s it is nothing', async () => {
    const { sandbox, ts } = await start(() => ({ status: 200, body: '바로 답해요', contentType: 'text/plain' }));
    sandbox.workspace.press(press(ts));
    sandbox.workspace.command({ user: jiho, channel, text: '/til' });
    await sandbox.idle();
    expect(sandbox.workspace.hints(jiho).map(({ text }) => text)).toEqual(['바로 답해요']);
  });
});

describe('a response_url over HTTP', () => {
  test('has the origin of the Web API, and says ok', async () => {
    const { sandbox, received, ts } = await start();
    sandbox.workspace.press(press(ts));
    await sandbox.idle();
    const url = urlIn(received[0] as Received);
    expect(new URL(url).origin).toBe(new URL(sandbox.apiUrl).origin);
    const taken = await answerAt(
      url,
      payloadFile<{ request: { body: object } }>('60-response-url-ephemeral').request.body,
    );
    expect([taken.status, await taken.text()]).toEqual([200, 'ok']);
    expect(sandbox.workspace.hints(jiho)).toHaveLength(1);
    const refused = await answerAt(url, { text: '답', blocks: [{ type: 'poem' }] });
    expect([refused.status, await refused.json()]).toEqual([400, { ok: false, error: 'invalid_blocks' }]);
    for (const body of ['{', '[]']) expect((await fetch(url, { method: 'POST', body })).status).toBe(400);
    const unknown = await answerAt(`${url}0`, { text: '답' });
    expect([unknown.status, await unknown.json()]).toEqual([404, { ok: false, error: 'Expired url' }]);
    expect((await fetch(url)).status).toBe(400); // Nothing to be read there.
  });

  test('a fault breaks the connection before or after', async () => {
    const { sandbox, received } = await start();
    sandbox.workspace.command({ user: jiho, channel, text: '/til' });
    await sandbox.idle();
    sandbox.faults.set([{ kind: 'reset', when: 'after', methods: ['response_url'], count: 1 }]);
    await expect(answerAt(urlIn(received[0] as Received), { text: '답' })).rejects.toThrow('fetch failed');
    expect(sandbox.workspace.hints(jiho).map(({ text }) => text)).toEqual(['답']);
  });

  test('a page of another origin cannot use one', async () => {
    const { sandbox, received, ts } = await start();
    sandbox.workspace.press(press(ts));
    await sandbox.idle();
    const headers = { 'content-type': 'application/json', origin: 'https://evil.example' };
    const answer = await fetch(urlIn(received[0] as Received), { method: 'POST', headers, body: '{"text":"x"}' });
    expect(answer.status).toBe(403);
  });
});

describe('the page’s own requests', () => {
  const act = (sandbox: RunningSandbox, fields: object): Promise<Response> =>
    fetch(`${sandbox.url}/sandbox/actions`, {
      method: 'POST',
      headers: { 'x-sandbox': '1', 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    });

  test('everything that can be done is done, and shows in the state', async () => {
    const { sandbox, bot, received, ts } = await start(({ path }) => (path === '/slack/events' ? 200 : 500));
    const view = {
      type: 'home' as const,
      blocks: [
        {
          type: 'actions' as const,
          block_id: 'set',
          elements: [
            {
              type: 'static_select' as const,
              action_id: 'set.remind',
              placeholder: { type: 'plain_text' as const, text: '알림' },
              options: [{ text: { type: 'plain_text' as const, text: '끄기' }, value: 'off' }],
            },
          ],
        },
      ],
    };
    await bot.views.publish({ user_id: jiho, view });
    const element = { blockId: 'week', actionId: 'week.plan' };
    for (const fields of [
      { do: 'press', as: jiho, channel, ts, ...element },
      { do: 'pressHome', as: jiho, blockId: 'set', actionId: 'set.remind', option: 'off' },
      { do: 'useShortcut', as: jiho, channel, ts, callbackId: 'post.reject' },
      { do: 'command', as: jiho, channel, text: '/til' },
      { do: 'openHome', as: jiho, tab: 'home' },
    ])
      expect((await act(sandbox, fields)).status).toBe(200);
    expect((await act(sandbox, { do: 'press', as: jiho, channel, ts, blockId: 'week', actionId: 'x' })).status).toBe(
      400,
    );
    expect((await act(sandbox, { do: 'fly', as: jiho })).status).toBe(400);
    await sandbox.idle();
    expect(received.map(({ path }) => path).sort()).toEqual([
      '/slack/commands',
      '/slack/events',
      '/slack/interactions',
      '/slack/interactions',
      '/slack/interactions',
    ]);
    const state = (await (await fetch(`${sandbox.url}/sandbox/state?as=${jiho}`)).json()) as object;
    expect(state).toMatchObject({
      home: { blocks: [{ block_id: 'set' }] },
      app: { commands: [{ command: '/til' }], homeTab: true },
      hints: [{ notice: { command: '/til' } }],
    });
    expect((state as { doings: unknown[] }).doings).toEqual(
      expect.arrayContaining([
        { user: jiho, channel, ts, blockId: 'week', name: 'week.plan', isWarned: true },
        { user: jiho, blockId: 'set', name: 'set.remind', isWarned: true },
        { user: jiho, channel, ts, name: 'post.reject', isWarned: true },
      ]),
    );
  });
});
