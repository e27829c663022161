import { isObject, type Json } from '../events/json.ts';

/** A slash command as the manifest declares it. */
export interface Command {
  /** With its slash: `/til`. */
  command: string;
  description: string;
  usageHint: string;
  /** Mentions and channels arrive as ids; without it, as they were typed. */
  shouldEscape: boolean;
}

/** What people can do with the app beside reading what it says. */
export interface App {
  scopes: readonly string[];
  /** Presses and shortcuts are delivered. */
  interactive: boolean;
  commands: Command[];
  /** The entries in the menu of a message. */
  shortcuts: { name: string; callbackId: string }[];
  homeTab: boolean;
  /** `app_home_opened` is delivered. */
  hearsHome: boolean;
}

/** What a manifest allows. An app that was not installed again since has only what needs no new right, and no right to commands. */
export const appOf = (manifest: Json = MANIFEST, reinstalled = true): App => {
  const scopes = listIn(manifest, 'oauth_config', 'scopes', 'bot').map(String);
  if (!reinstalled)
    return {
      scopes: scopes.filter((scope) => scope !== 'commands'),
      interactive: false,
      commands: [],
      shortcuts: [],
      homeTab: false,
      hearsHome: false,
    };
  const mayCommand = scopes.includes('commands');
  return {
    scopes,
    interactive: at(manifest, 'settings', 'interactivity', 'is_enabled') === true,
    commands: mayCommand ? listIn(manifest, 'features', 'slash_commands').filter(isObject).map(commandOf) : [],
    shortcuts: mayCommand ? listIn(manifest, 'features', 'shortcuts').filter(isObject).flatMap(shortcutOf) : [],
    homeTab: at(manifest, 'features', 'app_home', 'home_tab_enabled') === true,
    hearsHome: listIn(manifest, 'settings', 'event_subscriptions', 'bot_events').includes('app_home_opened'),
  };
};

const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);

const listIn = (value: unknown, ...path: string[]): unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

const commandOf = (declared: Json): Command => ({
  command: String(declared['command']),
  description: String(declared['description'] ?? ''),
  usageHint: String(declared['usage_hint'] ?? ''),
  shouldEscape: declared['should_escape'] === true,
});

/** Global shortcuts have no message, and the sandbox no place for them. */
const shortcutOf = ({ type, name, callback_id }: Json): App['shortcuts'] =>
  type === 'message' ? [{ name: String(name), callbackId: String(callback_id) }] : [];

/** What an app of ours declares, for workspaces that are given no manifest. */
const MANIFEST: Json = {
  features: {
    app_home: { home_tab_enabled: true },
    slash_commands: [{ command: '/til', description: 'TIL', usage_hint: '도움말 | help', should_escape: true }],
    shortcuts: [
      { type: 'message', name: '이 글 인정하기', callback_id: 'post.accept' },
      { type: 'message', name: '인정하지 않기', callback_id: 'post.reject' },
      { type: 'message', name: '판정 지우기', callback_id: 'post.clear' },
    ],
  },
  oauth_config: {
    scopes: {
      bot: [
        'channels:history',
        'channels:read',
        'chat:write',
        'commands',
        'groups:history',
        'groups:read',
        'im:history',
        'im:write',
        'metadata.message:read',
        'reactions:read',
        'users:read',
      ],
    },
  },
  settings: { interactivity: { is_enabled: true }, event_subscriptions: { bot_events: ['app_home_opened'] } },
};
