import type {
  ChatPostEphemeralArguments,
  ChatPostMessageArguments,
  ChatUpdateArguments,
  ViewsPublishArguments,
  WebClient,
} from '@slack/web-api';
import { isTs } from '../events/timestamp.ts';
import type { HomeBlock } from './home-blocks.ts';
import type { Found, Sent, Slack, Within } from './slack.ts';
import { openTransport, pages, profileIn, type TransportOptions, troubleOf } from './transport.ts';

const RATE_LIMIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 3600;
const MAX_PAGES = 10;
const PAGE = 200;

interface Self {
  user?: string;
  bot?: string;
}

/** Slack by its own client, for what we say. */
export const slackWriter = (options: TransportOptions): Slack => {
  const client = openTransport(options);
  let self: Promise<Self> | undefined;
  const whoAmI = (): Promise<Self> => {
    self ??= client.auth.test().then(({ user_id, bot_id }) => ({ user: user_id, bot: bot_id }));
    return self.catch((error: unknown) => {
      self = undefined;
      throw error;
    });
  };

  return {
    post: (message) => send(() => client.chat.postMessage(postArguments(message)), message.to),
    change: (message) => send(() => client.chat.update(updateArguments(message)), message.channel),
    whisper: (message) => send(() => client.chat.postEphemeral(ephemeralArguments(message)), message.channel),

    find: async (effect, to, within) => {
      try {
        const channel = to.startsWith('U') || to.startsWith('W') ? await openConversation(client, to) : to;
        return await findOwn(client, channel, effect, within, await whoAmI());
      } catch {
        return { outcome: 'unknown' };
      }
    },

    permalink: async (channel, ts) => {
      try {
        return (await client.chat.getPermalink({ channel, message_ts: ts })).permalink;
      } catch {
        return undefined;
      }
    },

    publishHome: (user, blocks) => send(() => client.views.publish(homeArguments(user, blocks)), user),

    ownId: async () => (await whoAmI().catch(() => undefined))?.user,

    profile: async (user) => {
      try {
        return profileIn(await client.users.info({ user }));
      } catch {
        return undefined;
      }
    },
  };
};

// Each argument is named, none spread: so the compiler refuses what Slack's documentation does not have for the method.
// No previews of our links, no names turned into mentions, no other parsing.

/** The arguments of `chat.postMessage` for a message. */
export const postArguments = ({
  to,
  text,
  blocks,
  metadata,
}: Parameters<Slack['post']>[0]): ChatPostMessageArguments => ({
  channel: to,
  text,
  blocks,
  metadata,
  link_names: false,
  parse: 'none',
  unfurl_links: false,
  unfurl_media: false,
});

/** The arguments of `chat.update` for a message. */
export const updateArguments = ({
  channel,
  ts,
  text,
  blocks,
  metadata,
}: Parameters<Slack['change']>[0]): ChatUpdateArguments => ({
  channel,
  ts,
  text,
  blocks,
  metadata,
  link_names: false,
  parse: 'none',
});

/** The arguments of `chat.postEphemeral` for a message; nobody looks such a message up, so it bears no mark. */
export const ephemeralArguments = ({
  channel,
  user,
  thread,
  text,
  blocks,
}: Parameters<Slack['whisper']>[0]): ChatPostEphemeralArguments => ({
  channel,
  user,
  thread_ts: thread,
  text,
  blocks,
  link_names: false,
  parse: 'none',
});

/** The arguments of `views.publish` for somebody's App Home. */
export const homeArguments = (user: string, blocks: readonly HomeBlock[]): ViewsPublishArguments => ({
  user_id: user,
  view: { type: 'home', blocks: [...blocks] },
});

interface Answer {
  channel?: string;
  ts?: string;
  message?: unknown;
}

const send = async (call: () => Promise<unknown>, to: string): Promise<Sent> => {
  try {
    const { channel, ts, message } = (await call()) as Answer;
    return {
      outcome: 'sent',
      channel: channel ?? to,
      ...(isTs(ts) ? { ts } : {}),
      ...(typeof message === 'object' && message !== null ? { message: message as Record<string, unknown> } : {}),
    };
  } catch (error) {
    return judge(error);
  }
};

/** What an error of the client says about the message. */
export const judge = (error: unknown): Sent => {
  const { kind, reason, seconds = RATE_LIMIT_SECONDS } = troubleOf(error);
  if (kind === 'unclear') return { outcome: 'unclear', reason };
  const refusal = { outcome: 'refused', reason, final: kind === 'final' } as const;
  if (kind === 'final') return refusal;
  if (kind === 'pausing') return { ...refusal, pause: true, retryAfterSeconds: 60 };
  if (kind === 'unknown') return { ...refusal, unknown: true };
  return { ...refusal, retryAfterSeconds: Math.min(seconds, LONGEST_WAIT_SECONDS) };
};

const openConversation = async (client: WebClient, user: string): Promise<string> => {
  const { channel } = await client.conversations.open({ users: user });
  if (!channel?.id) throw new Error('conversations.open gave no channel');
  return channel.id;
};

/** Looks for a message page by page; only the complete history proves that it is not there. */
const findOwn = async (
  client: WebClient,
  channel: string,
  effect: string,
  within: Within,
  self: Self,
): Promise<Found> => {
  const history = pages(MAX_PAGES, async (cursor) => {
    const answer = await client.conversations.history({
      channel,
      ...within,
      inclusive: true,
      include_all_metadata: true,
      limit: PAGE,
      ...cursor,
    });
    return { items: answer.messages ?? [], answer };
  });
  for await (const messages of history)
    for (const message of messages) {
      if (message.bot_id !== self.bot && message.user !== self.user) continue;
      const payload = message.metadata?.event_payload as { effect?: unknown; attempt?: unknown } | undefined;
      if (payload?.effect !== effect || !isTs(message.ts)) continue;
      const attempt = Number(payload.attempt) || 1;
      return { outcome: 'found', channel, ts: message.ts, attempt, message: message as Record<string, unknown> };
    }
  return { outcome: 'absent' };
};
