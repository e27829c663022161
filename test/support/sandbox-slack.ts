import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import type { Workspace } from '../../src/sandbox/workspace.ts';
import type { Found, Sent, Slack } from '../../src/slack/slack.ts';
import { ephemeralArguments, homeArguments, judge, postArguments, updateArguments } from '../../src/slack/writer.ts';

export interface SandboxSlackOptions {
  /** Called before each call that writes; may throw, as a process dies. */
  beforeCall?: (method: string) => void;
  afterCall?: (method: string) => void;
}

/** The port to Slack straight on a workspace, without HTTP; errors are judged by the real client's code. */
export const sandboxSlack = (
  workspace: Workspace,
  token: string,
  { beforeCall, afterCall }: SandboxSlackOptions = {},
): Slack => {
  const call = (method: string, args: Record<string, unknown>): Record<string, unknown> => {
    beforeCall?.(method);
    const { status, headers, body } = workspace.call(method, token, args);
    const answer = body as Record<string, unknown> & { ok?: boolean; error?: string };
    afterCall?.(method);
    if (status === 429) throw new WebAPIRateLimitedError(Number(headers?.['retry-after'] ?? 30));
    if (status !== 200 || !answer) throw new Error('unclear');
    if (!answer.ok) throw new WebAPIPlatformError({ ok: false, error: answer.error ?? '' });
    return answer;
  };
  const send = (method: string, args: Record<string, unknown>): Sent => {
    try {
      const { channel, ts, message_ts, message } = call(method, args) as Record<string, never>;
      return { outcome: 'sent', channel: channel ?? String(args['channel']), ts: ts ?? message_ts, message };
    } catch (error) {
      if (error instanceof Crash) throw error;
      return judge(error);
    }
  };
  return {
    post: async (message) => send('chat.postMessage', { ...postArguments(message) }),
    change: async (message) => send('chat.update', { ...updateArguments(message) }),
    whisper: async (message) => send('chat.postEphemeral', { ...ephemeralArguments(message) }),
    publishHome: async (user, blocks) => send('views.publish', { ...homeArguments(user, blocks) }),
    find: async (effect, to, within): Promise<Found> => {
      try {
        const channel = to.startsWith('U')
          ? (call('conversations.open', { users: to })['channel'] as { id: string }).id
          : to;
        const messages = call('conversations.history', {
          channel,
          ...within,
          inclusive: 'true',
          include_all_metadata: 'true',
          limit: '999',
        })['messages'];
        for (const message of messages as { ts: string; metadata?: { event_payload?: Record<string, unknown> } }[]) {
          const payload = message.metadata?.event_payload;
          if (payload?.['effect'] === effect)
            return {
              outcome: 'found',
              channel,
              ts: message.ts,
              attempt: Number(payload['attempt']),
              message: message as never,
            };
        }
        return { outcome: 'absent' };
      } catch (error) {
        if (error instanceof Crash) throw error;
        return { outcome: 'unknown' };
      }
    },
    permalink: async (channel, ts) => {
      try {
        return call('chat.getPermalink', { channel, message_ts: ts })['permalink'] as string;
      } catch {
        return undefined;
      }
    },
    ownId: async () => {
      try {
        return call('auth.test', {})['user_id'] as string;
      } catch (error) {
        if (error instanceof Crash) throw error;
        return undefined;
      }
    },
    profile: async (user) => {
      try {
        const found = call('users.info', { user })['user'] as {
          is_bot?: boolean;
          tz?: string;
          profile: { display_name: string };
        };
        return {
          name: found.profile.display_name,
          bot: found.is_bot === true,
          ...(found.tz ? { tz: found.tz } : {}),
        };
      } catch (error) {
        if (error instanceof Crash) throw error;
        return undefined;
      }
    },
  };
};

/** The process dies here. */
export class Crash extends Error {}
