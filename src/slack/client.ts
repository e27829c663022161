import { LogLevel, WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from '@slack/web-api';
import { isTs, type Ts } from '../events/timestamp.ts';
import type { Found, OutgoingMessage, Sent, Slack } from './slack.ts';

export interface SlackClientOptions {
  token: string;
  /** For an emulator; ends in `/api/`. */
  apiUrl?: string;
  timeoutMilliseconds?: number;
}

const RATE_LIMIT_SECONDS = 30;
const MAX_PAGES = 10;
const PAGE = 200;

/** Slack's own words for "it is possible that some of it was done" (docs.slack.dev, the errors of each method). */
const UNCLEAR = new Set([
  'internal_error',
  'fatal_error',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

/** The token is no good: nothing can be sent until somebody mends it, and nothing of it is lost. */
const PAUSING = new Set([
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'missing_scope',
  'org_login_required',
  'ekm_access_denied',
  'two_factor_setup_required',
]);

/** Later it may go. */
const PASSING = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded', 'accesslimited']);

/**
 * Slack by its own client, which tries nothing again by itself: a message that was posted and whose answer was lost would otherwise be
 * posted twice.
 */
export const slackClient = ({ token, apiUrl, timeoutMilliseconds = 10_000 }: SlackClientOptions): Slack => {
  const client = new WebClient(token, {
    ...(apiUrl ? { slackApiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/` } : {}),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMilliseconds,
    allowAbsoluteUrls: false,
    logLevel: LogLevel.ERROR,
    logger: SILENT,
  });
  let self: Promise<{ user?: string; bot?: string }> | undefined;
  const whoAmI = () => {
    self ??= client.auth.test().then(({ user_id, bot_id }) => ({ user: user_id, bot: bot_id }));
    return self.catch((error: unknown) => {
      self = undefined;
      throw error;
    });
  };

  return {
    post: ({ to, ...message }) => send(() => client.chat.postMessage({ channel: to, ...plain(message) }), to),
    change: ({ channel, ts, ...message }) =>
      send(() => client.chat.update({ channel, ts, ...plain(message) }), channel),
    whisper: ({ channel, user, thread, ...message }) =>
      send(
        () => client.chat.postEphemeral({ channel, user, ...(thread ? { thread_ts: thread } : {}), ...plain(message) }),
        channel,
      ),

    find: async (effect, to, oldest) => {
      try {
        const channel = to.startsWith('U') || to.startsWith('W') ? await openConversation(client, to) : to;
        return await findOwn(client, channel, effect, oldest, await whoAmI());
      } catch {
        return { outcome: 'unknown' };
      }
    },

    profile: async (user) => {
      try {
        const { user: found } = await client.users.info({ user });
        const name = found?.profile?.display_name || found?.profile?.real_name || found?.real_name || found?.name;
        return name
          ? {
              name: name.slice(0, 200),
              bot: found?.is_bot === true,
              ...(found?.deleted ? { deleted: true as const } : {}),
            }
          : undefined;
      } catch {
        return undefined;
      }
    },
  };
};

// The client's own log may hold what is sent; what matters of an answer is in the events.
const SILENT = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

/** No previews of our links, no names turned into mentions, no other parsing. */
const plain = ({ text, blocks, metadata }: OutgoingMessage) => ({
  text,
  blocks: blocks as never,
  ...(metadata ? { metadata } : {}),
  link_names: false,
  parse: 'none' as const,
  unfurl_links: false,
  unfurl_media: false,
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

/** What an error of the client says about the deed. Whatever is not known to be a refusal is unclear. */
export const judge = (error: unknown): Sent => {
  if (error instanceof WebAPIRateLimitedError) {
    const seconds = Number.isFinite(error.retryAfter) && error.retryAfter >= 0 ? error.retryAfter : RATE_LIMIT_SECONDS;
    return { outcome: 'refused', reason: 'ratelimited', final: false, retryAfterSeconds: Math.min(seconds, 3600) };
  }
  if (error instanceof WebAPIPlatformError) {
    const reason = String(error.data.error).slice(0, 80);
    if (UNCLEAR.has(reason)) return { outcome: 'unclear', reason };
    if (PAUSING.has(reason)) return { outcome: 'refused', reason, final: false, pause: true, retryAfterSeconds: 60 };
    if (PASSING.has(reason)) return { outcome: 'refused', reason, final: false, retryAfterSeconds: RATE_LIMIT_SECONDS };
    return { outcome: 'refused', reason, final: true };
  }
  if (error instanceof WebAPIHTTPError && error.statusCode === 429) {
    return { outcome: 'refused', reason: 'ratelimited', final: false, retryAfterSeconds: RATE_LIMIT_SECONDS };
  }
  // A 429 without a readable Retry-After comes as a plain error.
  if (error instanceof Error && error.message.startsWith('Retry header')) {
    return { outcome: 'refused', reason: 'ratelimited', final: false, retryAfterSeconds: RATE_LIMIT_SECONDS };
  }
  return { outcome: 'unclear', reason: error instanceof Error ? error.name : 'unknown' };
};

const openConversation = async (client: WebClient, user: string): Promise<string> => {
  const { channel } = await client.conversations.open({ users: user });
  if (!channel?.id) throw new Error('conversations.open gave no channel');
  return channel.id;
};

/** Reads the history page by page; only all of it proves that a message is not there. */
const findOwn = async (
  client: WebClient,
  channel: string,
  effect: string,
  oldest: Ts,
  self: { user?: string; bot?: string },
): Promise<Found> => {
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await client.conversations.history({
      channel,
      oldest,
      inclusive: true,
      include_all_metadata: true,
      limit: PAGE,
      ...(cursor ? { cursor } : {}),
    });
    for (const message of answer.messages ?? []) {
      if (message.bot_id !== self.bot && message.user !== self.user) continue;
      const payload = message.metadata?.event_payload as { effect?: unknown; attempt?: unknown } | undefined;
      if (payload?.effect !== effect || !isTs(message.ts)) continue;
      return {
        outcome: 'found',
        channel,
        ts: message.ts,
        attempt: Number(payload.attempt) || 1,
        message: message as Record<string, unknown>,
      };
    }
    cursor = answer.response_metadata?.next_cursor || undefined;
    if (!cursor) return answer.has_more ? { outcome: 'unknown' } : { outcome: 'absent' };
  }
  return { outcome: 'unknown' };
};
