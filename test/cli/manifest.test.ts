import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { emptyTil } from './til.ts';

const til = emptyTil();
afterAll(() => til.remove());

test('the manifest names the address for events, and Socket Mode needs none', async () => {
  const http = await til.json<{ settings: { event_subscriptions: object } }>(
    'manifest',
    '--url',
    'https://til.example.org/x/?a=1',
  );
  expect(http).toMatchObject({
    settings: {
      socket_mode_enabled: false,
      event_subscriptions: { request_url: 'https://til.example.org/x/slack/events' },
    },
    features: { app_home: { messages_tab_enabled: true, messages_tab_read_only_enabled: true } },
  });
  const socket = await til.json<typeof http>('manifest', '--socket');
  expect(socket).toMatchObject({ settings: { socket_mode_enabled: true } });
  expect(socket.settings.event_subscriptions).not.toHaveProperty('request_url');
});

test('what people can press and type is in it, with addresses but for Socket Mode', async () => {
  const http = await til.json<Record<string, unknown>>('manifest', '--url', 'https://til.example.org/x/slack/events');
  expect(http).toMatchObject({
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      slash_commands: [{ command: '/til', url: 'https://til.example.org/x/slack/commands', should_escape: true }],
      shortcuts: [
        { type: 'message', callback_id: 'post.accept', name: '이 글 인정하기' },
        { type: 'message', callback_id: 'post.reject', name: '인정하지 않기' },
        { type: 'message', callback_id: 'post.clear', name: '판정 지우기' },
      ],
    },
    settings: {
      event_subscriptions: { request_url: 'https://til.example.org/x/slack/events' },
      interactivity: { is_enabled: true, request_url: 'https://til.example.org/x/slack/interactions' },
    },
  });
  const socket = await til.json<{ settings: { event_subscriptions: { bot_events: string[] } } }>(
    'manifest',
    '--socket',
  );
  expect(JSON.stringify(socket)).not.toContain('http');
  expect(socket).toMatchObject({ settings: { interactivity: { is_enabled: true } } });
  expect(socket.settings.event_subscriptions.bot_events).toContain('app_home_opened');
});

test('the command and the language are those of the configuration, and all stays within Slack’s limits', async () => {
  for (const [locale, name] of [
    ['en', 'Accept this post'],
    ['ko', '이 글 인정하기'],
  ]) {
    writeFileSync(
      `${til.folder}/til.json`,
      JSON.stringify({ command: '/글', challenges: [{ channel: 'C0TILCHAN1', locale }] }),
    );
    const { features } = await til.json<Features>('manifest', '--socket');
    expect(features.slash_commands).toMatchObject([{ command: '/글' }]);
    expect(features.shortcuts[0]?.name).toBe(name);
    for (const shortcut of features.shortcuts) expect([...shortcut.name].length).toBeLessThanOrEqual(24);
  }
});

interface Features {
  features: { slash_commands: object[]; shortcuts: { name: string }[] };
}

test('an address that Slack cannot reach is refused with exit code 2', async () => {
  for (const args of [['manifest'], ['manifest', '--url', 'http://til.example.org'], ['manifest', '--url', 'til']]) {
    const { code, error } = await til.run(...args);
    expect(code).toBe(2);
    expect(error).toContain('--url');
  }
});

test('every Web API method that is called has its scope, and no scope is without a method or an event', async () => {
  const needs: Record<string, string[]> = {
    'chat.postMessage': ['chat:write'],
    'chat.update': ['chat:write'],
    'chat.postEphemeral': ['chat:write'],
    'conversations.open': ['im:write'],
    'conversations.history': ['channels:history', 'groups:history', 'im:history'],
    'conversations.replies': ['channels:history', 'groups:history'],
    'conversations.members': ['channels:read', 'groups:read'],
    'conversations.info': ['channels:read', 'groups:read'],
    'reactions.get': ['reactions:read'],
    'users.info': ['users:read'],
    'auth.test': [],
    'chat.getPermalink': [],
    'views.publish': [],
  };
  // Slack does not say that a `message` event shows our mark without it, and by its mark the echo of our own message is known.
  const events = ['metadata.message:read'];
  // The slash command and the message shortcuts of the manifest itself.
  const features = ['commands'];
  const files = ['writer', 'reader', 'home-probe'].map(
    (name) => new URL(`../../src/slack/${name}.ts`, import.meta.url),
  );
  const source = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/client\.(\w+\.\w+)\(/g)]);
  const called = [...new Set(source.map((match) => match[1] as string))];
  expect(called.filter((method) => !needs[method])).toEqual([]);
  const { oauth_config } = await til.json<{ oauth_config: { scopes: { bot: string[] } } }>('manifest', '--socket');
  const needed = [...called.flatMap((method) => needs[method] ?? []), ...events, ...features];
  expect(oauth_config.scopes.bot).toEqual([...new Set(needed)].sort());
});
