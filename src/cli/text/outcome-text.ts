/** What has come of opening a week. */
export type WeekOutcome = 'open already' | 'would post' | 'posted' | 'left to the server' | 'waits' | 'refused';

/** What became of a weekly post before. */
export type WeekPast = { was: 'deleted' } | { was: 'refused' | 'skipped'; reason: string };

/** What `til open-week` says, in one language. Reasons are harmless on a terminal. */
export interface WeekText {
  says: Record<Exclude<WeekOutcome, 'would post' | 'refused'>, string>;
  /** `again`: why it is said once more. */
  wouldPost(again: string | undefined): string;
  refused(reason: string): string;
  past: { deleted: string; refused(reason: string): string; skipped(reason: string): string };
}

/** What has come of closing a month. */
export type MonthOutcome =
  | 'nothing to close'
  | 'frozen already'
  | 'dry run'
  | 'left to the server'
  | 'waits'
  | 'frozen'
  | 'announced'
  | 'not announced'
  | 'refused';

/** What `til close-month` says, in one language. */
export interface MonthText {
  /** The beginning, after which more may come. */
  says: Record<Exclude<MonthOutcome, 'not announced' | 'refused'>, string>;
  /** A reason of the log's, as a person reads it. */
  reason(reason: string): string;
  notAnnounced(why: string): string;
  refused(why: string): string;
  /** With the option --announce it is said all the same. */
  flag: string;
  notOver: string;
  nothingLeft: string;
  wouldKeepSilent(isFrozen: boolean, why: string): string;
  wouldAnnounce(isFrozen: boolean, before: string | undefined): string;
  frozenAt(time: string): string;
  nobody: string;
  /** The heads of the table of challengers. */
  heads: readonly [challenger: string, likes: string];
  special: string;
  missedOne(names: string): string;
  readers(names: string): string;
}

/** What has come of an admin's choice. */
export type ChoiceOutcome =
  | 'would change'
  | 'changed'
  | 'nothing to change'
  | 'refused'
  | 'left to the server'
  | 'waits';

/** A message: whose it is, when it was written, where it leads. */
export interface MessageShown {
  author: string | undefined;
  time: string;
  ts: string;
  url: string | undefined;
}

/** What the commands of an admin's choices say, in one language. Names are harmless on a terminal; a week is said by its label. */
export interface ChoiceText {
  says: Record<ChoiceOutcome, string>;
  noCount: string;
  undo(command: string): string;
  message(shown: MessageShown): string;
  unknownLink: string;
  verdict: Record<'accept' | 'reject', (week: string | undefined) => string> & { none: string };
  rest(isRest: boolean): string;
  asConfigured(rest: string): string;
  excused(who: string, id: string, week: string, isExcused: boolean): string;
  extended(until: string, isExtended: boolean): string;
  post(who: string, time: string, before: string, after: string): string;
  week(label: string, isLate: boolean): string;
  noWeek: string;
  lists: Record<'challengers' | 'special' | 'finishers', (month: string) => string>;
  /** How many people are on a list, before and after. */
  turned(before: number, after: number): string;
  closed(month: string): string;
  /** Somebody's run in weeks, before and after. */
  run(who: string, current: readonly [number, number], longest: readonly [number, number] | undefined): string;
  notYetOpen: string;
  /** Of a week that is over, and never had a weekly post. */
  neverOpen: string;
  /** Why it is refused, and what can be done. */
  refused: Record<'unknown' | 'deleted' | 'by an app' | 'weekly post' | 'wordless' | 'takes no part', string> & {
    /** `chosen`: the week that was named, and its month. */
    otherMonth(month: string, chosen: { week: string; month: string } | undefined): string;
    noWeek(month: string): string;
    notOpen(week: string): string;
    past(until: string): string;
    overtaken(at: string): string;
    closed(month: string): string;
  };
}
