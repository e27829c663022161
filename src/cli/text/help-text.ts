/** What a command does, its options by their names, and what else is to be said. */
export interface CommandHelp<Option extends string = never> {
  does: string;
  options: Record<Option, string>;
  after: string;
}

/** What --help says, in one language. */
export interface HelpText {
  program: string;
  after: string;
  afterError: string;
  version: string;
  help: string;
  /** A title of the frame, such as `Options:`. */
  title(title: string): string;
  /** A line of the frame that may hold a default value. */
  line(text: string): string;
  common: Record<'config' | 'json' | 'lang', string>;
  onlyChallenge: string;
  wait: string;
  choice: Record<'yes' | 'channel' | 'after', string>;
  init: CommandHelp<'channel' | 'name' | 'locale' | 'timeZone' | 'rest' | 'admins'>;
  doctor: CommandHelp;
  openWeek: CommandHelp<'dryRun'>;
  closeMonth: CommandHelp<'month' | 'dryRun' | 'yes' | 'announce'>;
  accept: CommandHelp<'message' | 'week' | 'note' | 'undo'>;
  reject: CommandHelp<'message' | 'week' | 'note' | 'undo'>;
  excuse: CommandHelp<'user' | 'week' | 'undo'>;
  restWeek: CommandHelp<'week' | 'reason' | 'work' | 'undo'>;
  extend: CommandHelp<'week' | 'hours' | 'undo'>;
  replay: CommandHelp<'week' | 'month' | 'until' | 'follow'>;
  /** What the commands for operators do, by name, in the list of all; their own words where there are none. */
  others: Readonly<Record<string, string>>;
}
