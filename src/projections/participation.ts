import { compareTs, type Ts } from '../events/timestamp.ts';
import { type Month, monthOf, type Week, weeksOf } from '../events/week.ts';
import type { Rules } from './challenge.ts';
import { extensionsIn, isInTime, ownOf } from './extension.ts';
import type { Ledger } from './ledger.ts';
import { type Content, isSpoken, type Message } from './message.ts';
import { judge, type Reply, type Spoken } from './reply.ts';
import { ruleRests } from './rest-weeks.ts';
import { isBot, joined, type Roster } from './roster.ts';
import { addressesEver, worthOf } from './worth.ts';

export type { Reply } from './reply.ts';

/**
 * What the ledgers of one month say under some rules. Everything about a month's weeks lies in these ledgers, and, when its last week was
 * extended, in that of the next week.
 */
export interface MonthReading {
  month: Month;
  /** The open weeks, ascending, with the ts of their weekly posts, ascending. */
  weeklyPosts: Map<Week, Ts[]>;
  /** The weeks of rest, open or not. */
  resting: ReadonlySet<Week>;
  /** By week, for whom not having written is no miss. */
  excused: ReadonlyMap<Week, ReadonlySet<string>>;
  /** All replies, counted or not, by ts. */
  replies: Reply[];
  /** Users who are bots. */
  bots: ReadonlySet<string>;
}

/** A top-level message that opens its week: the bot's own by its mark, any bot's or an organizer's by its title. */
export const isWeeklyPost = (message: Message, rules: Rules): boolean =>
  !message.deleted && wasWeeklyPost(message, rules);

/** A weekly post, or one that was until somebody deleted it. */
const wasWeeklyPost = (message: Message, rules: Rules): boolean => {
  if (message.thread || !message.author) return false;
  if (message.bot) return message.mark !== undefined || message.content?.title !== undefined;
  return message.content?.title !== undefined && rules.organizers.includes(message.author);
};

/** The open weeks of a month, with their weekly posts. */
export const weeklyPostsOf = (ledgers: readonly Ledger[], rules: Rules): Map<Week, Ts[]> => {
  const weeks = new Map<Week, Ts[]>();
  for (const { week, messages } of ledgers) {
    const posts = outsideThreads(messages).filter(([, message]) => isWeeklyPost(message, rules));
    if (posts.length > 0) weeks.set(week, posts.map(([ts]) => ts).sort(compareTs));
  }
  return weeks;
};

/** The messages in no thread, of which there are few: only they can be weekly posts. A table of messages is replaced and never changed. */
const outsideThreads = (messages: Ledger['messages']): readonly (readonly [Ts, Message])[] => {
  let found = outside.get(messages);
  if (!found) outside.set(messages, (found = Object.entries(messages).filter(([, { thread }]) => !thread)));
  return found;
};

const outside = new WeakMap<Ledger['messages'], readonly (readonly [Ts, Message])[]>();

/** The week in whose thread a message is, if it is in that of a weekly post of these ledgers. */
export const weekOfThread = (thread: Ts, ledgers: readonly Ledger[], rules: Rules): Week | undefined =>
  threadsOf(ledgers, weeklyPostsOf(ledgers, rules), rules).get(thread);

/**
 * The threads in which one takes part, by their parents, and the weeks these belong to. When a deleted weekly post was replaced, what was
 * said under it is said under a weekly post that stands.
 */
const threadsOf = (ledgers: readonly Ledger[], openWeeks: ReadonlyMap<Week, Ts[]>, rules: Rules): Map<Ts, Week> => {
  const threads = new Map<Ts, Week>();
  for (const { week, messages } of ledgers) {
    if (!openWeeks.has(week)) continue;
    for (const [ts, message] of outsideThreads(messages)) if (wasWeeklyPost(message, rules)) threads.set(ts, week);
  }
  return threads;
};

/** Users who are bots, as far as these ledgers know. */
export const botsIn = (ledgers: readonly Ledger[]): ReadonlySet<string> => {
  const tables = ledgers.map(({ people }) => people);
  const [first = {}] = tables;
  const last = botsOf.get(first);
  if (last?.tables.length === tables.length && tables.every((table, position) => table === last.tables[position]))
    return last.bots;
  const people = joined(tables);
  const bots = new Set(['USLACKBOT', ...Object.keys(people).filter((user) => isBot(user, people[user]))]);
  botsOf.set(first, { tables, bots });
  return bots;
};

/** By the first of some tables of people, which are replaced and never changed. */
const botsOf = new WeakMap<Roster, { tables: readonly Roster[]; bots: ReadonlySet<string> }>();

/**
 * Reads the ledgers of one month (in order of weeks) under rules; of the replies, only those in `only` when it is given. Of the ledger of
 * the week into which the month was extended, if it is among them, only replies that are in time count.
 */
export const readMonth = (
  month: Month,
  ledgers: readonly Ledger[],
  rules: Rules,
  only?: ReadonlySet<Ts>,
): MonthReading => {
  const own = ownOf(month, ledgers);
  const weeklyPosts = weeklyPostsOf(own, rules);
  const bots = botsIn(ledgers);
  const extensions = extensionsIn(own);
  // Where an address counts once, what a reply is worth depends on all before it.
  const asked = rules.repeats === 'count' ? only : undefined;
  const end = extensions.get(weeksOf(month).at(-1) as Week);
  const isOurs = ({ week, writtenIn, ts, message: { ruling } }: Spoken): boolean =>
    monthOf(writtenIn) === month ||
    isInTime(ts, extensions.get(week)) ||
    (ruling?.verdict === 'accept' && ruling.week === week && isInTime(ts, end));
  const spoken = spokenIn(month, ledgers, weeklyPosts, rules, bots, asked).filter(isOurs);
  const taken = new Set<string>();
  const replies = spoken.map((each) => judge(each, rules, bots, taken, extensions.get(each.week)));
  return {
    month,
    weeklyPosts,
    resting: restingIn(month, own, rules),
    excused: new Map(own.map(({ week, excuses }) => [week, excusedBy(excuses)])),
    replies: only ? replies.filter(({ ts }) => only.has(ts)) : replies,
    bots,
  };
};

/** The weeks of rest of a month: by somebody's word, else by the rules. */
const restingIn = (month: Month, ledgers: readonly Ledger[], rules: Rules): Set<Week> =>
  new Set(
    weeksOf(month).filter((week) =>
      isResting(
        week,
        ledgers.find((ledger) => ledger.week === week),
        rules,
      ),
    ),
  );

/** Whether a week is one of rest: by somebody's word in its ledger, else by the rules. */
export const isResting = (
  week: Week,
  ledger: Pick<Ledger, 'rested'> | undefined,
  { rest }: Pick<Rules, 'rest'>,
): boolean => ledger?.rested?.rest ?? ruleRests(rest, week);

const excusedBy = (excuses: Ledger['excuses']): Set<string> =>
  new Set(Object.entries(excuses ?? {}).flatMap(([user, { excused }]) => (excused ? [user] : [])));

/** What people said for a week, in the order in which they said it: in its thread, or wherever an admin accepted it. */
const spokenIn = (
  month: Month,
  ledgers: readonly Ledger[],
  weeklyPosts: ReadonlyMap<Week, Ts[]>,
  rules: Rules,
  bots: ReadonlySet<string>,
  asked: ReadonlySet<Ts> | undefined,
): Spoken[] => {
  const threads = threadsOf(ledgers, weeklyPosts, rules);
  const exclude = new Set(rules.exclude);
  const spoken: Spoken[] = [];
  for (const { week: writtenIn, messages } of ledgers) {
    for (const ts of asked ?? Object.keys(messages)) {
      const message = messages[ts];
      if (!message) continue;
      const ofThread = message.thread ? threads.get(message.thread) : undefined;
      const week =
        message.ruling?.verdict === 'accept'
          ? acceptedFor(message, month, writtenIn, ofThread, weeklyPosts, rules)
          : ofThread;
      if (!week || !isSaidByPerson(message, bots) || exclude.has(message.author ?? '')) continue;
      spoken.push({ ts, message, week, writtenIn });
    }
  }
  return spoken.sort((left, right) => compareTs(left.ts, right.ts));
};

/**
 * The open week of a month for which an accepted message counts: the one that was named, if it is of this month; else that of its thread;
 * else, of a message outside any thread, the one in which it was written.
 */
const acceptedFor = (
  message: Message,
  month: Month,
  writtenIn: Week,
  ofThread: Week | undefined,
  weeklyPosts: ReadonlyMap<Week, Ts[]>,
  rules: Rules,
): Week | undefined => {
  const named = message.ruling?.week;
  const isNamedHere = named !== undefined && monthOf(named) === month;
  // Accepted for a week of the month in which it was written, or of the one before, which was extended: it is no other month's.
  if (named && !isNamedHere && (monthOf(writtenIn) !== month || monthOf(named) < month)) return undefined;
  const week = isNamedHere ? named : (ofThread ?? (message.thread ? undefined : writtenIn));
  return week && weeklyPosts.has(week) && !wasWeeklyPost(message, rules) ? week : undefined;
};

/** Something that a person said, not an app for them, and that still stands. */
export const isSaidByPerson = (
  message: Message,
  bots: ReadonlySet<string>,
): message is Message & { author: string; content: Content } => {
  const { deleted, bot, author, content } = message;
  if (deleted || bot || !author || !content || bots.has(author)) return false;
  return isSpoken(content.subtype);
};

/** Whether a message has a link that could make it a participation. */
export const hasAcceptedLink = ({ content }: Message, rules: Rules): boolean =>
  content !== undefined && typeof worthOf(content, rules, new Set()) !== 'string';

/** These messages, and those that lead to what one of them leads or ever led to: which of them counts, they decide among themselves. */
export const withRepeats = (ledgers: readonly Ledger[], about: ReadonlySet<Ts>): ReadonlySet<Ts> => {
  const all = ledgers.flatMap(({ messages }) => Object.entries(messages));
  const addresses = new Set(all.flatMap(([ts, message]) => (about.has(ts) ? addressesEver(message) : [])));
  if (addresses.size === 0) return about;
  const repeats = all.filter(([, message]) => addressesEver(message).some((address) => addresses.has(address)));
  return new Set([...about, ...repeats.map(([ts]) => ts)]);
};
