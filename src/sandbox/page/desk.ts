import type { PageState } from '../page-api.ts';
import type { SlackMessage } from '../shapes.ts';

/** Where the reader is: who they are, and which channel and thread are open. */
export interface Place {
  as: string | undefined;
  channel: string | undefined;
  thread: string | undefined;
}

/** The panes, of which a phone shows one at a time. */
export type PaneName = 'channel' | 'thread' | 'directMessages' | 'home';

/** Messages with the hints that belong among them (those of a thread, or of none), in order. */
export const withHints = (
  messages: SlackMessage[],
  hints: SlackMessage[],
  thread: string | undefined,
): SlackMessage[] =>
  [...messages, ...hints.filter((hint) => hint.thread_ts === thread)].sort((one, other) =>
    one.ts < other.ts ? -1 : 1,
  );

/** Asks the sandbox for what the reader sees. */
export const readState = async ({ as, channel, thread }: Place): Promise<PageState> => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ as, channel, thread })) if (value !== undefined) query.set(name, value);
  const response = await fetch(`state?${query}`);
  if (!response.ok) throw new Error(`state: expected 200, got ${response.status}`);
  return (await response.json()) as PageState;
};

/** Does something as the reader; gives the reason when the sandbox refuses. */
export const act = async (fields: Record<string, unknown>): Promise<string | undefined> => {
  const response = await fetch('actions', {
    method: 'POST',
    headers: { 'x-sandbox': '1', 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  if (response.ok) return undefined;
  const answer = (await response.json()) as { error?: string };
  return answer.error ?? String(response.status);
};

/** The place a permalink leads to: `#channel=C…&ts=…&thread=…`. */
export const placeIn = (hash: string): { channel: string; ts: string; thread: string } | undefined => {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const [channel, ts] = [fields.get('channel'), fields.get('ts')];
  return channel && ts ? { channel, ts, thread: fields.get('thread') || ts } : undefined;
};

/** The thread to open when nobody chose one: the latest weekly post's, else the latest that has replies. */
export const usualThread = ({ messages }: PageState): string | undefined => {
  const weekly = messages.findLast(
    ({ bot_id: bot, metadata, text }) =>
      bot !== undefined && (metadata?.event_type === 'til_week_open' || /\[TIL [^\]]+\]/.test(text)),
  );
  return weekly?.ts ?? messages.findLast(({ reply_count: replies }) => replies !== undefined)?.ts;
};
