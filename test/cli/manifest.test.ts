import { readFileSync } from 'node:fs';
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
  const files = ['writer', 'reader'].map((name) => new URL(`../../src/slack/${name}.ts`, import.meta.url));
  const source = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/client\.(\w+\.\w+)\(/g)]);
  const called = [...new Set(source.map((match) => match[1] as string))];
  expect(called.filter((method) => !needs[method])).toEqual([]);
  const { oauth_config } = await til.json<{ oauth_config: { scopes: { bot: string[] } } }>('manifest', '--socket');
  const needed = [...called.flatMap((method) => needs[method] ?? []), ...events];
  expect(oauth_config.scopes.bot).toEqual([...new Set(needed)].sort());
});
