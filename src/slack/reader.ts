import type { WebClient } from '@slack/web-api';
import { Refused } from '../events/errors.ts';
import { isTs, type Ts } from '../events/timestamp.ts';
import { type Patience, patient } from './patience.ts';
import type { Profile } from './slack.ts';
import { openTransport, pages, profileIn, type TransportOptions } from './transport.ts';

type Json = Record<string, unknown>;

/** A message in Slack's own shape; its `ts` is sound. */
export type HistoryMessage = Json & { ts: Ts };

/** Who reacted with one emoji; `users` may be shorter than `count`. */
export interface Reacted {
  name: string;
  users: string[];
  count: number;
}

/**
 * The port for reading Slack. Code that has only this port cannot write to Slack. Reading twice does no harm, so the reader waits out rate
 * limits and tries again. Throws `Refused` for what a person must mend, `Unavailable` for what passes.
 */
export interface Reader {
  /** The bot itself, and the scopes of its token where Slack names them. */
  whoAmI(): Promise<{ user: string; bot?: string; team?: string; url?: string; scopes: string[] }>;
  /** A channel as the bot sees it. */
  channel(channel: string): Promise<{ name?: string; member: boolean; archived: boolean }>;
  /** A channel's messages from `oldest` to before `latest`, newest first, page by page; replies only where they were sent to the channel too. */
  history(channel: string, oldest: Ts, latest: Ts): AsyncGenerator<HistoryMessage[]>;
  /** A thread with its parent, oldest first; undefined when there is no such thread any more. */
  thread(channel: string, parent: Ts): Promise<HistoryMessage[] | undefined>;
  /** All who reacted to a message, as far as Slack names them. */
  reactions(channel: string, ts: Ts): Promise<Reacted[]>;
  members(channel: string): Promise<string[]>;
  profile(user: string): Promise<Profile | undefined>;
}

/** How Slack is reached, and how a reading waits. */
export interface ReaderOptions extends TransportOptions, Patience {}

const PAGE = 200;
const MAX_PAGES = 10_000;

type Patiently = <T>(call: () => Promise<T>) => Promise<T>;

/** Slack by its own client, for reading. */
export const slackReader = (options: ReaderOptions): Reader => {
  const client = openTransport({ timeoutMilliseconds: 30_000, ...options });
  const patiently: Patiently = (call) => patient(call, options);

  return {
    whoAmI: async () => {
      const answer = await patiently(() => client.auth.test());
      const { user_id: user = '', bot_id: bot, team_id: team, url, response_metadata } = answer;
      return {
        user,
        ...(bot ? { bot } : {}),
        ...(team ? { team } : {}),
        ...(url ? { url } : {}),
        scopes: response_metadata?.scopes ?? [],
      };
    },

    channel: async (channel) => {
      const { channel: found } = await patiently(() => client.conversations.info({ channel }));
      return {
        ...(found?.name ? { name: found.name } : {}),
        member: found?.is_member === true,
        archived: found?.is_archived === true,
      };
    },

    history: (channel, oldest, latest) => readHistory(client, patiently, { channel, oldest, latest }),
    thread: (channel, parent) => readThread(client, patiently, channel, parent),

    reactions: async (channel, timestamp) => {
      const answer = await patiently(() => client.reactions.get({ channel, timestamp, full: true }));
      return reactedOf((answer as { message?: Json }).message ?? {});
    },

    members: (channel) => readMembers(client, patiently, channel),
    profile: async (user) => profileIn(await patiently(() => client.users.info({ user }))),
  };
};

const readHistory = (
  client: WebClient,
  patiently: Patiently,
  window: { channel: string; oldest: Ts; latest: Ts },
): AsyncGenerator<HistoryMessage[]> =>
  pages(MAX_PAGES, async (cursor) => {
    const answer = await patiently(() =>
      client.conversations.history({ ...window, inclusive: true, include_all_metadata: true, limit: PAGE, ...cursor }),
    );
    return { items: messagesOf(answer.messages), answer };
  });

const readThread = async (
  client: WebClient,
  patiently: Patiently,
  channel: string,
  ts: Ts,
): Promise<HistoryMessage[] | undefined> => {
  try {
    return await all(
      pages(MAX_PAGES, async (cursor) => {
        const answer = await patiently(() =>
          client.conversations.replies({ channel, ts, include_all_metadata: true, limit: PAGE, ...cursor }),
        );
        return { items: messagesOf(answer.messages), answer };
      }),
    );
  } catch (error) {
    if (error instanceof Refused && error.cause === 'thread_not_found') return undefined;
    throw error;
  }
};

const readMembers = (client: WebClient, patiently: Patiently, channel: string): Promise<string[]> =>
  all(
    pages(MAX_PAGES, async (cursor) => {
      const answer = await patiently(() => client.conversations.members({ channel, limit: PAGE, ...cursor }));
      return { items: answer.members ?? [], answer };
    }),
  );

const all = async <Item>(paged: AsyncGenerator<Item[]>): Promise<Item[]> => {
  const items: Item[] = [];
  for await (const page of paged) items.push(...page);
  return items;
};

/** The reactions of a message in Slack's shape, whatever is malformed left out. */
export const reactedOf = (message: Json): Reacted[] => {
  const reactions = Array.isArray(message['reactions']) ? (message['reactions'] as Json[]) : [];
  return reactions.flatMap(({ name, users, count }) =>
    typeof name === 'string' && Array.isArray(users)
      ? [{ name, users: users.filter((user) => typeof user === 'string'), count: Number(count) || users.length }]
      : [],
  );
};

const messagesOf = (messages: readonly unknown[] | undefined): HistoryMessage[] =>
  ((messages ?? []) as Json[]).filter((message): message is HistoryMessage => isTs(message['ts']));
