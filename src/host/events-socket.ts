import { Refused } from '../events/errors.ts';
import type { Queue } from '../queue/queue.ts';
import type { SlackSettings } from '../setup/environment.ts';
import { startSocket } from '../slack/socket.ts';
import type { Health } from './health.ts';
import { acceptVerified, type IngestPorts, receivedNow } from './ingest.ts';

export interface EventsSocketPorts extends Pick<IngestPorts, 'clock' | 'clockCheck'> {
  slack: SlackSettings;
  stores: { queue: Pick<Queue, 'put'> };
  health: Health;
  onError: (error: unknown) => void;
  /** Tells the admins of a token that is no good. */
  alarm: (subject: string) => Promise<void>;
}

/** Hears Slack over a socket, where there is a token for one. `failed` rejects when Slack will never let it open. */
export const openEventsSocket = ({ slack, stores, health, onError, alarm, ...clocks }: EventsSocketPorts) => {
  const { appToken, apiUrl, appId, teamId } = slack;
  const fatal = Promise.withResolvers<never>();
  fatal.promise.catch(() => undefined); // Whoever asks for it hears of it.
  const socket = appToken
    ? startSocket({
        appToken,
        ...(apiUrl ? { apiUrl } : {}),
        accept: async (body) => {
          const at = await receivedNow(clocks);
          return acceptVerified({ body, at }, { queue: stores.queue, appId, teamId });
        },
        onError,
        onState: (state) => health.set('socket', state !== 'open'),
        onFatal: ({ when, message }) => {
          if (when === 'start') return fatal.reject(new Refused(message));
          onError(new Refused(message));
          void alarm(message);
        },
      })
    : undefined;
  return { failed: fatal.promise, close: async () => socket?.close() };
};
