import type { Draft } from 'immer';
import type { EventOf, Says } from '../events/catalog.ts';
import { mentionsIn } from '../events/mentions.ts';
import { compareTs, earlierTs, laterTs, type Ts } from '../events/timestamp.ts';
import type { Month, Week } from '../events/week.ts';
import { weeklyTitleIn } from '../events/weekly-title.ts';
import type { Projection } from './projection.ts';
import { wins } from './register.ts';

/** The version of a ledger's shape. A ledger of another version counts as missing: it is folded again from the log. */
export const LEDGER_VERSION = 2;

/**
 * The folded state of one week of a channel: everything that is known of the messages written in it, whatever today's rules make of
 * it. It is a cache of the log. Every rule below is a join, so the order and the repetition of events change nothing.
 */
export interface Ledger {
  version: typeof LEDGER_VERSION;
  channel: string;
  week: Week;
  /** The largest `at` of what Slack told, and of the month's close. */
  asOf: Ts | null;
  /** The smallest `at` of the messages and reactions that were heard from Slack, and not read from its history or imported. */
  firstHeard?: Ts;
  messages: Record<Ts, Message>;
  people: Record<string, Person>;
  closed: Record<Month, Closed>;
  effects: Record<string, EffectRecord>;
}

/** A message, as far as it is known: a reaction may have come before it, or only its deletion. */
export interface Message {
  author?: string;
  /** Posted by an app, in its own name or in a member's. */
  bot?: true;
  thread?: Ts;
  /** Its first wording is known, and not only edits of it. */
  posted?: true;
  content?: Content;
  /** The links of its other wordings, ascending: who posted one of them later counts, or not, as this message is changed. */
  former?: string[];

  /** By URL, the earliest wording that is known to have held it. */
  since?: Record<string, Ts>;
  /** By URL, from link previews. */
  titles?: Record<string, { at: Ts; title: string }>;
  /** The week that the bot's own mark names: this is a weekly post. */
  mark?: Week;
  deleted?: true;
  /** By `<user>/<reaction name>`: was it last added or removed, and when. */
  reactions?: Record<string, Register>;
}

/** The latest wording of a message, reduced to what any rule may ask. */
export interface Content {
  at: Ts;
  links: string[];
  subtype?: string;
  /** The `TIL N월 N주차` found in it. */
  title?: string;
  /** Whom a person mentions in it. */
  mentions?: string[];
}

/** A last-writer-wins register of something that is or is not. */
export interface Register {
  at: Ts;
  live: boolean;
  /** Not heard, but read from Slack's history or imported: when it came about is not known, only that it was not later than this. */
  inferred?: true;
}

export interface Person {
  /** What Slack last said of them: their name, whether they are a bot, whether their account is deactivated. */
  name?: { at: Ts; value: string; bot?: true; deleted?: true };
  /** Joined (live) or left. */
  presence?: Register;
  /** Wrote something that no app posted for them, or reacted. */
  human?: true;
  /** An app posted in their name. */
  app?: true;
  /** Posted with this bot's own mark: it is this bot. */
  self?: true;
}

/** A month's result as it was frozen. */
export interface Closed {
  at: Ts;
  weeks: Week[];
  challengers: { id: string; likes: number }[];
  special: string[];
}

/** What became of one effect. An effect without `delivered`, `skipped` or a final refusal is still owed. */
export interface EffectRecord {
  /** By attempt number. */
  attempts?: Record<string, { at: Ts; says?: Says }>;
  /** By the first attempt that was. */
  delivered?: Delivered;
  /** By later attempts, by their numbers: somebody asked for it again. */
  deliveredAgain?: Record<string, Delivered>;
  refused?: Record<string, { at: Ts; reason: string; final: boolean }>;
  /** `attempt`: the one that was claimed and not made. */
  skipped?: { at: Ts; reason: string; attempt?: number; says?: Says };
}

/** The message that came of an attempt. */
export interface Delivered {
  attempt: number;
  at: Ts;
  to: string;
  ts?: Ts;
}

/** An empty ledger. */
export const emptyLedger = (channel: string, week: Week): Ledger => ({
  version: LEDGER_VERSION,
  channel,
  week,
  asOf: null,
  messages: {},
  people: {},
  closed: {},
  effects: {},
});

/** What each event does to its week. */
export const ledger: Projection<Ledger> = {
  init: emptyLedger,
  on: {
    'message.posted': (week, event) => setContent(week, event),
    'message.edited': (week, event) => setContent(week, event),
    'message.deleted': (week, event) => {
      messageIn(week, event.ts).deleted = true; // For ever: Slack cannot undelete.
      touch(week, event.at);
      hear(week, event);
    },
    'reaction.added': (week, event) => setReaction(week, event, true),
    'reaction.removed': (week, event) => setReaction(week, event, false),
    'member.joined': (week, { user, at }) => setPresence(week, user, { at, live: true }),
    'member.left': (week, { user, at }) => setPresence(week, user, { at, live: false }),
    'profile.seen': (week, { user, name, bot, deleted, at }) => {
      const person = personIn(week, user);
      const next: NonNullable<Person['name']> = { at, value: name };
      if (bot) next.bot = true;
      if (deleted) next.deleted = true;
      if (!person.name || wins(next, person.name)) person.name = next;
    },
    'month.closed': (week, { month, at, weeks, challengers, special }) => {
      // There is one such object a month; should there ever be two, the earlier holds.
      const last = week.closed[month];
      if (last && compareTs(last.at, at) <= 0) return;
      week.closed[month] = { at, weeks, challengers, special };
      touch(week, at);
    },
    'effect.attempted': (week, { effect, attempt, at, says }) => {
      (effectIn(week, effect).attempts ??= {})[attempt] = says ? { at, says } : { at };
    },
    'effect.delivered': (week, { effect, attempt, at, to, ts }) => {
      setDelivered(effectIn(week, effect), ts ? { attempt, at, to, ts } : { attempt, at, to });
    },
    'effect.refused': (week, { effect, attempt, at, reason, final }) => {
      (effectIn(week, effect).refused ??= {})[attempt] = { at, reason, final };
    },
    'effect.skipped': (week, { effect, at, reason, attempt, says }) => {
      effectIn(week, effect).skipped = {
        at,
        reason,
        ...(attempt === undefined ? {} : { attempt }),
        ...(says ? { says } : {}),
      };
    },
  },
};

const touch = (week: Draft<Ledger>, at: Ts) => {
  week.asOf = laterTs(week.asOf, at) ?? null;
};

/** Notes since when the bot has listened. */
const hear = (week: Draft<Ledger>, { at, inferred }: { at: Ts; inferred?: true | undefined }) => {
  if (inferred) return;
  const first = earlierTs(week.firstHeard, at);
  if (first) week.firstHeard = first;
};

const messageIn = (week: Draft<Ledger>, ts: Ts): Draft<Message> => (week.messages[ts] ??= {});
const personIn = (week: Draft<Ledger>, user: string): Draft<Person> => (week.people[user] ??= {});
const effectIn = (week: Draft<Ledger>, id: string): Draft<EffectRecord> => (week.effects[id] ??= {});

/** The later wording wins. Author and thread never change, so any wording may bring them; titles are kept per link. */
const setContent = (week: Draft<Ledger>, event: EventOf<'message.posted'> | EventOf<'message.edited'>) => {
  const message = messageIn(week, event.ts);
  const author = event.author?.user ?? event.author?.bot;
  if (author && !(message.author && message.author >= author)) message.author = author;
  if (event.author?.bot) message.bot = true;
  if (author && event.author?.bot) personIn(week, author)[event.metadata ? 'self' : 'app'] = true;
  else if (author && isSpoken(event.subtype)) personIn(week, author).human = true;
  if (event.thread && !(message.thread && message.thread >= event.thread)) message.thread = event.thread;
  const { metadata } = event;
  if (metadata?.type === WEEK_OPEN && metadata.week && !(message.mark && message.mark >= metadata.week))
    message.mark = metadata.week;
  if (event.kind === 'message.posted') message.posted = true;
  for (const url of event.links) setSince(message, url, event.at);
  for (const { url, title } of event.previews ?? []) setTitle(message, url, { at: event.at, title });
  const content = contentOf(event);
  const last = message.content;
  if (!last || wins(content, last)) message.content = content;
  if (last) setFormer(message, [...last.links, ...event.links]);
  touch(week, event.at);
  hear(week, event);
};

const SPOKEN = new Set(['file_share', 'thread_broadcast', 'me_message']);

/** Whether a message of a subtype is something that a person said, and no line of Slack's own about them. */
export const isSpoken = (subtype: string | undefined): boolean => subtype === undefined || SPOKEN.has(subtype);

/** Of the links that a message had at any time, so many are kept: the first in order, whatever comes first. */
const MAX_FORMER = 100;

const setFormer = (message: Draft<Message>, links: readonly string[]) => {
  const ever = [...new Set([...(message.former ?? []), ...links])].sort().slice(0, MAX_FORMER);
  const former = ever.filter((url) => !message.content?.links.includes(url));
  if (former.length > 0) message.former = former;
  else delete message.former;
};

/** The metadata type of the bot's weekly post. */
export const WEEK_OPEN = 'til_week_open';

const contentOf = ({
  at,
  author,
  links,
  subtype,
  text,
  title: inBlocks,
  metadata,
}: EventOf<'message.posted'> | EventOf<'message.edited'>): Content => {
  const ours = metadata !== undefined && metadata.type !== WEEK_OPEN;
  const title = ours ? undefined : (weeklyTitleIn(text) ?? inBlocks);
  const mentions = author?.bot ? [] : mentionsIn(text);
  return {
    at,
    links,
    ...(subtype ? { subtype } : {}),
    ...(title ? { title } : {}),
    ...(mentions.length > 0 ? { mentions } : {}),
  };
};

const setSince = (message: Draft<Message>, url: string, at: Ts) => {
  const since = (message.since ??= {});
  since[url] = earlierTs(since[url], at) ?? at;
};

const setTitle = (message: Draft<Message>, url: string, next: { at: Ts; title: string }) => {
  const titles = (message.titles ??= {});
  const last = titles[url];
  if (!last || wins(next, last)) titles[url] = next;
};

/** The later word wins; at the same instant, the removal does, and of two that say the same, the one that was heard. */
const setRegister = (last: Register | undefined, next: Register): Register => {
  if (!last) return next;
  const order = compareTs(next.at, last.at);
  if (order > 0) return next;
  if (order < 0) return last;
  if (next.live !== last.live) return next.live ? last : next;
  return next.inferred ? last : next;
};

const setReaction = (
  week: Draft<Ledger>,
  event: EventOf<'reaction.added'> | EventOf<'reaction.removed'>,
  live: boolean,
) => {
  const { item, user, name, at, inferred } = event;
  const reactions = (messageIn(week, item).reactions ??= {});
  const key = `${user}/${name}`;
  reactions[key] = setRegister(reactions[key], { at, live, ...(inferred ? { inferred } : {}) });
  personIn(week, user).human = true;
  touch(week, at);
  hear(week, event);
};

/** One of each attempt number can be in the log. */
const setDelivered = (record: Draft<EffectRecord>, next: Delivered) => {
  const first = record.delivered;
  if (first?.attempt === next.attempt) return;
  if (!first || next.attempt < first.attempt) record.delivered = next;
  const later = first && (next.attempt < first.attempt ? first : next);
  if (later) (record.deliveredAgain ??= {})[later.attempt] = later;
};

const setPresence = (week: Draft<Ledger>, user: string, next: Register) => {
  const person = personIn(week, user);
  person.presence = setRegister(person.presence, next);
  touch(week, next.at);
};
