/** What is said of something that cannot be done as it was asked: what, expected, got, where. What was got is harmless on a terminal. */
export interface ErrorText {
  /** An error of what lies below the commands, or a wrong usage, by its message in English; that itself, where there are no other words. */
  trouble(message: string): string;
  language(got: string): string;
  week(what: string, got: string): string;
  month(got: string): string;
  time(option: string, got: string): string;
  wait(got: string): string;
  unknownChannel(known: string, got: string): string;
  whichChannel(known: string): string;
  noLog(address: string): string;
  /** Two options that contradict each other. */
  both(first: string, second: string): string;
  length(option: string, got: number): string;
  message(got: string): string;
  otherChannel(channel: string, got: string): string;
  hours(most: number, got: string): string;
  noHours: string;
  notOver(month: string, until: string): string;
  several(name: string): string;
  nobody(name: string): string;
  /** An id that nobody in the log has. `near`: those that are like it; empty for none. */
  unseen(id: string, near: string): string;
  /** The heads of the table of those who may be meant. */
  people: readonly [id: string, name: string];
  configured(file: string): string;
  nobodyToAsk: string;
  /** A folder that cannot be the page's: another of the program's is it, or in it or around it; or it holds a file that people keep. */
  pagePlace: Record<'apart' | 'holds', (folder: string, what: string) => string>;
  /** A folder that an option names lies in one of the program's own. */
  outside(option: string, folder: string, own: string): string;
  unwritable(file: string, code: string): string;
}
