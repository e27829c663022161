import { Refused } from '../events/errors.ts';

/** What the manifest is made of: the public address of `til serve` or of the AWS stack, or none with Socket Mode. */
export interface ManifestOptions {
  name: string;
  url?: string;
  socket?: boolean;
  /** The slash command; `/til` unless given. */
  command?: string;
  /** The language of what Slack shows of the app; Korean unless given. */
  locale?: 'ko' | 'en';
}

/** What the bot may do, each because a call or an event of ours needs it; nothing more. */
export const BOT_SCOPES = [
  'channels:history', // The events of a public channel, and reading it back.
  'channels:read', // Who comes and goes, and whether the bot is in.
  'chat:write', // Everything it says.
  'commands', // The slash command and the entries in the menu of a message.
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
  'app_home_opened',
  'member_joined_channel',
  'member_left_channel',
  'message.channels',
  'message.groups',
  'reaction_added',
  'reaction_removed',
] as const;

/** The manifest from which Slack makes the app (docs.slack.dev/reference/app-manifest). */
export const manifestOf = ({ name, url, socket = false, ...said }: ManifestOptions): Record<string, unknown> => ({
  _metadata: { major_version: 2 },
  display_information: {
    name: name.slice(0, 35),
    description: 'Runs a TIL challenge: announces, counts likes, and tells who took part.',
    background_color: '#1d6f42',
  },
  features: {
    bot_user: { display_name: name.slice(0, 80), always_online: true },
    // Members get notices in the messages tab; there is nothing to answer.
    app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
    ...talkOf(said, socket ? undefined : requestUrl(url, COMMANDS)),
  },
  oauth_config: { scopes: { bot: [...BOT_SCOPES] } },
  settings: {
    event_subscriptions: { ...(socket ? {} : { request_url: requestUrl(url, EVENTS) }), bot_events: [...BOT_EVENTS] },
    interactivity: { is_enabled: true, ...(socket ? {} : { request_url: requestUrl(url, INTERACTIONS) }) },
    org_deploy_enabled: false,
    socket_mode_enabled: socket,
    token_rotation_enabled: false,
  },
});

const EVENTS = '/slack/events';
const INTERACTIONS = '/slack/interactions';
const COMMANDS = '/slack/commands';

/** The entries in the menu of a message, by what they ask for; Slack shows up to 24 characters. */
export const SHORTCUTS = {
  'post.accept': {
    ko: { name: '이 글 인정하기', description: '이 댓글을 챌린지 참여로 인정해요 (운영진)' },
    en: { name: 'Accept this post', description: 'Counts this reply for the challenge (organizers)' },
  },
  'post.reject': {
    ko: { name: '인정하지 않기', description: '이 댓글을 챌린지 참여로 세지 않아요 (운영진)' },
    en: { name: 'Do not count this', description: 'Does not count this reply for the challenge (organizers)' },
  },
  'post.clear': {
    ko: { name: '판정 지우기', description: '운영진의 판정을 지우고 규칙대로 세요 (운영진)' },
    en: { name: 'Clear the ruling', description: 'Counts this reply by the rules again (organizers)' },
  },
} as const;

const COMMAND_WORDS = {
  ko: { description: '내 TIL 기록과 이번 주 계획, 알림 설정', usage_hint: '도움말 | 쓸게요 | 쉬어요' },
  en: { description: 'Your TIL record, plan for the week, and settings', usage_hint: 'help | plan | rest' },
} as const;

/** What people can type and press. `url`: where the command is delivered; none with Socket Mode. */
const talkOf = (
  { command = '/til', locale = 'ko' }: Pick<ManifestOptions, 'command' | 'locale'>,
  url: string | undefined,
) => ({
  // Escaped, a mention comes with an id and not with a name.
  slash_commands: [{ command, ...(url ? { url } : {}), ...COMMAND_WORDS[locale], should_escape: true }],
  shortcuts: Object.entries(SHORTCUTS).map(([callback_id, words]) => ({
    type: 'message',
    callback_id,
    ...words[locale],
  })),
});

/** Where Slack delivers: our path behind the address, which may name that of events already. */
const requestUrl = (url: string | undefined, path: string): string => {
  if (!url || !URL.canParse(url) || new URL(url).protocol !== 'https:')
    throw new Refused(
      `--url: expected the public address, such as https://til.example.org, got ${url ?? 'nothing'}; without one, use --socket`,
    );
  const address = new URL(url);
  address.search = '';
  address.hash = '';
  const base = address.pathname.endsWith(EVENTS) ? address.pathname.slice(0, -EVENTS.length) : address.pathname;
  address.pathname = `${base.replace(/\/+$/, '')}${path}`;
  return address.href;
};
