import { compareTs, type Ts } from '../events/timestamp.ts';
import { calendarOf, type Month, plusMonths, type Week, weeksOf } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { type HistoryMessage, type Reader, reactedOf } from '../slack/reader.ts';
import type { SlackReading } from './differences.ts';
import { isOfOne } from './skipped.ts';

/** The oldest message that Slack has shown: what is older may only be hidden. */
export interface Horizon {
  oldest?: Ts;
}

/** What was read of a month; of the threads `unread`, nothing is known. */
export interface SlackMonth {
  shown: Map<Ts, HistoryMessage>;
  unread: Set<Ts>;
}

/** Everything that Slack shows of a month, with the threads that begin in it and those that the log knows replies of. */
export const readSlackMonth = async (
  { channel, timeZone }: Challenge,
  month: Month,
  ledgers: readonly Ledger[],
  reader: Reader,
  horizon: Horizon,
  skip: (what: string, reason: string) => void,
): Promise<SlackMonth> => {
  const calendar = calendarOf(timeZone);
  const start = calendar.instant(weeksOf(month)[0] as Week, 0, 0, 0);
  const end = calendar.instant(weeksOf(plusMonths(month, 1))[0] as Week, 0, 0, 0);
  const shown = new Map<Ts, HistoryMessage>();
  const threads = new Set<Ts>();
  for await (const page of reader.history(channel, `${start}.000000`, `${end - 1}.999999`)) {
    for (const message of page) {
      shown.set(message.ts, message);
      if (Number(message['reply_count']) > 0) threads.add(message.ts);
      if (!horizon.oldest || compareTs(message.ts, horizon.oldest) < 0) horizon.oldest = message.ts;
    }
  }
  for (const { messages } of ledgers)
    for (const { thread, deleted } of Object.values(messages)) if (thread && !deleted) threads.add(thread);
  const unread = new Set<Ts>();
  for (const thread of [...threads].sort(compareTs)) {
    const messages = await reader.thread(channel, thread).catch((error: unknown) => {
      if (!isOfOne(error)) throw error;
      skip(`thread ${thread}`, error.message);
      unread.add(thread);
      return undefined;
    });
    for (const message of messages ?? []) shown.set(message.ts, message);
  }
  return { shown, unread };
};

/** The message with every user of its reactions; where Slack names too few, it is asked once more. `unnamed`: reactions that still lack some. */
export const withAllReactions = async (
  message: HistoryMessage,
  channel: string,
  reader: Reader,
  skip: (what: string, reason: string) => void,
): Promise<{ message: HistoryMessage; unnamed: number }> => {
  const lacksUsers = (reactions: ReturnType<typeof reactedOf>) =>
    reactions.filter(({ users, count }) => users.length < count).length;
  const unnamed = lacksUsers(reactedOf(message));
  if (unnamed === 0) return { message, unnamed };
  try {
    const reactions = await reader.reactions(channel, message.ts);
    return { message: { ...message, reactions }, unnamed: lacksUsers(reactions) };
  } catch (error) {
    if (!isOfOne(error)) throw error;
    skip(`reactions of ${message.ts}`, error.message);
    return { message, unnamed };
  }
};

/**
 * What the log holds of this month and Slack, which was read to the end, shows no more. Only of messages that were read about is it known
 * in which thread to look; and what is older than all that Slack shows, or lies in a thread that is, may only be hidden.
 */
export const goneFrom = (
  ledgers: readonly Ledger[],
  { shown, unread }: SlackMonth,
  { readAt }: SlackReading,
  { oldest }: Horizon,
): Ts[] => {
  const isVisible = (ts: Ts): boolean => oldest !== undefined && compareTs(ts, oldest) > 0;
  return ledgers
    .flatMap(({ messages }) => Object.entries(messages))
    .filter(([ts, { deleted, content }]) => content && !deleted && !shown.has(ts) && compareTs(ts, readAt) < 0)
    .filter(([ts, { thread }]) => !unread.has(thread ?? ts))
    .filter(([ts, { thread }]) => isVisible(ts) && (thread === undefined || thread === oldest || isVisible(thread)))
    .map(([ts]) => ts);
};

/** More deletions than this in a month, and more than a quarter of it, look like a history that Slack hides, not like deletions. */
const MANY_DELETIONS = 3;

/** Whether so many of a month's messages are gone that Slack is more likely hiding them. */
export const looksHidden = (gone: readonly Ts[], ledgers: readonly Ledger[]): boolean => {
  const all = ledgers.reduce((count, { messages }) => count + Object.keys(messages).length, 0);
  return gone.length > MANY_DELETIONS && gone.length * 4 > all;
};
