import {
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
  type WebClientOptions,
} from '@slack/web-api';
import { Unavailable } from '../events/errors.ts';
import { isTimeZone } from '../events/wall-clock.ts';
import { FINAL, PASSING, PAUSING, UNCLEAR } from './codes.ts';
import type { Profile } from './slack.ts';

/** How Slack's Web API is reached. */
export interface TransportOptions {
  token: string;
  /** For an emulator; ends in `/api/`. */
  apiUrl?: string;
  timeoutMilliseconds?: number;
  /** Told of each call that begins; what it gives is told the `Date` of Slack's answer, null when that has none. */
  watch?: (() => (date: string | null) => void) | undefined;
  /** Told the `x-oauth-scopes` of each answer; null when it has none. */
  hearScopes?: ((scopes: string | null) => void) | undefined;
}

/** The client's own log may hold what is sent or read; what matters of it is in our events and errors. */
export const SILENT = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

/**
 * The options of every client. Retries of Slack's client are off: a message that was posted and whose answer was lost would be posted twice.
 */
export const clientOptions = ({ apiUrl, timeoutMilliseconds = 10_000, ...told }: Omit<TransportOptions, 'token'>) =>
  ({
    ...(apiUrl ? { slackApiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/` } : {}),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMilliseconds,
    allowAbsoluteUrls: false,
    fetch: (url, init) => fetchAnswer(url, init, told),
  }) satisfies WebClientOptions;

/** Slack's own client, without its logging and its retries. */
export const openTransport = ({ token, ...options }: TransportOptions): WebClient =>
  new WebClient(token, { ...clientOptions(options), logLevel: LogLevel.ERROR, logger: SILENT });

/** Has Slack answer something, whoever the token is of. */
export const askSlack = (options: TransportOptions): (() => Promise<unknown>) => {
  const client = openTransport(options);
  return () => client.auth.test();
};

const fetchAnswer = async (
  url: Parameters<typeof fetch>[0],
  init: Parameters<typeof fetch>[1],
  { watch, hearScopes }: Pick<TransportOptions, 'watch' | 'hearScopes'>,
): Promise<Response> => {
  const answered = watch?.();
  const response = await fetch(url, init);
  if (response.status !== 200) return response;
  const text = await response.text();
  requireAnswer(text);
  hearScopes?.(response.headers.get('x-oauth-scopes'));
  answered?.(response.headers.get('date'));
  return new Response(text, { headers: response.headers });
};

/**
 * Takes for an answer only what is one: the client would make an error code of any other text (a proxy's page, half of an answer), and
 * an error code says that nothing was done. Throws `Unavailable`.
 */
export const requireAnswer = (text: string): void => {
  if (!isAnswer(text)) throw new Unavailable('Slack answered 200 with something that is no answer');
};

const isAnswer = (text: string): boolean => {
  try {
    const { ok, error } = JSON.parse(text) as { ok?: unknown; error?: unknown };
    return ok === true || (ok === false && isCode(error));
  } catch {
    return false;
  }
};

const isCode = (error: unknown): error is string => typeof error === 'string' && /^[a-z][a-z0-9_]{0,79}$/.test(error);

/** What an error of the client says of the call. */
export type Trouble = {
  kind: /** Too many calls; nothing was done. */
    | 'limited'
    /** Nothing was done, and later it may go. */
    | 'passing'
    /** The token is no good: nothing goes until somebody mends it. */
    | 'pausing'
    /** Nothing was done, and nothing will be. */
    | 'final'
    /** Nothing was done; Slack's documentation does not say whether it ever will be. */
    | 'unknown'
    /** It may have been done. */
    | 'unclear';
  reason: string;
  /** For how long Slack says to wait. */
  seconds?: number;
};

/** The one place that knows what Slack's errors mean. Whatever is not known to be a refusal is unclear. */
export const troubleOf = (error: unknown): Trouble => {
  if (error instanceof WebAPIRateLimitedError) {
    const { retryAfter } = error;
    const isSound = Number.isFinite(retryAfter) && retryAfter >= 0;
    return { kind: 'limited', reason: 'ratelimited', ...(isSound ? { seconds: retryAfter } : {}) };
  }
  if (error instanceof WebAPIPlatformError) return troubleOfCode(error.data.error);
  if (error instanceof WebAPIHTTPError && error.statusCode === 429) return { kind: 'limited', reason: 'ratelimited' };
  // A 429 without a readable Retry-After comes as a plain error.
  if (error instanceof Error && error.message.startsWith('Retry header'))
    return { kind: 'limited', reason: 'ratelimited' };
  return { kind: 'unclear', reason: error instanceof Error ? error.name : 'unknown' };
};

const troubleOfCode = (code: unknown): Trouble => {
  if (!isCode(code)) return { kind: 'unclear', reason: 'no error code' };
  if (code === 'ratelimited' || code === 'rate_limited') return { kind: 'limited', reason: code };
  if (UNCLEAR.has(code)) return { kind: 'unclear', reason: code };
  if (PAUSING.has(code)) return { kind: 'pausing', reason: code };
  if (PASSING.has(code)) return { kind: 'passing', reason: code };
  return { kind: FINAL.has(code) ? 'final' : 'unknown', reason: code };
};

interface Paged {
  has_more?: boolean;
  response_metadata?: { next_cursor?: string };
}

/** All pages. `has_more` without a cursor is an error: half a history would look like deletions. */
export async function* pages<Item>(
  mostPages: number,
  read: (cursor: { cursor?: string }) => Promise<{ items: Item[]; answer: Paged }>,
): AsyncGenerator<Item[]> {
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const { items, answer } = await read(cursor ? { cursor } : {});
    yield items;
    cursor = answer.response_metadata?.next_cursor || undefined;
    if (!cursor && answer.has_more) throw new Unavailable('Slack said that there is more, and not where');
    if (!cursor) return;
  }
  throw new Unavailable(`Slack gave more than ${mostPages} pages`);
}

/** A person as `users.info` shows them; undefined when Slack shows no name. */
export const profileIn = ({ user }: Awaited<ReturnType<WebClient['users']['info']>>): Profile | undefined => {
  const name = user?.profile?.display_name || user?.profile?.real_name || user?.real_name || user?.name;
  if (!name) return undefined;
  return {
    name: name.slice(0, 200),
    bot: user?.is_bot === true,
    ...(user?.deleted ? { deleted: true } : {}),
    ...(isTimeZone(user?.tz) ? { tz: user.tz } : {}),
  };
};
