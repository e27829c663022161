import { SocketModeClient } from '@slack/socket-mode';
import { WebAPIPlatformError } from '@slack/web-api';
import { Refused, Unavailable } from '../events/errors.ts';
import { clientOptions, SILENT, troubleOf } from './transport.ts';

/** An envelope that came over the socket; `payload` is what HTTP would have delivered. */
export interface Envelope {
  id: string;
  type: string;
  payload: unknown;
  /** Acknowledges that the delivery is stored; without that, Slack sends it again. */
  acknowledge(): Promise<void>;
}

/** The events of a connection. */
export interface ConnectionListener {
  onEnvelope(envelope: Envelope): void;
  /** Slack will end this connection soon: another should be opened before. */
  onEnding(reason: string): void;
  onClosed(): void;
  /** Something that cannot be read came over it. */
  onError(error: unknown): void;
}

/** One open connection to Slack. It opens no other by itself. */
export interface Connection {
  /** How many connections the app has, this one among them, where Slack says. */
  connections?: number;
  close(): Promise<void>;
}

/** Opens a connection; resolves when Slack has said hello. Rejects with `Refused` for what a person must mend, else with `Unavailable`. */
export type Connect = (listener: ConnectionListener) => Promise<Connection>;

export interface ConnectOptions {
  /** Slack's token for sockets (`xapp-…`). */
  appToken: string;
  apiUrl?: string;
}

const HELLO_MILLISECONDS = 20_000;
const CLOSE_MILLISECONDS = 500;
const PONG_MILLISECONDS = 15_000;

/** Connections by Slack's own client. */
export const slackConnect =
  ({ appToken, apiUrl }: ConnectOptions): Connect =>
  async (listener) => {
    if (!/^[\x21-\x7e]+$/.test(appToken)) throw refusalOf('invalid_auth');
    const client = new SingleConnection(appToken, apiUrl, listener);
    try {
      const hello = await client.opened();
      return { ...countOf(hello), close: () => client.closed() };
    } catch (error) {
      await client.closed();
      throw explain(error);
    }
  };

/** Opens a connection and closes it again. What Slack delivers meanwhile is not acknowledged, so it is delivered again to the server. */
export const probeSocket = async (appToken: string, apiUrl?: string): Promise<{ connections?: number }> => {
  const deaf: ConnectionListener = { onEnvelope: () => {}, onEnding: () => {}, onClosed: () => {}, onError: () => {} };
  const { connections, close } = await slackConnect({ appToken, ...(apiUrl ? { apiUrl } : {}) })(deaf);
  await close();
  return connections === undefined ? {} : { connections };
};

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const countOf = ({ num_connections: connections }: Json) =>
  typeof connections === 'number' ? { connections } : undefined;

/**
 * Slack's client without its own connection management. Left alone, it ends a connection as soon as Slack announces the end, and is then
 * deaf for five seconds; it throws an error that nobody can catch at an envelope without an event; and it reconnects unseen.
 */
class SingleConnection extends SocketModeClient {
  readonly #listener: ConnectionListener;
  readonly #hello = Promise.withResolvers<Json>();
  #isOpen = false;

  constructor(appToken: string, apiUrl: string | undefined, listener: ConnectionListener) {
    super({
      appToken,
      autoReconnectEnabled: false,
      clientPingTimeout: PONG_MILLISECONDS,
      logger: SILENT,
      clientOptions: clientOptions({ apiUrl }),
    });
    this.#listener = listener;
    this.#hello.promise.catch(() => {});
    this.on('disconnected', () => {
      // A timer for a farewell that is over would keep the process for half a minute.
      setImmediate(() => clearTimeout(this.websocket?.['closeHandshakeTimeout']));
      this.#hello.reject(new Unavailable('the connection was closed before Slack said hello'));
      if (this.#isOpen) listener.onClosed();
      this.#isOpen = false;
    });
  }

  /** Opens it; resolves with Slack's hello. */
  async opened(): Promise<Json> {
    const late = setTimeout(
      () => this.#hello.reject(new Unavailable('Slack did not say hello in time')),
      HELLO_MILLISECONDS,
    );
    try {
      // Without a hello, the client's own promise never settles.
      const started = this.start().catch((error: unknown) => this.#hello.reject(error));
      const hello = await this.#hello.promise;
      await started;
      this.#isOpen = true;
      return hello;
    } finally {
      clearTimeout(late);
    }
  }

  /** Ends it. Slack leaves the TCP connection open after its farewell, so the second call, which is not polite, ends that too. */
  async closed(): Promise<void> {
    this.#isOpen = false;
    const farewell = this.disconnect();
    const late = setTimeout(() => this.websocket?.disconnect(), CLOSE_MILLISECONDS);
    await farewell;
    clearTimeout(late);
  }

  protected override async onWebSocketMessage(data: string | ArrayBuffer): Promise<void> {
    const message = parse(data);
    if (!isObject(message))
      return this.#listener.onError(new Unavailable('Slack sent something that is no JSON object'));
    const { type, envelope_id: id, payload } = message;
    if (type === 'hello') {
      this.emit('connected', message);
      this.#hello.resolve(message);
    } else if (type === 'disconnect') {
      this.#listener.onEnding(String(message['reason']));
    } else {
      this.#listener.onEnvelope({
        id: String(id),
        type: String(type),
        payload,
        acknowledge: () => this.#acknowledge(id, type),
      });
    }
  }

  #acknowledge(id: unknown, type: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.websocket?.isActive()) return reject(new Unavailable('the connection was closed before the answer'));
      // A payload, even an empty one, would be an answer to a command.
      const answer = JSON.stringify(type === 'events_api' ? { envelope_id: id, payload: {} } : { envelope_id: id });
      this.websocket.send(answer, (error) => (error ? reject(error) : resolve()));
    });
  }
}

const parse = (data: string | ArrayBuffer): unknown => {
  try {
    return JSON.parse(typeof data === 'string' ? data : new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
};

const APP_TOKEN = 'an app-level token (xapp-…) from "Basic Information" of the app';

/** What a person can do about an error, by Slack's codes for apps.connections.open. Any other code is tried again. */
const ADVICE: Record<string, string> = {
  invalid_auth: `SLACK_APP_TOKEN is not one that Slack knows: set it to ${APP_TOKEN}`,
  not_authed: `SLACK_APP_TOKEN is empty: set it to ${APP_TOKEN}`,
  missing_args: `SLACK_APP_TOKEN is empty: set it to ${APP_TOKEN}`,
  not_allowed_token_type: `SLACK_APP_TOKEN is a token of another kind: set it to ${APP_TOKEN}`,
  missing_scope: 'SLACK_APP_TOKEN lacks the scope connections:write: make another app-level token with it',
  no_permission: 'SLACK_APP_TOKEN lacks the scope connections:write: make another app-level token with it',
  token_revoked: `SLACK_APP_TOKEN was revoked: set it to ${APP_TOKEN}`,
  token_expired: `SLACK_APP_TOKEN has expired: set it to ${APP_TOKEN}`,
  account_inactive: 'the app of SLACK_APP_TOKEN was removed from the workspace: install it again',
  user_removed_from_team: 'the app of SLACK_APP_TOKEN was removed from the workspace: install it again',
  team_disabled: 'the workspace of SLACK_APP_TOKEN is closed',
  forbidden_team: 'the workspace may not use Socket Mode: set SLACK_SIGNING_SECRET and a public address instead',
  access_denied: 'the workspace may not use Socket Mode: set SLACK_SIGNING_SECRET and a public address instead',
};

const refusalOf = (code: string): Refused =>
  new Refused(`Slack opens no connection: ${code} (${ADVICE[code]})`, { cause: code });

const explain = (error: unknown): Error => {
  if (error instanceof Unavailable) return error;
  const { reason } = troubleOf(error);
  if (error instanceof WebAPIPlatformError && ADVICE[reason]) return refusalOf(reason);
  return new Unavailable(`Slack opens no connection: ${reason}`, { cause: error });
};
