import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Workspace } from '../../src/sandbox/workspace.ts';
import { asBot, formFile, lastPayload, payloadFile, payloadWorkspace, shapeOf } from './slack-payloads.ts';

type Json = Record<string, unknown>;
interface Press {
  user: { id: string };
  channel: Json;
  message: { text: string; blocks: Json[]; metadata: Json };
  view: { blocks: Json[] };
  actions: { block_id: string; action_id: string; selected_option?: { value: string } }[];
}

const channel = 'C0TILCHAN1';
const WHEN = ['action_ts', 'initial_option', 'placeholder'];

/** What must be said word for word; ids that differ from workspace to workspace and times are not among it. */
const said = ({ user, team, enterprise, channel: where, container, actions }: Json): unknown => ({
  user,
  team,
  enterprise,
  where: (where as Json | undefined)?.['name'],
  container: [(container as Json | undefined)?.['type'], (container as Json | undefined)?.['is_ephemeral']],
  actions: (actions as Json[] | undefined)?.map((action) =>
    Object.fromEntries(Object.entries(action).filter(([name]) => !WHEN.includes(name))),
  ),
});

const expectLike = (ours: Json, real: Json): void => {
  expect(shapeOf(ours)).toEqual(shapeOf(real));
  expect(said(ours)).toEqual(said(real));
};

/** The bot says what the file's message says, and the file's person presses what they press there. */
const pressAs = (workspace: Workspace, real: Press, to: string): Json => {
  const { text, blocks, metadata } = real.message;
  const { channel: where, ts } = asBot(workspace, 'chat.postMessage', { channel: to, text, blocks, metadata });
  if (to === channel)
    for (const user of ['U0MINSEO01', 'U0JIHO0001', 'U0HAEUN001'])
      workspace.reply({ user, channel, thread: String(ts), text: '글' });
  const { block_id: blockId, action_id: actionId } = real.actions[0] as Press['actions'][number];
  workspace.press({ user: real.user.id, channel: String(where), ts: String(ts), blockId, actionId });
  return lastPayload(workspace);
};

describe('presses have the shape of real ones', () => {
  test.each([
    ['01-button-in-channel-message', channel],
    ['03-button-in-direct-message', 'U0MINSEO01'],
    ['07-link-button', 'U0MINSEO01'],
    ['08-unknown-action', channel],
  ])('%s', (name, to) => {
    const real = payloadFile<Press>(name);
    if (name.startsWith('08'))
      real.message.blocks = [
        { type: 'actions', block_id: 'old', elements: [{ ...(real.actions[0] as Json), type: 'button' }].map(bare) },
      ];
    const { workspace } = payloadWorkspace();
    expectLike(pressAs(workspace, real, to), real as unknown as Json);
  });

  const bare = ({ block_id: _block, action_ts: _at, ...element }: Json): Json => element;

  test('09: where the app is installed for an organisation', () => {
    const real = payloadFile<Press>('09-button-with-an-org-wide-install');
    const { workspace } = payloadWorkspace({ enterprise: { id: 'E0TILORG01', name: 'TIL Org' } });
    expectLike(pressAs(workspace, real, channel), real as unknown as Json);
  });

  test('04: in an answer that only one person sees, there is no message', () => {
    const real = payloadFile<Press>('04-button-in-ephemeral-answer');
    const { workspace } = payloadWorkspace();
    const button = {
      type: 'button',
      action_id: 'week.none',
      text: { type: 'plain_text', text: '되돌리기' },
      value: '2024-W32',
    };
    const blocks = [{ type: 'actions', block_id: 'plan', elements: [button] }];
    asBot(workspace, 'chat.postEphemeral', { channel, user: 'U0JIHO0001', text: '좋아요!', blocks });
    const ts = workspace.hints('U0JIHO0001')[0]?.ts ?? '';
    const press = { channel, ts, blockId: 'plan', actionId: 'week.none' };
    expect(() => workspace.press({ user: 'U0MINSEO01', ...press })).toThrow('message: none at');
    workspace.press({ user: 'U0JIHO0001', ...press });
    expectLike(lastPayload(workspace), real as unknown as Json);
  });

  test('05: a select in App Home, with what was chosen before as its state', () => {
    const real = payloadFile<Press>('05-select-in-app-home');
    const { view } = payloadFile<{ arguments: { view: Json } }>('70-views-publish-request').arguments as { view: Json };
    const { workspace } = payloadWorkspace();
    asBot(workspace, 'views.publish', { user_id: 'U0HAEUN001', view });
    workspace.pressHome({ user: 'U0HAEUN001', blockId: 'set', actionId: 'set.remind', option: 'sun' });
    const ours = lastPayload(workspace);
    expectLike(ours, real as unknown as Json);
    expect((ours['view'] as Json)['state']).toEqual((real.view as unknown as Json)['state']);
  });

  test('each has its own trigger, address and time', () => {
    const real = payloadFile<Press>('03-button-in-direct-message');
    const { workspace } = payloadWorkspace();
    const all = [1, 2, 3].map(() => pressAs(workspace, real, 'U0MINSEO01'));
    expect(new Set(all.map(({ trigger_id: id }) => id)).size).toBe(3);
    expect(new Set(all.map(({ response_url: url }) => url)).size).toBe(3);
    expect(all[0]?.['response_url']).toMatch(
      /^https:\/\/hooks\.slack\.com\/hooks\/actions\/T0TILTEAM1\/\d{13}\/[\da-f]{24}$/,
    );
    expect(all[0]?.['trigger_id']).toMatch(/^\d{13}\.\d{13}\.[\da-f]{32}$/);
  });
});

describe('message shortcuts have the shape of real ones', () => {
  const used = (workspace: Workspace, user: string, where: string, ts: string, callbackId = 'post.accept'): Json => {
    workspace.useShortcut({ user, channel: where, ts, callbackId });
    return lastPayload(workspace);
  };
  const week = (workspace: Workspace): string =>
    String(asBot(workspace, 'chat.postMessage', { channel, text: '[TIL 8월 1주차]' })['ts']);

  test.each([
    ['10-shortcut-on-thread-reply', 'post.accept'],
    ['12-shortcut-by-somebody-who-is-no-admin', 'post.reject'],
  ])('%s', (name, callbackId) => {
    const real = payloadFile<Press & { message: { text: string } }>(name);
    const { workspace } = payloadWorkspace();
    const { text } = real.message;
    const { ts } = workspace.reply({ user: 'U0MINSEO01', channel, thread: week(workspace), text, asIs: true });
    const ours = used(workspace, real.user.id, channel, ts, callbackId);
    expectLike(ours, real as unknown as Json);
    expect(ours).toMatchObject({ callback_id: callbackId, message_ts: ts, message: { text } });
  });

  test('11: on a top-level message, and 14: in a private channel without the bot', () => {
    const { workspace } = payloadWorkspace();
    for (const [name, where] of [
      ['11-shortcut-on-top-level-message', channel],
      ['14-shortcut-in-another-private-channel', 'G0OTHER001'],
    ] as const) {
      const real = payloadFile(name);
      const { ts } = workspace.post({ user: 'U0DOYUN001', channel: where, text: 'https://velog.io/@doyun/first-post' });
      expectLike(used(workspace, 'U0ADMIN001', where, ts), real);
    }
  });

  test('13: on a message of the bot', () => {
    const real = payloadFile<Json & { message: Json }>('13-shortcut-on-the-bots-own-message');
    const { workspace } = payloadWorkspace();
    const ours = used(workspace, 'U0ADMIN001', channel, week(workspace)) as Json & { message: Json };
    for (const payload of [real, ours]) payload.message['blocks'] = [];
    expectLike(ours, real);
  });

  test('only what the app declares is offered', () => {
    const { workspace } = payloadWorkspace();
    const ts = week(workspace);
    expect(() => used(workspace, 'U0ADMIN001', channel, ts, 'post.burn')).toThrow("expected one of the app's");
    const { workspace: old } = payloadWorkspace({ reinstalled: false });
    expect(() => used(old, 'U0ADMIN001', channel, week(old))).toThrow("expected one of the app's");
  });
});

describe('commands are the forms that real ones are', () => {
  const manifest = (shouldEscape: boolean) => ({
    features: { slash_commands: [{ command: '/til', description: 'TIL', should_escape: shouldEscape }] },
    oauth_config: { scopes: { bot: ['commands'] } },
  });
  const typed: [string, string, string, string][] = [
    ['20-til', 'U0MINSEO01', channel, '/til'],
    ['21-til-rest-in-korean', 'U0MINSEO01', channel, '/til 쉬어요'],
    ['22-til-remind-sunday', 'U0MINSEO01', channel, '/til 알림 sun'],
    ['23-til-likes-english', 'U0JIHO0001', channel, '/til likes steps'],
    ['24-til-admin-excuse-mention-escaped', 'U0ADMIN001', channel, '/til 운영 excuse @doyun 2024-W32'],
    ['25-til-admin-excuse-mention-not-escaped', 'U0ADMIN001', channel, '/til 운영 excuse @doyun 2024-W32'],
    ['26-til-in-direct-message', 'U0MINSEO01', 'D', '/til'],
    ['27-til-in-another-channel', 'U0MINSEO01', 'C0RANDOM01', '/til 쓸게요'],
    ['28-til-in-a-private-channel', 'U0MINSEO01', 'G0OTHER001', '/til help'],
    ['29-til-unknown-words', 'U0HAEUN001', channel, '/til   이번 주엔 & 뭘 쓸까요 <!channel> :tada:  '],
    ['30-til-enterprise', 'W0JIHO0001', channel, '/til'],
  ];

  test.each(typed)('%s', (name, user, where, text) => {
    const enterprise = name.startsWith('30') ? { enterprise: { id: 'E0TILORG01', name: 'TIL Org' } } : {};
    const { workspace } = payloadWorkspace({ manifest: manifest(!name.startsWith('25')), ...enterprise });
    const direct = String((asBot(workspace, 'conversations.open', { users: 'U0MINSEO01' })['channel'] as Json)['id']);
    workspace.command({ user, channel: where === 'D' ? direct : where, text });
    const { response_url, trigger_id, ...ours } = lastPayload(workspace);
    const { response_url: realUrl, trigger_id: _, ...real } = formFile(name);
    expect(ours).toEqual({ ...real, channel_id: where === 'D' ? direct : real['channel_id'] });
    expect(
      String(response_url)
        .replace('/hooks/', '/')
        .replaceAll(/\d{13}|[\da-f]{24}/g, ''),
    ).toBe(realUrl?.replaceAll(/\d{13}|[\da-f]{24}/g, ''));
    expect(trigger_id).toMatch(/^\d{13}\.\d{13}\.[\da-f]{32}$/);
  });

  test('whatever is typed, undoing the escapes gives it back', () => {
    const { workspace } = payloadWorkspace();
    const word = fc.constantFrom(
      '@doyun',
      '@nobody',
      '#til',
      '#none',
      'https://velog.io/a?b=1&c',
      '<@U1|x>',
      '&amp;',
      '<',
      '>',
      '|',
    );
    const typed = fc.array(fc.oneof(word, fc.string({ unit: 'grapheme', maxLength: 8 })), { maxLength: 8 });
    fc.assert(
      fc.property(typed, (words) => {
        const text = words.join(' ');
        workspace.command({ user: 'U0MINSEO01', channel, text: `/til ${text}` });
        const wire = String(lastPayload(workspace)['text']);
        const named = wire.replace(/<([@#])\w+\|([^>]*)>/g, '$1$2').replace(/<(https?:[^>]*)>/g, '$1');
        expect(
          named.replace(/&(amp|lt|gt);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>' })[name] as string),
        ).toBe(text);
        expect(wire.replace(/<[@#h][^<>]*>/g, '')).not.toMatch(/[<>]|&(?!(amp|lt|gt);)/);
      }),
    );
  });

  test('channels and links are escaped too', () => {
    const { workspace } = payloadWorkspace();
    workspace.command({
      user: 'U0MINSEO01',
      channel,
      text: '/til #random @nobody #none https://velog.io/a?b=1&c=2, ok',
    });
    expect(lastPayload(workspace)['text']).toBe(
      '<#C0RANDOM01|random> @nobody #none <https://velog.io/a?b=1&amp;c=2>, ok',
    );
  });
});

describe('app_home_opened has the shape of real ones', () => {
  const opened = (workspace: Workspace, tab: 'home' | 'messages'): Json => {
    workspace.openHome({ user: 'U0HAEUN001', tab });
    const payload = workspace.take().at(-1)?.payload ?? {};
    const { context_team_id, context_enterprise_id, event_context, ...envelope } = payload as Json;
    return envelope;
  };

  test('40, 42: before anything was published, and for the messages', () => {
    const { workspace } = payloadWorkspace();
    for (const [name, tab] of [
      ['40-app-home-opened-first-time', 'home'],
      ['42-app-home-opened-messages-tab', 'messages'],
    ] as const) {
      const real = payloadFile<{ event: Json }>(name);
      const ours = opened(workspace, tab) as { event?: Json };
      expect(shapeOf(ours)).toEqual(shapeOf(real));
      expect(ours.event).toMatchObject({ type: 'app_home_opened', user: 'U0HAEUN001', tab });
    }
  });

  test('41, 71: with the view that was published, which is the same as the answer said', () => {
    const { view } = payloadFile<{ arguments: { view: Json } }>('70-views-publish-request').arguments;
    const { workspace } = payloadWorkspace();
    const answer = asBot(workspace, 'views.publish', { user_id: 'U0HAEUN001', view });
    expect(shapeOf(answer)).toEqual(shapeOf(payloadFile('71-views-publish-answer')));
    expect(answer['view']).toMatchObject(view);
    const ours = opened(workspace, 'home') as { event?: Json };
    expect(shapeOf(ours)).toEqual(shapeOf(payloadFile('41-app-home-opened-again')));
    expect(ours.event?.['view']).toEqual(answer['view']);
    expect((opened(workspace, 'messages') as { event?: Json }).event).not.toHaveProperty('view');
  });

  test('it is not told to an app that was not installed again', () => {
    const { workspace } = payloadWorkspace({ reinstalled: false });
    workspace.openHome({ user: 'U0HAEUN001', tab: 'messages' });
    expect(workspace.take()).toEqual([]);
    expect(() => workspace.openHome({ user: 'U0HAEUN001', tab: 'home' })).toThrow('expected an app with a Home tab');
  });
});
