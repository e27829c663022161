import type { Event } from '../events/catalog.ts';
import { compareTs, type Ts } from '../events/timestamp.ts';
import { calendarOf, type Month, plusMonths, type Week, weeksOf } from '../events/week.ts';
import type { Ledger } from '../projections/ledger.ts';
import { type HistoryMessage, type Reader, reactedOf } from '../slack/reader.ts';
import { deletionOf, lackingAbout, type SlackReading } from './differences.ts';
import { beginMonth, type MonthProgress, type Progress, unreadPages } from './progress.ts';
import { type Run, readAtNow, stepDone } from './run.ts';
import { isOfOne } from './skipped.ts';
import { remember, unfoldedIn } from './week-memory.ts';

/**
 * Compares all that Slack shows of a month with the log: its history, the threads that begin in it and those that the log knew replies of.
 * What Slack shows is compared as it is read; what is missing, when all of it was read.
 */
export const compareMonth = async (run: Run, month: Month): Promise<void> => {
  const { challenge, ports, progress, skip } = run;
  const memory = remember(challenge, ports.log, skip, (ledger, events) => noteUnfolded(run, ledger, events));
  const ledgers = await Promise.all(weeksOf(month).map(memory.ledger));
  const begun = progress.months[month];
  if (begun === 'done') return;
  const at = begun ?? beginMonth(ledgers, readAtNow(run));
  progress.months[month] = at;
  const reading = { channel: challenge.channel, readAt: at.readAt, skip };
  const compare = (messages: readonly HistoryMessage[]) => compareShown(run, messages, at, memory, reading);
  await compareHistory(run, month, at, compare);
  await compareThreads(run, at, compare);
  const gone = goneFrom(ledgers, at, progress);
  const isHidden = looksHidden(gone, at) && !run.options.yes;
  if (isHidden) progress.findings.doubtful.push({ month, messages: gone });
  progress.months[month] = 'done';
  stepDone(run, isHidden ? [] : gone.map((ts) => deletionOf(ts, reading)));
};

const noteUnfolded = async (run: Run, ledger: Ledger, events: readonly Event[]): Promise<void> => {
  const { options, result, rehearsed, stored } = run;
  const unfolded = options.dryRun ? await unfoldedIn(ledger, events, rehearsed, stored) : [];
  if (unfolded.length > 0) result.unfolded.set(ledger.week, unfolded);
};

type Compare = (messages: readonly HistoryMessage[]) => Promise<void>;

const compareHistory = async (
  { challenge: { channel, timeZone }, ports, progress }: Run,
  month: Month,
  { pages, threads }: MonthProgress,
  compare: Compare,
): Promise<void> => {
  const calendar = calendarOf(timeZone);
  const start = calendar.instant(weeksOf(month)[0] as Week, 0, 0, 0);
  const end = calendar.instant(weeksOf(plusMonths(month, 1))[0] as Week, 0, 0, 0);
  for await (const page of unreadPages(ports.reader, channel, [`${start}.000000`, `${end - 1}.999999`], pages)) {
    for (const message of page) {
      if (Number(message['reply_count']) > 0) threads[message.ts] ??= 'waits';
      if (!progress.oldest || compareTs(message.ts, progress.oldest) < 0) progress.oldest = message.ts;
    }
    await compare(page);
  }
};

const compareThreads = async (run: Run, { threads }: MonthProgress, compare: Compare): Promise<void> => {
  const { challenge, ports, skip } = run;
  const waiting = Object.keys(threads).filter((thread) => threads[thread] === 'waits');
  for (const thread of waiting.sort(compareTs)) {
    let state: 'read' | 'unread' = 'read';
    const messages = await ports.reader.thread(challenge.channel, thread).catch((error: unknown) => {
      if (!isOfOne(error)) throw error;
      skip(`thread ${thread}`, error.message);
      state = 'unread';
      return undefined;
    });
    await compare(messages ?? []);
    threads[thread] = state;
    stepDone(run);
  }
};

/** Compares messages that were not compared before. */
const compareShown = async (
  run: Run,
  messages: readonly HistoryMessage[],
  { shown }: MonthProgress,
  memory: ReturnType<typeof remember>,
  reading: SlackReading,
): Promise<void> => {
  const { findings } = run.progress;
  for (const message of messages) {
    const { ts } = message;
    if (shown[ts]) continue;
    const { message: whole, unnamed } = await withAllReactions(message, reading.channel, run.ports.reader, run.skip);
    const lacking = lackingAbout(whole, await memory.known(ts), reading);
    shown[ts] = true;
    findings.unnamed += unnamed;
    findings.messages += 1;
    stepDone(run, lacking);
  }
};

/** The message with every user of its reactions; where Slack names too few, it is asked once more. `unnamed`: reactions that still lack some. */
const withAllReactions = async (
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
 * in which thread to look, and only of threads that were read what is not in them; and what is older than all that Slack shows, or lies in
 * a thread that is, may only be hidden.
 */
const goneFrom = (
  ledgers: readonly Ledger[],
  { shown, threads, readAt }: MonthProgress,
  { oldest }: Progress,
): Ts[] => {
  const isVisible = (ts: Ts): boolean => oldest !== undefined && compareTs(ts, oldest) > 0;
  return ledgers
    .flatMap(({ messages }) => Object.entries(messages))
    .filter(([ts, { deleted, content }]) => content && !deleted && !shown[ts] && compareTs(ts, readAt) < 0)
    .filter(([ts, { thread }]) => (thread ? threads[thread] === 'read' : threads[ts] !== 'unread'))
    .filter(([ts, { thread }]) => isVisible(ts) && (thread === undefined || thread === oldest || isVisible(thread)))
    .map(([ts]) => ts);
};

/** More deletions than this in a month, and more than a quarter of it, look like a history that Slack hides, not like deletions. */
const MANY_DELETIONS = 3;

/** Whether so many of a month's messages are gone that Slack is more likely hiding them. */
const looksHidden = (gone: readonly Ts[], { known }: MonthProgress): boolean =>
  gone.length > MANY_DELETIONS && gone.length * 4 > known;
