import type { EventOf } from '../../events/catalog.ts';
import type { SettingKey } from '../../handlers/command.ts';

/** The sentences with which the bot answers a person, as functions of what is already safe to show. One object per language. */
export interface ReplyWords {
  /** `between`: so many written weeks let one week off keep a run; undefined where none does. */
  planned(between: number | undefined): Record<EventOf<'week.planned'>['plan'], string>;
  /** By `<key>.<value>`; `command` is the slash command. */
  set(command: string): Record<string, string>;
  /** Of a setting that was switched on, where the challenge sends nothing of its kind. */
  notSent: string;
  over(label: string, command: string): string;
  overtaken: string;
  values(command: string, key: SettingKey, values: readonly string[]): string;
  notUnderstood: string;
  help(command: string): string[];
  where(channels: readonly string[]): string;
  /** Said before the rest where somebody spoke outside of the challenge's channel. */
  elsewhere(channel: string): string;
}
