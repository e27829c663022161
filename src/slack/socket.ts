import { LogLevel, SocketModeClient } from '@slack/socket-mode';

/** What we need of Socket Mode's client; a test has one of its own. */
export interface SocketClient {
  on(event: 'slack_event', listener: (envelope: SocketEnvelope) => void): unknown;
  start(): Promise<unknown>;
  disconnect(): Promise<unknown>;
}

/** A delivery over the socket: `body` is what HTTP would have brought. */
export interface SocketEnvelope {
  ack: (answer?: Record<string, unknown>) => Promise<unknown>;
  type: string;
  body: unknown;
}

export interface SocketOptions {
  /** Slack's token for sockets (`xapp-…`). */
  appToken: string;
  apiUrl?: string;
  /** Stores a delivery durably; what it does not store is not acknowledged, and Slack sends it again. */
  accept: (body: Uint8Array) => Promise<{ status: number }>;
  onError: (error: unknown) => void;
  client?: SocketClient;
}

/** Takes Slack's deliveries over a socket that we open, instead of a public address. Gives the way to end it. */
export const startSocket = async (options: SocketOptions): Promise<() => Promise<void>> => {
  const client = options.client ?? createClient(options);
  client.on('slack_event', (envelope) => {
    void take(envelope, options).catch(options.onError);
  });
  await client.start();
  return async () => {
    await client.disconnect();
  };
};

const take = async ({ ack, type, body }: SocketEnvelope, { accept }: SocketOptions): Promise<void> => {
  // Buttons and commands come this way too; the app has none.
  if (type !== 'events_api') return void (await ack());
  const { status } = await accept(new TextEncoder().encode(JSON.stringify(body)));
  if (status === 200) await ack();
};

const createClient = ({ appToken, apiUrl }: SocketOptions): SocketClient =>
  new SocketModeClient({
    appToken,
    // Its log may hold what is sent.
    logLevel: LogLevel.ERROR,
    ...(apiUrl ? { clientOptions: { slackApiUrl: apiUrl } } : {}),
  }) as unknown as SocketClient;
