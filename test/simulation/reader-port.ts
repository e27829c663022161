import { Refused, Unavailable } from '../../src/events/errors.ts';
import type { Workspace } from '../../src/sandbox/workspace.ts';
import { type HistoryMessage, type Reader, reactedOf } from '../../src/slack/reader.ts';
import { ZONES } from './people.ts';
import { dateAt, type Ground, type Process } from './process.ts';

type Answer = Record<string, unknown> & { ok?: boolean; error?: string; response_metadata?: { next_cursor?: string } };

const PAGE = '200';

/** Slack as one process of the bot looks back at it: every page may fail, or be the last thing the process sees. */
export const readerOf = (workspace: Workspace, process: Process, { faults, timeline }: Ground): Reader => {
  const read = async (method: string, args: Record<string, unknown>): Promise<Answer> => {
    const answered = process.clockCheck.watch();
    await process.pass('crash before a call to Slack');
    if (faults.strikes('slack: not read')) throw new Unavailable('Slack cannot be reached');
    const answer = workspace.call(method, workspace.bot.token, args).body as Answer;
    answered(dateAt(timeline));
    if (!answer.ok) throw new Refused(`Slack refused to be read: ${answer.error}`, { cause: answer.error });
    return answer;
  };

  async function* pages<Item>(method: string, field: string, args: Record<string, unknown>): AsyncGenerator<Item[]> {
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const answer: Answer = await read(method, { ...args, limit: PAGE, ...(cursor ? { cursor } : {}) });
      yield answer[field] as Item[];
      cursor = answer.response_metadata?.next_cursor || undefined;
    }
  }

  return {
    whoAmI: async () => ({ user: workspace.bot.id, scopes: [] }),
    channel: async () => ({ member: true, archived: false }),
    history: (channel, oldest, latest) =>
      pages<HistoryMessage>('conversations.history', 'messages', {
        channel,
        oldest,
        latest,
        inclusive: 'true',
        include_all_metadata: 'true',
      }),
    thread: async (channel, ts) => {
      const all: HistoryMessage[] = [];
      try {
        const thread = { channel, ts, include_all_metadata: 'true' };
        for await (const page of pages<HistoryMessage>('conversations.replies', 'messages', thread)) all.push(...page);
      } catch (error) {
        if (error instanceof Refused && error.cause === 'thread_not_found') return undefined;
        throw error;
      }
      return all;
    },
    reactions: async (channel, timestamp) => {
      const { message } = await read('reactions.get', { channel, timestamp, full: 'true' });
      return reactedOf(message as Record<string, unknown>);
    },
    members: async (channel) => {
      const all: string[] = [];
      for await (const page of pages<string>('conversations.members', 'members', { channel })) all.push(...page);
      return all;
    },
    profile: async (user) => {
      const { user: found } = (await read('users.info', { user })) as {
        user?: { is_bot: boolean; profile: { display_name: string; real_name: string } };
      };
      if (!found) return undefined;
      const name = found.profile.display_name || found.profile.real_name;
      return { name, bot: found.is_bot, ...(ZONES[user] ? { tz: ZONES[user] } : {}) };
    },
  };
};
