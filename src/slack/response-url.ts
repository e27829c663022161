import { secondsOf, type Ts } from '../events/timestamp.ts';

/** Slack takes five answers, for half an hour. (docs.slack.dev/interactivity/handling-user-interaction#message_responses) */
const MOST_USES = 5;
export const ANSWER_SECONDS = 1800;

const SLACKS_ORIGIN = 'https://hooks.slack.com';

/**
 * Whether an address for answers may be called: https at Slack's own host, or the origin of `apiUrl` (SLACK_API_URL). It must begin with
 * that origin to the letter, so that no user, port or spelling makes another host of it.
 */
export const isAnswerAddress = (address: string, apiUrl?: string): boolean => {
  if (!/^[\x21-\x7e]+$/.test(address) || !URL.canParse(address)) return false;
  const { origin } = new URL(address);
  const isAt = (allowed: string): boolean => origin === allowed && address.startsWith(`${allowed}/`);
  return isAt(SLACKS_ORIGIN) || (apiUrl !== undefined && isAt(originOf(apiUrl)));
};

/** `none` for what has no origin, such as a file. */
const originOf = (url: string): string => {
  const { protocol, origin } = URL.canParse(url) ? new URL(url) : { protocol: '', origin: '' };
  return protocol === 'https:' || protocol === 'http:' ? origin : 'none';
};

/** An answer to what a person did: only they see it. */
export interface Answer {
  /** Slack's `response_url`. */
  address: string;
  /** When they did it. */
  since: Ts;
  text: string;
  /** Slack's blocks; then the text is what a notification shows. */
  blocks?: readonly object[];
  /** It takes the place of the message in which they pressed. */
  replaces?: boolean;
}

/**
 * What became of an answer. `over`: Slack takes none there any more; `refused`: never this one, or never there; `isForeign`: the address is not
 * one of Slack's and was not called. `later`: it may be tried again after so many seconds, and whether this try was seen is not known.
 */
export type Answered =
  | { is: 'taken' | 'over' }
  | { is: 'refused'; reason: string; isForeign?: true }
  | { is: 'later'; seconds: number };

/** Sends an answer once. Never throws, and never says the address. */
export type SendAnswer = (answer: Answer) => Promise<Answered>;

export interface AnswerOptions {
  apiUrl?: string | undefined;
  /** Milliseconds since 1970. */
  now: () => number;
  timeoutMilliseconds?: number;
}

/** Answers over HTTP. It counts how often an address was used, as long as the process lives; then Slack says so itself. */
export const responseUrlAnswers = ({ apiUrl, now, timeoutMilliseconds = 3000 }: AnswerOptions): SendAnswer => {
  const uses = new Map<string, { count: number; since: Ts }>();
  const secondsLeft = (since: Ts): number => secondsOf(since) + ANSWER_SECONDS - now() / 1000;

  const use = (address: string, since: Ts): number => {
    for (const [other, used] of uses) if (secondsLeft(used.since) <= 0) uses.delete(other);
    const count = (uses.get(address)?.count ?? 0) + 1;
    uses.set(address, { count, since });
    return count;
  };

  return async ({ address, since, text, blocks, replaces }) => {
    if (!isAnswerAddress(address, apiUrl))
      return { is: 'refused', reason: 'the address is not one of Slack’s', isForeign: true };
    if (secondsLeft(since) <= 0 || (uses.get(address)?.count ?? 0) >= MOST_USES) return { is: 'over' };
    const count = use(address, since);
    // Said aloud, since the defaults differ by where a press came from.
    const how = replaces ? { replace_original: true } : { response_type: 'ephemeral', replace_original: false };
    const answered = await post(address, { ...how, text, ...(blocks ? { blocks } : {}) }, timeoutMilliseconds);
    if (answered.is !== 'later') return answered;
    const seconds = Math.ceil(Math.max(answered.seconds, 5 ** (count - 1)));
    return count < MOST_USES && seconds < secondsLeft(since) ? { is: 'later', seconds } : { is: 'over' };
  };
};

const post = async (address: string, content: object, timeoutMilliseconds: number): Promise<Answered> => {
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(content),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    // The status alone decides. A body that breaks off changes nothing.
    await response.body?.cancel().catch(() => {});
    return meaningOf(response.status, response.headers.get('retry-after'));
  } catch {
    return { is: 'later', seconds: 0 }; // What is thrown may say the address.
  }
};

const meaningOf = (status: number, retryAfter: string | null): Answered => {
  if (status >= 200 && status < 300) return { is: 'taken' };
  if (status === 404) return { is: 'over' };
  if (status === 429) return { is: 'later', seconds: /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : 0 };
  return status >= 500 ? { is: 'later', seconds: 0 } : { is: 'refused', reason: `HTTP ${status}` };
};
