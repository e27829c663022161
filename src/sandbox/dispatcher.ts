import { createHmac } from 'node:crypto';
import type { Delivery } from './shapes.ts';

/** How deliveries reach the app. Slack's own values are the defaults. */
export interface DispatchOptions {
  signingSecret: string;
  /** The time in ms, for the signature. */
  now: () => number;
  /** How long after a failure each further attempt is made: at once, then after 1 min, then after 5 min. */
  retryMilliseconds?: number[];
  /** How long an answer may take before the attempt counts as failed. */
  timeoutMilliseconds?: number;
}

/** Carries deliveries to the app's address, in order, with retries. */
export interface Dispatcher {
  push(deliveries: Delivery[]): void;
  /** Where they go; until it is known they wait. */
  deliverTo(url: string): void;
  /** The handshake by which Slack checks an address before it sends events there. */
  verify(): Promise<boolean>;
  /** Whether everything has been delivered or given up. */
  isIdle(): boolean;
  /** Calls back whenever it may have become idle. */
  onSettled(listener: () => void): void;
  close(): Promise<void>;
}

interface Attempt {
  body: string;
  retry: number;
  reason?: string;
}

/** The v0 signature of a body, as Slack makes it. */
export const sign = (secret: string, seconds: number, body: string): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex')}`;

/** A dispatcher with nothing to carry yet. */
export const createDispatcher = (options: DispatchOptions): Dispatcher => {
  const { retryMilliseconds = [0, 60_000, 300_000] } = options;
  const queue: Attempt[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const listeners: (() => void)[] = [];
  const closing = new AbortController();
  let url: string | undefined;
  let running: Promise<void> | undefined;

  const send = async (attempt: Attempt): Promise<Response> => {
    if (url === undefined) throw new Error('sandbox: no address to deliver to');
    return await fetch(url, requestOf(attempt, options, closing.signal));
  };

  const later = (attempt: Attempt, reason: string): void => {
    const wait = retryMilliseconds[attempt.retry];
    if (wait === undefined || closing.signal.aborted) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      queue.push({ body: attempt.body, retry: attempt.retry + 1, reason });
      run();
    }, wait);
    timers.add(timer);
  };

  const runAll = async (): Promise<void> => {
    for (let attempt = queue.shift(); attempt; attempt = queue.shift()) {
      const failure = await failureOf(send(attempt));
      if (failure !== undefined) later(attempt, failure);
    }
  };

  const run = (): void => {
    if (running || url === undefined || closing.signal.aborted) return;
    running = runAll().finally(() => {
      running = undefined;
      // Something may have been put between the last look at the queue and now.
      if (queue.length > 0) run();
      for (const listener of listeners) listener();
    });
  };

  return {
    push: (deliveries) => {
      queue.push(...deliveries.map(({ payload }) => ({ body: JSON.stringify(payload), retry: 0 })));
      run();
    },
    deliverTo: (address) => {
      url = address;
      run();
    },
    verify: () => verify(options.signingSecret, send),
    isIdle: () => !running && queue.length === 0 && timers.size === 0,
    onSettled: (listener) => void listeners.push(listener),
    close: async () => {
      closing.abort();
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      await running;
    },
  };
};

const requestOf = ({ body, retry, reason }: Attempt, options: DispatchOptions, closing: AbortSignal): RequestInit =>
  signedRequest(
    {
      body,
      contentType: 'application/json',
      headers: {
        ...(retry > 0 ? { 'x-slack-retry-num': String(retry) } : {}),
        ...(reason === undefined ? {} : { 'x-slack-retry-reason': reason }),
      },
    },
    options,
    closing,
  );

/** What is sent with a signature. */
export interface Signed {
  body: string;
  contentType: string;
  headers?: Record<string, string>;
}

/** A request as Slack makes it: signed over its bytes, redirects not followed, given up in time. */
export const signedRequest = (
  { body, contentType, headers }: Signed,
  { signingSecret, now, timeoutMilliseconds = 3_000 }: DispatchOptions,
  closing: AbortSignal,
): RequestInit => {
  const seconds = Math.floor(now() / 1000);
  return {
    method: 'POST',
    headers: {
      'content-type': contentType,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': String(seconds),
      'x-slack-signature': sign(signingSecret, seconds, body),
      ...headers,
    },
    body,
    redirect: 'manual',
    signal: AbortSignal.any([AbortSignal.timeout(timeoutMilliseconds), closing]),
  };
};

/** Why a delivery is to be made again, as Slack names it; undefined when it was taken or the app wants no other. */
const failureOf = async (sending: Promise<Response>): Promise<string | undefined> => {
  try {
    const response = await sending;
    await response.body?.cancel();
    return response.ok || response.headers.get('x-slack-no-retry') === '1' ? undefined : 'http_error';
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'http_timeout' : 'connection_failed';
  }
};

const verify = async (secret: string, send: (attempt: Attempt) => Promise<Response>): Promise<boolean> => {
  const challenge = createHmac('sha256', secret).update('challenge').digest('hex');
  const body = JSON.stringify({ token: 'deprecated-do-not-trust', challenge, type: 'url_verification' });
  const response = await send({ body, retry: 0 });
  return response.ok && (await response.text()).includes(challenge);
};
