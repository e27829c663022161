import { Refused } from '../events/errors.ts';

/** What the manifest is made of: the public address of `til serve` or of the AWS stack, or none with Socket Mode. */
export interface ManifestOptions {
  name: string;
  url?: string;
  socket?: boolean;
}

/** What the bot may do, each because a call or an event of ours needs it; nothing more. */
export const BOT_SCOPES = [
  'channels:history', // The events of a public channel, and reading it back.
  'channels:read', // Who comes and goes, and whether the bot is in.
  'chat:write', // Everything it says.
  'groups:history', // The same for a private channel.
  'groups:read',
  'im:history', // Finding its own notice to a member after an unclear answer.
  'im:write', // Opening the conversation for it.
  'metadata.message:read', // Its own mark in the deliveries of its messages; a history is read without it.
  'reactions:read', // The likes.
  'users:read', // The members' names.
] as const;

/** The events it subscribes to. */
export const BOT_EVENTS = [
  'member_joined_channel',
  'member_left_channel',
  'message.channels',
  'message.groups',
  'reaction_added',
  'reaction_removed',
] as const;

/** The manifest from which Slack makes the app (docs.slack.dev/reference/app-manifest). */
export const manifestOf = ({ name, url, socket = false }: ManifestOptions): Record<string, unknown> => ({
  _metadata: { major_version: 2 },
  display_information: {
    name: name.slice(0, 35),
    description: 'Runs a TIL challenge: announces, counts likes, and tells who took part.',
    background_color: '#1d6f42',
  },
  features: {
    bot_user: { display_name: name.slice(0, 80), always_online: true },
    // Members get notices there; there is nothing to answer.
    app_home: { home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
  },
  oauth_config: { scopes: { bot: [...BOT_SCOPES] } },
  settings: {
    event_subscriptions: { ...(socket ? {} : { request_url: requestUrl(url) }), bot_events: [...BOT_EVENTS] },
    org_deploy_enabled: false,
    socket_mode_enabled: socket,
    token_rotation_enabled: false,
  },
});

const PATH = '/slack/events';

/** Where Slack delivers events: the address itself when it names the path already, else with our path behind it. */
const requestUrl = (url: string | undefined): string => {
  if (!url || !URL.canParse(url) || new URL(url).protocol !== 'https:')
    throw new Refused(
      `--url: expected the public address, such as https://til.example.org, got ${url ?? 'nothing'}; without one, use --socket`,
    );
  const address = new URL(url);
  address.search = '';
  address.hash = '';
  if (!address.pathname.endsWith(PATH)) address.pathname = `${address.pathname.replace(/\/+$/, '')}${PATH}`;
  return address.href;
};
