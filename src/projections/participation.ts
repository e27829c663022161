import { hostAccepted, hostOf } from '../events/links.ts';
import { compareTs, type Ts } from '../events/timestamp.ts';
import type { Month, Week } from '../events/week.ts';
import type { Rules } from './challenge.ts';
import type { Content, Ledger, Message, Register } from './ledger.ts';
import { likesOf } from './likes.ts';

/** A human's reply in the thread of a weekly post. */
export interface Reply {
  ts: Ts;
  author: string;
  /** The week it belongs to: its thread's. */
  week: Week;
  /** The week it was written in, whose ledger holds it. */
  writtenIn: Week;
  late: boolean;
  /** A participation; otherwise `links` is empty, or it is late where late ones do not count. */
  counted: boolean;
  /** The accepted links. */
  links: { url: string; host: string; title?: string }[];
  /** By user: likes, or liked and does no more. */
  likes: Map<string, Register>;
}

/** What the ledgers of one month say under some rules. Everything about a month's weeks lies in these ledgers. */
export interface MonthReading {
  month: Month;
  /** The open weeks, ascending, with the ts of their weekly posts, ascending. */
  weeklyPosts: Map<Week, Ts[]>;
  /** All replies, counted or not, by ts. */
  replies: Reply[];
  /** Users who are bots. */
  bots: ReadonlySet<string>;
}

const SPOKEN = new Set(['file_share', 'thread_broadcast', 'me_message']);

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
    const posts = Object.keys(messages).filter((ts) => isWeeklyPost(messages[ts] as Message, rules));
    if (posts.length > 0) weeks.set(week, posts.sort(compareTs));
  }
  return weeks;
};

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
    for (const [ts, message] of Object.entries(messages)) if (wasWeeklyPost(message, rules)) threads.set(ts, week);
  }
  return threads;
};

/** Users who are bots, as far as these ledgers know. */
export const botsIn = (ledgers: readonly Ledger[]): Set<string> => {
  const bots = new Set(['USLACKBOT']);
  for (const { messages, people } of ledgers) {
    for (const message of Object.values(messages)) if (message.bot && message.author) bots.add(message.author);
    for (const [user, person] of Object.entries(people)) if (person.bot) bots.add(user);
  }
  return bots;
};

/** Reads the ledgers of one month (in order of weeks) under rules; of the replies, only those in `only` when it is given. */
export const readMonth = (
  month: Month,
  ledgers: readonly Ledger[],
  rules: Rules,
  only?: ReadonlySet<Ts>,
): MonthReading => {
  const weeklyPosts = weeklyPostsOf(ledgers, rules);
  const threads = threadsOf(ledgers, weeklyPosts, rules);
  const bots = botsIn(ledgers);
  const replies: Reply[] = [];
  for (const { week, messages } of ledgers) {
    for (const ts of only ?? Object.keys(messages)) {
      const message = messages[ts];
      const thread = message?.thread ? threads.get(message.thread) : undefined;
      const reply = message && thread ? readReply(ts, message, week, thread, rules, bots) : undefined;
      if (reply) replies.push(reply);
    }
  }
  return { month, weeklyPosts, replies: replies.sort((left, right) => compareTs(left.ts, right.ts)), bots };
};

/** Something that a person said, and that still stands. */
export const isSaidByPerson = (
  message: Message,
  bots: ReadonlySet<string>,
): message is Message & { author: string; content: Content } => {
  const { author, content } = message;
  if (message.deleted || message.bot || !author || !content || bots.has(author)) return false;
  return !content.subtype || SPOKEN.has(content.subtype);
};

/** Whether a message has a link that could make it a participation. */
export const hasAcceptedLink = (message: Message, rules: Rules): boolean =>
  message.content !== undefined && acceptedLinks(message, message.content, rules).length > 0;

/** A message in the thread of a weekly post as a reply; undefined when it is deleted, a bot's, or not something that a person said. */
const readReply = (
  ts: Ts,
  message: Message,
  writtenIn: Week,
  week: Week,
  rules: Rules,
  bots: ReadonlySet<string>,
): Reply | undefined => {
  if (!isSaidByPerson(message, bots)) return undefined;
  const { author, content } = message;
  const links = acceptedLinks(message, content, rules);
  const late = writtenIn > week;
  let likes: Reply['likes'] | undefined;
  return {
    ts,
    author,
    week,
    writtenIn,
    late,
    counted: links.length > 0 && !(late && rules.late === 'never'),
    links,
    // Counted when somebody asks: most who read a month ask only of a few replies.
    get likes() {
      return (likes ??= likesOf(message, rules, (user) => bots.has(user)));
    },
  };
};

/** The hosts of a wording's links. Taking addresses apart is what reading a month would spend most on. */
const hosts = new WeakMap<Content, (string | undefined)[]>();

const hostsOf = (content: Content): (string | undefined)[] => {
  let known = hosts.get(content);
  if (!known) hosts.set(content, (known = content.links.map(hostOf)));
  return known;
};

const acceptedLinks = (message: Message, content: Content, rules: Rules): Reply['links'] => {
  const links: Reply['links'] = [];
  for (const [position, url] of content.links.entries()) {
    const host = hostsOf(content)[position];
    if (!host || !hostAccepted(host, rules.blogs)) continue;
    const title = message.titles?.[url]?.title;
    links.push(title ? { url, host, title } : { url, host });
  }
  return links;
};
