import { setTimeout as wait } from 'node:timers/promises';
import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { Refused, Unavailable } from '../events/errors.ts';

const TRIES = 6;
const LONGEST_WAIT_SECONDS = 120;

/** How a call waits. */
export interface Patience {
  sleep?: (milliseconds: number) => Promise<unknown>;
  /** Told of each wait, a rate limit's or another. */
  onWait?: (seconds: number) => void;
}

/**
 * Makes a call that does no harm when it is made twice until Slack answers it. Throws `Refused` for what a person must mend, with Slack's
 * code as its cause, and `Unavailable` for what passes.
 */
export const patient = async <T>(call: () => Promise<T>, { sleep = wait, onWait }: Patience): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const seconds = waitFor(error, attempt);
      if (seconds === undefined || attempt === TRIES) throw explain(error);
      onWait?.(seconds);
      await sleep(seconds * 1000);
    }
  }
};

/** How long to wait before a read is tried again; undefined when that would not help. */
const waitFor = (error: unknown, attempt: number): number | undefined => {
  if (error instanceof WebAPIRateLimitedError) {
    const asked = Number.isFinite(error.retryAfter) && error.retryAfter >= 0 ? error.retryAfter : 30;
    return asked > LONGEST_WAIT_SECONDS ? undefined : Math.max(asked, 0.1);
  }
  if (error instanceof Error && error.message.startsWith('Retry header')) return 30;
  if (!(error instanceof WebAPIPlatformError)) return Math.min(2 ** (attempt - 1), 30); // A time-out, a 5xx, a lost connection.
  if (['ratelimited', 'rate_limited'].includes(error.data.error)) return 30;
  return ['internal_error', 'fatal_error', 'request_timeout', 'service_unavailable'].includes(error.data.error)
    ? Math.min(2 ** (attempt - 1), 30)
    : undefined;
};

const explain = (error: unknown): Error => {
  if (error instanceof WebAPIRateLimitedError)
    return new Unavailable(`Slack asks to wait ${error.retryAfter} s; run the command again then`);
  if (!(error instanceof WebAPIPlatformError))
    return new Unavailable(`Slack cannot be reached: ${error instanceof Error ? error.name : 'unknown error'}`, {
      cause: error,
    });
  const { error: code, needed } = error.data as { error: string; needed?: string };
  const reason = String(code).slice(0, 80);
  const advice = ADVICE[reason] ?? (needed ? `the token needs the scope ${String(needed).slice(0, 80)}` : undefined);
  return new Refused(`Slack refused to be read: ${reason}${advice ? ` (${advice})` : ''}`, { cause: reason });
};

const ADVICE: Record<string, string> = {
  not_in_channel: 'invite the bot to the channel: /invite @…',
  channel_not_found: 'no such channel, or a private one that the bot is not in',
  invalid_auth: 'SLACK_BOT_TOKEN is not one that Slack knows',
  not_authed: 'SLACK_BOT_TOKEN is empty',
  token_revoked: 'the app was removed from the workspace; install it again',
  account_inactive: 'the app was removed from the workspace; install it again',
  missing_scope: 'make the app anew from "til manifest", or add the scope and install it again',
};
