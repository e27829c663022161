import { describe, expect, test } from 'vitest';
import type { Workspace } from '../../src/sandbox/workspace.ts';
import { asBot, payloadFile, payloadWorkspace } from './slack-payloads.ts';

type Json = Record<string, unknown>;

const channel = 'C0TILCHAN1';
const jiho = 'U0JIHO0001';
const minseo = 'U0MINSEO01';
const MINUTE = 60_000;

const rowOf = (...names: string[]): Json[] => [
  {
    type: 'actions',
    block_id: 'week',
    elements: names.map((name) => ({
      type: 'button',
      action_id: name,
      text: { type: 'plain_text', text: name },
      value: 'x',
    })),
  },
];

/** A weekly post with two buttons, one of which jiho has pressed. */
const pressed = (options: Parameters<typeof payloadWorkspace>[0] = {}) => {
  const { workspace, pass } = payloadWorkspace(options);
  const blocks = rowOf('week.plan', 'week.rest');
  const ts = String(asBot(workspace, 'chat.postMessage', { channel, text: '주', blocks })['ts']);
  const press = (): void => workspace.press({ user: jiho, channel, ts, blockId: 'week', actionId: 'week.plan' });
  press();
  const [interaction] = workspace.takeInteractions();
  return { workspace, pass, ts, press, id: interaction?.id ?? '', url: String(interaction?.payload['response_url']) };
};

const command = (text: string, options: Parameters<typeof payloadWorkspace>[0] = {}) => {
  const { workspace, pass } = payloadWorkspace(options);
  workspace.command({ user: jiho, channel, text });
  const [interaction] = workspace.takeInteractions();
  return { workspace, pass, id: interaction?.id ?? '', url: String(interaction?.payload['response_url']) };
};

const hintsOf = (workspace: Workspace, user = jiho) =>
  workspace
    .hints(user)
    .map(({ text, notice, thread_ts: thread }) => ({ text, ...notice, ...(thread ? { thread } : {}) }));
const textsOf = (workspace: Workspace) => workspace.messages(channel).map(({ text }) => text);
const errorOf = ({ status, body }: { status: number; body: Json }) => ({ status, body: JSON.stringify(body) });
const listed = payloadFile<Json[]>('62-response-url-answers').map(({ status, body }) => ({ status, body }));

describe('a response_url', () => {
  const { body: ephemeral } = payloadFile<{ request: { body: Json } }>('60-response-url-ephemeral').request;
  const { body: replacing } = payloadFile<{ request: { body: Json } }>('61-response-url-replace-original').request;

  test('60: an answer that only one person sees, where they pressed', () => {
    const { workspace, url } = pressed();
    expect(workspace.respond(url, ephemeral)).toEqual({ status: 200, body: { ok: true } });
    expect(workspace.hints(jiho)).toMatchObject([{ channel, user: 'U0TILBOT01', text: ephemeral['text'] }]);
    expect(workspace.hints(minseo)).toEqual([]);
    expect(textsOf(workspace)).toEqual(['주']);
  });

  test('61: an answer in the place of what was pressed', () => {
    const { workspace, url, ts } = pressed();
    workspace.respond(url, replacing);
    expect(workspace.messages(channel)).toMatchObject([
      { ts, text: replacing['text'], edited: { user: 'U0TILBOT01' } },
    ]);
    expect(workspace.messages(channel)[0]?.blocks).toMatchObject(replacing['blocks'] as Json[]);
    expect(workspace.take().at(-1)?.payload.event).toMatchObject({ subtype: 'message_changed' });
  });

  test('what it leaves unsaid is Slack’s choice: a press is answered in its place, or for all to see', () => {
    const said = (fields: Json): string[][] => {
      const { workspace, url } = pressed();
      workspace.respond(url, fields);
      return [textsOf(workspace), hintsOf(workspace).map(({ text }) => text)];
    };
    expect(said({ text: '답' })).toEqual([['답'], []]);
    expect(said({ text: '답', replace_original: false })).toEqual([['주', '답'], []]);
    expect(said({ text: '답', response_type: 'ephemeral' })).toEqual([['주'], ['답']]);
    expect(said({ delete_original: true })).toEqual([[], []]);
  });

  test('of a command, only who gave it sees the answer unless it is said otherwise', () => {
    const { workspace, url } = command('/til');
    workspace.respond(url, { text: '하나' });
    workspace.respond(url, { text: '둘', replace_original: true });
    workspace.respond(url, { text: '셋', response_type: 'in_channel' });
    expect(hintsOf(workspace)).toEqual([{ text: '하나' }, { text: '둘' }]);
    expect(workspace.messages(channel)).toMatchObject([{ text: '셋', bot_id: 'B0TILBOT01' }]);
  });

  test('an answer with a button is pressed in turn, and only its response_url changes it', () => {
    const { workspace, url } = pressed();
    const blocks = rowOf('undo');
    workspace.respond(url, { response_type: 'ephemeral', replace_original: false, text: '했어요', blocks });
    const ts = workspace.hints(jiho)[0]?.ts ?? '';
    workspace.press({ user: jiho, channel, ts, blockId: 'week', actionId: 'undo' });
    const next = String(workspace.takeInteractions()[0]?.payload['response_url']);
    workspace.respond(next, { replace_original: true, text: '되돌렸어요' });
    expect(workspace.hints(jiho)).toMatchObject([{ ts, text: '되돌렸어요' }]);
    workspace.respond(next, { delete_original: true });
    expect(workspace.hints(jiho)).toEqual([]);
    expect(workspace.respond(next, { text: '또' }).status).toBe(404);
  });

  test('it is over after half an hour, and after five uses', () => {
    const { workspace, url, pass } = pressed();
    const fields = { text: '답', response_type: 'ephemeral' };
    pass(30 * MINUTE);
    for (const _ of [1, 2, 3, 4, 5]) expect(workspace.respond(url, fields).status).toBe(200);
    const sixth = errorOf(workspace.respond(url, fields));
    pass(1);
    const late = errorOf(workspace.respond(url, fields));
    expect(listed).toContainEqual(sixth);
    expect(sixth.body).toContain('used_url');
    expect(listed).toContainEqual(late);
    expect(late.body).toContain('Expired url');
    expect(errorOf(workspace.respond('https://hooks.slack.com/hooks/actions/T0/1/2', fields))).toEqual(late);
    expect(hintsOf(workspace)).toHaveLength(5);
  });

  test('what is not understood is refused, and is no use of it', () => {
    const { workspace, url } = pressed();
    for (const fields of [
      {},
      { text: '답', channel },
      { text: '답', response_type: 'loud', replace_original: false },
      { text: 'x'.repeat(40_001) },
    ])
      expect(workspace.respond(url, fields).status).toBe(400);
    for (const _ of [1, 2, 3, 4, 5, 6])
      expect(listed).toContainEqual(errorOf(workspace.respond(url, { text: '답', blocks: [{ type: 'poem' }] })));
    expect(workspace.respond(url, { text: '답' }).status).toBe(200);
  });

  test('faults strike it like a method', () => {
    const { workspace, url } = pressed();
    workspace.faults.set([
      { kind: 'rate-limited', methods: ['response_url'], count: 1 },
      { kind: 'http-500', when: 'after', methods: ['response_url'], count: 1 },
    ]);
    const fields = { text: '답', response_type: 'ephemeral' };
    expect(workspace.respond(url, fields)).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    expect(hintsOf(workspace)).toEqual([]);
    expect(workspace.respond(url, fields).status).toBe(500);
    expect(hintsOf(workspace)).toHaveLength(1);
    expect(workspace.callCount('response_url')).toBe(2);
  });

  test('it works where the bot is no member', () => {
    const { workspace } = payloadWorkspace();
    const { ts } = workspace.post({ user: minseo, channel: 'G0OTHER001', text: '글' });
    workspace.useShortcut({ user: minseo, channel: 'G0OTHER001', ts, callbackId: 'post.accept' });
    const url = String(workspace.takeInteractions()[0]?.payload['response_url']);
    expect(url).toContain('/app/');
    expect(
      workspace.respond(url, { response_type: 'ephemeral', replace_original: false, text: '여기서는' }).status,
    ).toBe(200);
    expect(workspace.hints(minseo)).toMatchObject([{ channel: 'G0OTHER001', text: '여기서는' }]);
    expect(asBot(workspace, 'chat.postEphemeral', { channel: 'G0OTHER001', user: minseo, text: 'x' })['error']).toBe(
      'not_in_channel',
    );
    expect(workspace.take()).toEqual([]);
  });
});

describe('what a person sees of a press', () => {
  const sign = (workspace: Workspace) => workspace.doings(jiho).map(({ name, isWarned }) => [name, isWarned]);

  test('it waits, and is over when the app has taken it', () => {
    const { workspace, pass, id } = pressed();
    expect(sign(workspace)).toEqual([['week.plan', false]]);
    pass(3_000);
    workspace.settle(id, { is: 'taken', body: 'nobody reads this' });
    expect(sign(workspace)).toEqual([]);
    expect(hintsOf(workspace)).toEqual([]);
  });

  test.each(['refused', 'late', 'taken'] as const)('a warning when the answer is %s, until they press again', (is) => {
    const { workspace, pass, id, press } = pressed();
    pass(is === 'taken' ? 3_001 : 10);
    workspace.settle(id, { is });
    workspace.settle(id, { is: 'taken' }); // Of a doubled delivery: too late for the person.
    expect(sign(workspace)).toEqual([['week.plan', true]]);
    expect(workspace.doings(minseo)).toEqual([]);
    press();
    expect(sign(workspace)).toEqual([['week.plan', false]]);
    const again = workspace.takeInteractions();
    expect(again).toHaveLength(1);
    expect(again[0]?.id).not.toBe(id);
  });

  test('without interactivity nothing is delivered, and the warning is there at once', () => {
    const { workspace } = pressed({ reinstalled: false });
    expect(workspace.takeInteractions()).toEqual([]);
    expect(sign(workspace)).toEqual([['week.plan', true]]);
  });

  test('faults: doubled is the same body twice, of which the first answer counts; dropped is late; delayed comes later', () => {
    const { workspace, pass, press } = pressed();
    workspace.faults.set([{ kind: 'doubled', types: ['block_actions'], count: 1 }]);
    press();
    const [first, second] = workspace.takeInteractions();
    expect(second).toMatchObject({ id: first?.id, payload: first?.payload });
    workspace.settle(first?.id ?? '', { is: 'taken' });
    workspace.settle(second?.id ?? '', { is: 'refused' });
    expect(sign(workspace)).toEqual([['week.plan', false]]); // The first press of all still waits.
    workspace.faults.set([{ kind: 'dropped', types: ['slash_commands'] }]);
    workspace.command({ user: jiho, channel, text: '/til' });
    expect(hintsOf(workspace)).toEqual([{ text: '', is: 'operation_timeout', command: '/til' }]);
    workspace.faults.set([{ kind: 'delayed', byMilliseconds: 5_000, count: 1 }]);
    press();
    workspace.take();
    expect(workspace.takeInteractions()).toEqual([]);
    expect(workspace.nextAt()).toBe(1_722_817_815_000);
    pass(5_000);
    expect(workspace.takeInteractions()).toHaveLength(1);
  });

  test('one presses only what is there', () => {
    const { workspace, ts } = pressed();
    const wrong = { user: jiho, channel, ts, blockId: 'week', actionId: 'week.burn' };
    expect(() => workspace.press(wrong)).toThrow('expected an element of this message');
    expect(() => workspace.press({ ...wrong, channel: 'C0RANDOM01' })).toThrow('expected an open one of U0JIHO0001');
    expect(() => workspace.press({ ...wrong, ts: '1.000000' })).toThrow('message: none at');
    expect(() => workspace.pressHome({ user: jiho, blockId: 'a', actionId: 'b' })).toThrow('expected a published one');
  });
});

describe('a command', () => {
  test('a text that comes straight back is shown to who gave it; an empty answer is none', () => {
    const { workspace, id } = command('/til');
    workspace.settle(id, { is: 'taken', body: '' });
    expect(hintsOf(workspace)).toEqual([]);
    workspace.command({ user: jiho, channel, text: '/til' });
    workspace.settle(workspace.takeInteractions()[0]?.id ?? '', {
      is: 'taken',
      contentType: 'text/plain',
      body: '안녕',
    });
    expect(hintsOf(workspace)).toEqual([{ text: '안녕' }]);
    expect(hintsOf(workspace, minseo)).toEqual([]);
    expect(textsOf(workspace)).toEqual([]);
  });

  test('JSON that comes straight back is an answer as at the response_url', () => {
    const { workspace, id } = command('/til');
    const body = JSON.stringify({ response_type: 'in_channel', text: '모두에게' });
    workspace.settle(id, { is: 'taken', contentType: 'application/json; charset=utf-8', body });
    expect(textsOf(workspace)).toEqual(['모두에게']);
  });

  test.each([
    [{ is: 'refused' }, 'http_service_error'],
    [{ is: 'late' }, 'operation_timeout'],
    [{ is: 'taken', contentType: 'application/json', body: '{"blocks":[{"type":"poem"}]}' }, 'http_service_error'],
  ] as const)('without an answer, Slackbot says so: %j', (outcome, is) => {
    const { workspace, id } = command('/til');
    workspace.settle(id, outcome);
    expect(hintsOf(workspace)).toEqual([{ text: '', is, command: '/til' }]);
    expect(workspace.hints(jiho)[0]?.user).toBe('USLACKBOT');
    expect(workspace.doings(jiho)).toEqual([]);
  });

  test.each(['/time', '/tilt', '/'])('that nobody declared is not delivered: %s', (text) => {
    const { workspace } = command(`${text} 쉬어요`);
    expect(hintsOf(workspace)).toEqual([{ text: '', is: 'unknown', command: text }]);
    expect(workspace.takeInteractions()).toEqual([]);
  });

  test('there is none in threads, and none before the app was installed again', () => {
    const { workspace } = payloadWorkspace();
    const { ts } = workspace.post({ user: minseo, channel, text: '글' });
    workspace.command({ user: jiho, channel, text: '/til', thread: ts });
    expect(hintsOf(workspace)).toEqual([{ text: '', is: 'in_thread', command: '/til', thread: ts }]);
    expect(hintsOf(command('/til', { reinstalled: false }).workspace)).toMatchObject([{ is: 'unknown' }]);
  });

  test('in a place where one is not, it cannot be given', () => {
    const { workspace } = payloadWorkspace();
    expect(() => workspace.command({ user: jiho, channel: 'C0RANDOM01', text: '/til' })).toThrow(
      'expected an open one',
    );
    expect(() => workspace.command({ user: jiho, channel, text: 'til' })).toThrow('expected a slash');
  });
});

describe('what the token may do', () => {
  const scopes = (options: Parameters<typeof payloadWorkspace>[0]) =>
    payloadWorkspace(options).workspace.call('auth.test', 'xoxb-til', {}).headers?.['x-oauth-scopes']?.split(',');

  test('names commands once the app was installed again, and not before', () => {
    expect(scopes({})).toContain('commands');
    expect(scopes({ reinstalled: false })).not.toContain('commands');
    expect(scopes({ reinstalled: false })).toContain('chat:write');
    expect(scopes({ manifest: { oauth_config: { scopes: { bot: ['users:read'] } } } })).toEqual(['users:read']);
  });

  test('a home view outlives a restart; open addresses do not', () => {
    const { workspace, url } = pressed();
    asBot(workspace, 'views.publish', { user_id: jiho, view: { type: 'home', blocks: [{ type: 'divider' }] } });
    const { workspace: later } = payloadWorkspace();
    later.restore(workspace.dump());
    expect(later.home(jiho)).toEqual(workspace.home(jiho));
    expect(later.respond(url, { text: '답' }).status).toBe(404);
    const { views: _, ...older } = JSON.parse(workspace.dump()) as Json;
    payloadWorkspace().workspace.restore(JSON.stringify(older));
  });
});
