import { setTimeout as wait } from 'node:timers/promises';
import { Refused } from '../events/errors.ts';
import { isObject } from '../events/json.ts';
import { type Connect, type Connection, type ConnectOptions, type Envelope, slackConnect } from './connection.ts';
import { isInteraction } from './interaction.ts';

/** `connecting`: nothing can be heard now, and a connection is being opened. `closed`: nothing will be heard any more. */
export type SocketState = 'connecting' | 'open' | 'closed';

/** Why Slack opens no connection, where only a person can mend it. */
export interface SocketFailure {
  /** Slack's code, such as `invalid_auth`. */
  code: string;
  /** In words: which variable, and what to do. */
  message: string;
  /** `start`: none was open yet, and no more tries are made. `running`: it is tried again every minute. */
  when: 'start' | 'running';
}

export interface SocketOptions extends ConnectOptions {
  /** Stores a delivery durably. If that fails, the delivery is not acknowledged, and Slack sends it again. */
  accept: (body: Uint8Array) => Promise<{ status: number }>;
  /** Called for trouble that passes: a connection that cannot be opened now, a delivery that cannot be stored. */
  onError: (error: unknown) => void;
  onState?: (state: SocketState) => void;
  /** Called for trouble that only a person can mend: once, and again when it comes back after it was mended. */
  onFatal?: (failure: SocketFailure) => void;
  connect?: Connect;
}

/** A socket to Slack, kept open by a series of connections. */
export interface Socket {
  state(): SocketState;
  /** What only a person can mend, for as long as it lasts. */
  failure(): SocketFailure | undefined;
  close(): Promise<void>;
}

/** A connection that lives shorter than this counts as a failure, so that reconnecting does not become a storm. */
const SHORT_LIFE_MILLISECONDS = 10_000;
/** A connection whose end Slack has announced goes on hearing until Slack ends it, or for so long. */
const LINGER_MILLISECONDS = 30_000;
/** How long to wait, when stopping, for a connection that is just being opened. */
const CLOSE_MILLISECONDS = 2_000;
const FATAL_PAUSE_MILLISECONDS = 60_000;

/** 0, then 0.25 s, 0.5 s … and at most a minute. */
const pauseAfter = (failures: number): number => (failures === 0 ? 0 : Math.min(60_000, 250 * 2 ** (failures - 1)));

/**
 * Takes Slack's deliveries over a socket that we open, instead of at a public address. Returns at once; `state` and the callback say whether it is
 * open. When Slack announces the end of a connection, as it does every few hours, the next one is opened before that one ends.
 */
export const startSocket = (options: SocketOptions): Socket => {
  const { onError, connect = slackConnect(options) } = options;
  const status = createStatus(options);
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  const live = new Set<Connection>();
  let present: Connection | undefined;

  const pause = (milliseconds: number): Promise<unknown> =>
    wait(milliseconds, undefined, { signal: stop.signal }).catch(() => {});

  const end = async (connection: Connection): Promise<void> => {
    if (live.delete(connection)) await connection.close().catch(onError);
  };

  /** Opens a connection, which takes the place of the present one; resolves with the promise of its end. */
  const open = async (): Promise<{ ending: Promise<void> }> => {
    const ending = Promise.withResolvers<void>();
    const self: { connection?: Connection } = {};
    self.connection = await connect({
      onEnvelope: (envelope) => void take(envelope, options).catch(onError),
      onEnding: () => ending.resolve(),
      onClosed: () => {
        if (self.connection) live.delete(self.connection);
        if (self.connection === present && !stop.signal.aborted) status.become('connecting');
        ending.resolve();
      },
      onError,
    });
    live.add(self.connection);
    const former = present;
    present = self.connection;
    if (stop.signal.aborted) await end(present);
    else status.opened();
    if (former) void pause(LINGER_MILLISECONDS).then(() => end(former));
    return { ending: ending.promise };
  };

  const run = async (): Promise<void> => {
    for (let failures = 0; !stop.signal.aborted && status.state() !== 'closed'; ) {
      await pause(status.failure() ? FATAL_PAUSE_MILLISECONDS : pauseAfter(failures));
      if (stop.signal.aborted) return;
      const since = performance.now();
      try {
        const { ending } = await open();
        await Promise.race([ending, stopped]);
        failures = performance.now() - since < SHORT_LIFE_MILLISECONDS ? failures + 1 : 0;
      } catch (error) {
        failures += 1;
        if (!status.failed(error)) onError(error);
      }
    }
  };
  const running = run();

  return {
    state: status.state,
    failure: status.failure,
    close: async () => {
      stop.abort();
      status.become('closed');
      await Promise.all([...live].map(end));
      await Promise.race([running, wait(CLOSE_MILLISECONDS, undefined, { ref: false })]);
    },
  };
};

/** Keeps the socket's state and failure, and reports their changes. */
const createStatus = ({ onState, onFatal }: SocketOptions) => {
  let state: SocketState = 'connecting';
  let failure: SocketFailure | undefined;
  let wasOpen = false;

  const become = (next: SocketState): void => {
    if (state === next) return;
    state = next;
    onState?.(next);
  };

  return {
    state: () => state,
    failure: () => failure,
    become,
    opened: (): void => {
      wasOpen = true;
      failure = undefined;
      become('open');
    },
    /** Says whether it is something that only a person can mend. */
    failed: (error: unknown): boolean => {
      if (!(error instanceof Refused)) return false;
      const isNew = failure === undefined;
      failure = { code: String(error.cause), message: error.message, when: wasOpen ? 'running' : 'start' };
      if (!wasOpen) become('closed');
      if (isNew) onFatal?.(failure);
      return true;
    },
  };
};

const take = async (envelope: Envelope, { accept }: SocketOptions): Promise<void> => {
  const body = isTaken(envelope) ? envelope.payload : traceOf(envelope);
  const { status } = await accept(new TextEncoder().encode(JSON.stringify(body ?? null)));
  if (status === 200) await envelope.acknowledge();
};

/** Presses and commands come with the content that HTTP brings as a form. */
const isTaken = ({ type, payload }: Envelope): boolean => {
  if (type === 'events_api') return true;
  return (type === 'interactive' || type === 'slash_commands') && isObject(payload) && isInteraction(payload);
};

/** Of another type, or not what its type says: a trace is kept, without anything that a person has put into it. */
const traceOf = ({ id, type, payload }: Envelope): Record<string, unknown> => {
  const { team_id, api_app_id } = (payload ?? {}) as Record<string, unknown>;
  return { type: `socket.${type}`, envelope_id: id, team_id, api_app_id };
};
