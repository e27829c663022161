import type { SettingKey } from '../../handlers/command.ts';
import type { MyState } from '../../handlers/my-state.ts';

/** The sentences that tell a person about themselves, as functions of what is already safe to show. One object per language. */
export interface StateWords {
  /** `end`: of an extended week, its month, day, and time of day (`15:00`). */
  deadline(end: { month: number; day: number; time: string } | undefined): string;
  thread: string;
  notOpen: string;
  written(posts: number): string;
  /** Of a week in which nothing was written yet. */
  notYet: string;
  stands: Record<NonNullable<MyState['stands']>, string>;
  run(weeks: number): string;
  lastWeekKept: string;
  mayRest: string;
  monthSoFar(month: string, weeks: number): string;
  /** What each setting is about. */
  keys: Record<SettingKey, string>;
  /** Of the row of squares. */
  legend: string;
  /** Above posts that they have not liked yet. */
  toLike: string;
  /** What leads to a post without a title. */
  untitled: string;
  onlyYou: string;
  /** By `<key>.<value>`. */
  values: Record<string, string>;
}
