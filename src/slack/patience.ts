import { setTimeout as wait } from 'node:timers/promises';
import { WebAPIPlatformError } from '@slack/web-api';
import { Refused, Unavailable } from '../events/errors.ts';
import { type Trouble, troubleOf } from './transport.ts';

const TRIES = 6;
const LONGEST_WAIT_SECONDS = 120;
const USUAL_WAIT_SECONDS = 30;

/** How a call waits. */
export interface Patience {
  sleep?: (milliseconds: number) => Promise<unknown>;
  /** Called for each wait, because of a rate limit or otherwise. */
  onWait?: (seconds: number) => void;
}

/**
 * Repeats a call until Slack answers it; only for calls that do no harm when they are made twice. Throws `Refused`, with Slack's code as its
 * cause, for what a person must mend, and `Unavailable` for what passes.
 */
export const patient = async <T>(call: () => Promise<T>, { sleep = wait, onWait }: Patience): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const trouble = troubleOf(error);
      const seconds = waitFor(trouble, attempt);
      if (seconds === undefined || attempt === TRIES) throw explain(error, trouble);
      onWait?.(seconds);
      await sleep(seconds * 1000);
    }
  }
};

/** How long to wait before a read is tried again; undefined when that would not help. */
const waitFor = ({ kind, seconds }: Trouble, attempt: number): number | undefined => {
  if (kind === 'limited' && seconds !== undefined)
    return seconds > LONGEST_WAIT_SECONDS ? undefined : Math.max(seconds, 0.1);
  if (kind === 'limited' || kind === 'passing') return USUAL_WAIT_SECONDS;
  return kind === 'unclear' ? Math.min(2 ** (attempt - 1), USUAL_WAIT_SECONDS) : undefined;
};

const explain = (error: unknown, { kind, reason, seconds }: Trouble): Error => {
  if (kind === 'limited' && seconds !== undefined)
    return new Unavailable(`Slack asks to wait ${seconds} s; run the command again then`);
  if (kind === 'limited' || kind === 'passing' || kind === 'unclear')
    return new Unavailable(`Slack cannot be reached: ${reason}`, { cause: error });
  const needed = error instanceof WebAPIPlatformError ? (error.data as { needed?: unknown }).needed : undefined;
  const advice = ADVICE[reason] ?? (needed ? `the token needs the scope ${String(needed).slice(0, 80)}` : undefined);
  return new Refused(`Slack refused to be read: ${reason}${advice ? ` (${advice})` : ''}`, { cause: reason });
};

const ADVICE: Record<string, string> = {
  not_in_channel: 'invite the bot to the channel: /invite @…',
  channel_not_found: 'no such channel, or a private one that the bot is not in',
  invalid_auth: 'SLACK_BOT_TOKEN is not one that Slack knows',
  not_authed: 'SLACK_BOT_TOKEN is empty',
  not_allowed_token_type: 'SLACK_BOT_TOKEN is a token of another kind; the right one begins with xoxb-',
  token_revoked: 'the app was removed from the workspace; install it again',
  account_inactive: 'the app was removed from the workspace; install it again',
  missing_scope: 'make the app anew from "til manifest", or add the scope and install it again',
};
