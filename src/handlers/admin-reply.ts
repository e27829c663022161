import type { Choice } from '../events/choices.ts';
import { secondsOf, type Ts } from '../events/timestamp.ts';
import { calendarOf, type Month, plusWeeks, type Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { MonthDifference } from '../projections/month-difference.ts';
import type { AdminVerb, AdminWish, Verdict } from './admin-command.ts';
import { standing } from './choice.ts';
import type { Refusal } from './choice-refusal.ts';

/** What an admin chooses for the challenge. */
export type AdminChoice = Exclude<Choice, { kind: 'week.planned' | 'member.set' }>;

/** How a choice is taken back in Slack: by a message's shortcut, or by what is typed behind `/til admin`. */
export type WayBack =
  | { shortcut: Verdict }
  | { verb: AdminVerb; words: readonly ({ is: 'undo' | 'work' } | { is: 'word'; text: string })[] };

/** How the bot is; a field is missing where it could not be looked at. */
export interface Status {
  heard?: Ts | 'never';
  queue?: { jobs: number; seconds: number };
  deadLetters?: number;
  clock?: { isRight: boolean; seconds: number };
  storage?: 'ok' | 'unreadable';
  overdue?: readonly ('week.open' | 'month.result' | 'digest')[];
}

/** What an admin is told, or somebody who is none. */
export type AdminReply =
  | { says: 'not admin' | 'elsewhere' | 'help' | 'shorter' | 'said' | 'open already' | 'opening' }
  | { says: 'where'; channels: readonly string[] }
  | { says: 'usage'; verb: AdminVerb }
  | { says: 'mention'; week: Week }
  | { says: 'chosen'; choice: AdminChoice; changes: readonly (MonthDifference & { month: Month })[]; back: WayBack }
  | { says: 'refused'; refusal: Refusal }
  | { says: 'nothing to close' | 'closed already'; month: Month }
  | { says: 'not over'; month: Month; until: Ts }
  /** `isSilent`: it would be frozen and not announced, since it is long over. */
  | { says: 'sure?'; month: Month; isSilent: boolean }
  | { says: 'closing'; month: Month; isSilent: boolean }
  | { says: 'status'; status: Status };

/** The choice that a wish is, by `by`; undefined where it is none. */
export const choiceOfAdmin = (
  wish: AdminWish,
  { channel, timeZone }: Pick<Challenge, 'channel' | 'timeZone'>,
  at: Ts,
  by: string,
): AdminChoice | undefined => {
  const envelope = { v: 1 as const, channel, at, by };
  switch (wish.wants) {
    case 'rule': {
      const { ts, verdict, week } = wish;
      return { ...envelope, kind: 'post.ruled', ts, verdict, ...(week ? { week } : {}) };
    }
    case 'rest': {
      const { wants: _, ...fields } = wish;
      return { ...envelope, kind: 'week.rested', ...fields };
    }
    case 'excuse': {
      const { week, user, excused } = wish;
      return { ...envelope, kind: 'week.excused', week, user, excused };
    }
    case 'extend': {
      const { week, hours } = wish;
      const until = hours === undefined ? {} : { until: `${endOfWeek(timeZone, week) + hours * 3600}.000000` };
      return { ...envelope, kind: 'week.extended', week, ...until };
    }
    default:
      return undefined;
  }
};

/** The first second after a week, since 1970. */
const endOfWeek = (timeZone: string, week: Week): number => calendarOf(timeZone).beginningOf(plusWeeks(week, 1));

/** How a choice is made again as it was. `ledger`: that of the choice's week, as it was or with the choice in it. */
export const wayBack = (choice: AdminChoice, ledger: Ledger | undefined, timeZone: string): WayBack => {
  const own = standing(choice, ledger);
  // Found there already when it comes again: what was before is not known any more.
  const before = own?.at === choice.at ? undefined : ledger;
  if (choice.kind === 'post.ruled') return backFromRuling(choice.ts, before);
  const { week } = choice;
  const word = (text: string) => ({ is: 'word' as const, text });
  const undo = { is: 'undo' as const };
  switch (choice.kind) {
    case 'week.rested': {
      const { rest, reason } = before?.rested ?? {};
      const how = rest ? (reason ? [word(reason)] : []) : [rest === undefined ? undo : { is: 'work' as const }];
      return { verb: 'rest', words: [word(week), ...how] };
    }
    case 'week.excused': {
      const wasExcused = before?.excuses?.[choice.user]?.excused ?? !choice.excused;
      return { verb: 'excuse', words: [word(`<@${choice.user}>`), word(week), ...(wasExcused ? [] : [undo])] };
    }
    case 'week.extended': {
      const until = before?.extended?.until;
      const hours = until && Math.round((secondsOf(until) - endOfWeek(timeZone, week)) / 3600);
      return { verb: 'extend', words: hours ? [word(`${hours}h`), word(week)] : [word(week), undo] };
    }
  }
};

const backFromRuling = (ts: Ts, before: Ledger | undefined): WayBack => {
  const { verdict = 'none', week } = before?.messages[ts]?.ruling ?? {};
  if (verdict === 'none' || week === undefined) return { shortcut: verdict };
  const words = [ts, week].map((text) => ({ is: 'word' as const, text }));
  return { verb: verdict, words };
};
