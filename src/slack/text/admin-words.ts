import type { Verdict } from '../../handlers/admin-command.ts';
import type { Refusal } from '../../handlers/choice-refusal.ts';

/** What the bot says to admins, as functions of what is already safe to show. One object per language. `command`: `/til 운영`, `/til admin`. */
export interface AdminWords {
  notAdmin: string;
  elsewhere: string;
  where(channels: readonly string[]): string;
  /** Said before the rest, of the challenge that was taken to be meant. */
  taken(channel: string): string;
  help(command: string): string[];
  usage: string;
  mention(command: string, week: string): string;
  shorter: string;
  said: string;
  undo: string;
  work: string;
  verbs: Record<'rest' | 'excuse' | 'extend' | 'accept' | 'reject', string>;
  ruled: Record<Verdict, string>;
  rested(week: string, rest: boolean | undefined, reason: string | undefined): string;
  excused(who: string, week: string, excused: boolean): string;
  extended(week: string, until: string | undefined): string;
  post(who: string, before: string | undefined, after: string | undefined): string;
  late: string;
  challengers(month: string, before: number, after: number): string;
  unchanged: string;
  backByShortcut(title: string): string;
  backByCommand(line: string): string;
  refused(command: string): Record<Refusal['why'], string>;
  openAlready: string;
  opening: string;
  nothingToClose(month: string): string;
  closedAlready(month: string): string;
  notOver(month: string, until: string): string;
  sure(month: string, isSilent: boolean): string;
  closeNow(month: string): string;
  closing(month: string, isSilent: boolean): string;
  /** Six lines; each part undefined where it could not be looked at. */
  heard(at: string | undefined, isNever: boolean): string;
  queue(jobs: number | undefined, seconds: number): string;
  deadLetters(count: number | undefined): string;
  clock(isRight: boolean | undefined, seconds: number): string;
  storage(isFine: boolean | undefined): string;
  schedule(overdue: readonly ('week.open' | 'month.result' | 'digest')[] | undefined, command: string): string;
}
