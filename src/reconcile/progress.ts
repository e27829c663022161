import { compareTs, type Ts } from '../events/timestamp.ts';
import type { Month } from '../events/week.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { HistoryMessage, Reader } from '../slack/reader.ts';
import { emptyResult, type Reconciled } from './result.ts';

/** How far a window of the history, which Slack shows newest first, was read: what is at `before` or older was not, unless it is `read` to its end. */
export interface Pages {
  before?: Ts;
  read?: true;
}

/** What became of a thread: it is to be read, was read (or is no more), or cannot be. */
export type ThreadState = 'waits' | 'read' | 'unread';

/** How far the comparison of a month has come. */
export interface MonthProgress {
  /** Dates what contradicts the log. It lies before all that was read of this month, in whichever portion. */
  readAt: Ts;
  /** How many messages of it the log held when it was begun. */
  known: number;
  pages: Pages;
  threads: Record<Ts, ThreadState>;
  /** All that Slack has shown and that was compared. */
  shown: Record<Ts, true>;
}

/** What a comparison has found out, but for the events: these are in the log. */
export type Findings = Omit<Reconciled, 'found' | 'unfolded'>;

/** How far a comparison has come, as JSON: enough for another process to go on. It holds no text. */
export interface Progress {
  /** How many steps were done. Whoever does none makes no progress. */
  steps: number;
  findings: Findings;
  /** The results that another bot announced, by month: when. `latest`: up to then this month is looked through. */
  announced: { latest: Ts; pages: Pages; found: Record<Month, Ts>; done?: true };
  /** The oldest message that Slack has shown: what is older may only be hidden. */
  oldest?: Ts;
  months: Record<Month, MonthProgress | 'done'>;
  people: {
    readAt?: Ts /** Whose names are still to be asked for, once the list of members was compared. */;
    nameless?: string[];
  };
}

/** A comparison of which nothing is done yet. */
export const beginProgress = (months: Month[], latest: Ts): Progress => {
  const { found: _, unfolded: __, ...findings } = emptyResult(months);
  return { steps: 0, findings, announced: { latest, pages: {}, found: {} }, months: {}, people: {} };
};

/** A month of which nothing is read yet. The threads of which the log knows replies are read whatever the history shows. */
export const beginMonth = (ledgers: readonly Ledger[], readAt: Ts): MonthProgress => {
  const threads: MonthProgress['threads'] = {};
  for (const { messages } of ledgers)
    for (const { thread, deleted } of Object.values(messages)) if (thread && !deleted) threads[thread] = 'waits';
  const known = ledgers.reduce((count, { messages }) => count + Object.keys(messages).length, 0);
  return { readAt, known, pages: {}, threads, shown: {} };
};

/** The pages of a window that were not read yet. A page counts as read when whoever reads asks for the next one. */
export async function* unreadPages(
  reader: Reader,
  channel: string,
  [oldest, latest]: [oldest: Ts, latest: Ts],
  pages: Pages,
): AsyncGenerator<HistoryMessage[]> {
  if (pages.read) return;
  for await (const page of reader.history(channel, oldest, pages.before ?? latest)) {
    yield page;
    for (const { ts } of page) if (!pages.before || compareTs(ts, pages.before) < 0) pages.before = ts;
  }
  pages.read = true;
}
