import { WebClient } from '@slack/web-api';
import { Refused, Unavailable } from '../events/errors.ts';
import { isTs, type Ts } from '../events/timestamp.ts';
import { type Patience, patient } from './patience.ts';

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
 * The port to Slack for looking back: reading alone, so whoever has only this cannot speak. Reading twice does no harm, so it waits
 * out rate limits and tries again. Throws `Refused` for what a person must mend, `Unavailable` for what passes.
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
  profile(user: string): Promise<{ name: string; bot: boolean; deleted?: true } | undefined>;
}

export interface ReaderOptions extends Patience {
  token: string;
  /** For an emulator; ends in `/api/`. */
  apiUrl?: string;
  timeoutMilliseconds?: number;
}

const PAGE = 200;
const MAX_PAGES = 10_000;

/** Slack by its own client, for reading. */
export const slackReader = (options: ReaderOptions): Reader => {
  const { token, apiUrl, timeoutMilliseconds = 30_000 } = options;
  const client = new WebClient(token, {
    ...(apiUrl ? { slackApiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/` } : {}),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMilliseconds,
    allowAbsoluteUrls: false,
    logger: SILENT as never,
  });
  const patiently = <T>(call: () => Promise<T>): Promise<T> => patient(call, options);

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

    history: (channel, oldest, latest) =>
      pages(async (cursor) => {
        const answer = await patiently(() =>
          client.conversations.history({
            channel,
            oldest,
            latest,
            inclusive: true,
            include_all_metadata: true,
            limit: PAGE,
            ...cursor,
          }),
        );
        return { items: messagesOf(answer.messages), answer };
      }),

    thread: async (channel, parent) => {
      const all: HistoryMessage[] = [];
      try {
        for await (const page of pages(async (cursor) => {
          const answer = await patiently(() =>
            client.conversations.replies({ channel, ts: parent, include_all_metadata: true, limit: PAGE, ...cursor }),
          );
          return { items: messagesOf(answer.messages), answer };
        }))
          all.push(...page);
      } catch (error) {
        if (error instanceof Refused && error.cause === 'thread_not_found') return undefined;
        throw error;
      }
      return all;
    },

    reactions: async (channel, timestamp) => {
      const answer = await patiently(() => client.reactions.get({ channel, timestamp, full: true }));
      return reactedOf((answer as { message?: Json }).message ?? {});
    },

    members: async (channel) => {
      const all: string[] = [];
      for await (const page of pages(async (cursor) => {
        const answer = await patiently(() => client.conversations.members({ channel, limit: PAGE, ...cursor }));
        return { items: answer.members ?? [], answer };
      }))
        all.push(...page);
      return all;
    },

    profile: async (user) => {
      const { user: found } = await patiently(() => client.users.info({ user }));
      const name = found?.profile?.display_name || found?.profile?.real_name || found?.real_name || found?.name;
      return name
        ? {
            name: name.slice(0, 200),
            bot: found?.is_bot === true,
            ...(found?.deleted ? { deleted: true as const } : {}),
          }
        : undefined;
    },
  };
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

const nothing = () => {};
// The client's own log may hold what is read.
const SILENT = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => 'error',
  setName: nothing,
};

const messagesOf = (messages: readonly unknown[] | undefined): HistoryMessage[] =>
  ((messages ?? []) as Json[]).filter((message): message is HistoryMessage => isTs(message['ts']));

interface Paged {
  has_more?: boolean;
  response_metadata?: { next_cursor?: string };
}

/** Every page. Slack's word that there is more, without the way to it, is an error: half a history would look like deletions. */
async function* pages<Item>(
  read: (cursor: { cursor?: string }) => Promise<{ items: Item[]; answer: Paged }>,
): AsyncGenerator<Item[]> {
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { items, answer } = await read(cursor ? { cursor } : {});
    yield items;
    cursor = answer.response_metadata?.next_cursor || undefined;
    if (!cursor && answer.has_more) throw new Unavailable('Slack said that there is more, and not where');
    if (!cursor) return;
  }
  throw new Unavailable(`Slack gave more than ${MAX_PAGES} pages`);
}
