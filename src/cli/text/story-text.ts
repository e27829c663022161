/** Where a message is: in the channel, in a thread, or in that of a weekly post, by its label. */
export type Place = { in: 'channel' | 'thread' } | { in: 'week'; label: string };

/**
 * How `til replay` tells what happened, in one language. Everything that is passed on is harmless on a terminal. `who`: somebody as
 * `person`, `bot`, `app` or `somebody` calls them; `message` and `what`: a noun that this made.
 */
export interface StoryText {
  person(name: string): string;
  bot: string;
  app: string;
  somebody: string;
  unknownKind(kind: string): string;
  weeklyPost(label: string): string;
  message(who: string, place: Place, link: string | undefined): string;
  unknownMessage: string;
  unknownLink: string;
  said(words: string, isNew: boolean): string;
  weekly(who: string, post: string, isNew: boolean): string;
  posted(who: string, place: Place, links: string): string;
  edited(who: string, place: Place, links: string): string;
  deleted(message: string): string;
  reacted(who: string, name: string, message: string): string;
  tookBack(who: string, name: string, message: string): string;
  joined(who: string): string;
  left(who: string): string;
  named(name: string): string;
  closed(month: string, challengers: number, special: string): string;
  sending(what: string, attempt: number): string;
  sent(what: string): string;
  refused(what: string, isFinal: boolean, reason: string): string;
  unsent(what: string, reason: string): string;
  admin: string;
  /** `isRest` undefined: the rules decide. */
  rested(who: string, week: string, isRest: boolean | undefined, reason: string | undefined): string;
  extended(who: string, week: string, until: string | undefined): string;
  excused(who: string, user: string, week: string, isExcused: boolean): string;
  planned: Record<'write' | 'rest' | 'none', (who: string, week: string) => string>;
  ruled(
    who: string,
    verdict: 'accept' | 'reject' | 'none',
    message: string,
    week: string | undefined,
    note: string | undefined,
  ): string;
  set(who: string, key: string, value: string): string;
  /** What the bot sends, as a noun. `isChange`: new words for what stands there. */
  effects: {
    unknown: string;
    weekOpen(label: string, isChange: boolean): string;
    participation(message: string, does: 'announce' | 'withdraw' | 'change'): string;
    like(who: string, message: string): string;
    /** `why`: such as `no link`. */
    hint(who: string, why: string | undefined, message: string): string;
    catchUp(until: string, isChange: boolean): string;
    digest(label: string, isChange: boolean): string;
    monthResult(month: string): string;
    remind(who: string): string;
    note(who: string): string;
    comeback(who: string): string;
    firststep(who: string): string;
    /** `who` undefined: an admin whose name nobody knows. */
    alarm(who: string | undefined, code: string): string;
  };
  /** The tables of a month, and what stands under them. */
  weekHeads: readonly [week: string, posts: string, participants: string, likes: string, late: string];
  memberHeads: readonly [member: string, weeks: string, posts: string, likes: string];
  special: string;
  challenger: string;
  announced(challengers: number): string;
}
