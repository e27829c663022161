import type { Draft } from 'immer';
import type { EventOf, Says } from '../events/catalog.ts';
import { canonical } from '../events/codec.ts';
import { mentionsIn } from '../events/mentions.ts';
import { compareTs, laterTs, type Ts } from '../events/timestamp.ts';
import type { Month, Week } from '../events/week.ts';
import type { Projection } from './projection.ts';

/**
 * The folded state of one week of a channel: everything that is known of the messages written in it, whatever today's rules make of
 * it. It is a cache of the log. Every rule below is a join, so the order and the repetition of events change nothing.
 */
export interface Ledger {
  version: 1;
  channel: string;
  week: Week;
  /** The largest `at` of what Slack told, and of the month's close. */
  asOf: Ts | null;
  messages: Record<Ts, Message>;
  people: Record<string, Person>;
  closed: Record<Month, Closed>;
  effects: Record<string, EffectRecord>;
}

/** A message, as far as it is known: a reaction may have come before it, or only its deletion. */
export interface Message {
  author?: string;
  /** Written by a bot. */
  bot?: true;
  thread?: Ts;
  content?: Content;
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
  /** The `TIL N월 N주차` found in the text. */
  title?: string;
  /** Whom a person mentions in it. */
  mentions?: string[];
}

/** A last-writer-wins register of something that is or is not. */
export interface Register {
  at: Ts;
  live: boolean;
}

export interface Person {
  name?: { at: Ts; value: string };
  /** Joined (live) or left. */
  presence?: Register;
  bot?: true;
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
  version: 1,
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
    'message.deleted': (week, { ts, at }) => {
      messageIn(week, ts).deleted = true; // For ever: Slack cannot undelete.
      touch(week, at);
    },
    'reaction.added': (week, event) => setReaction(week, event, true),
    'reaction.removed': (week, event) => setReaction(week, event, false),
    'member.joined': (week, { user, at }) => setPresence(week, user, { at, live: true }),
    'member.left': (week, { user, at }) => setPresence(week, user, { at, live: false }),
    'profile.seen': (week, { user, name, bot, at }) => {
      const person = personIn(week, user);
      if (bot) person.bot = true;
      if (!person.name || wins({ at, value: name }, person.name)) person.name = { at, value: name };
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

const messageIn = (week: Draft<Ledger>, ts: Ts): Draft<Message> => (week.messages[ts] ??= {});
const personIn = (week: Draft<Ledger>, user: string): Draft<Person> => (week.people[user] ??= {});
const effectIn = (week: Draft<Ledger>, id: string): Draft<EffectRecord> => (week.effects[id] ??= {});

// Not the announcement of a participation, which names the week too: this bot's and its predecessor's say it in these words.
const WEEKLY_TITLE = /TIL\s{0,4}\d{1,2}\s{0,4}월\s{0,4}\d{1,2}\s{0,4}주차(?!\s{0,4}챌린지에 참여)/;

/** The later wording wins. Author and thread never change, so any wording may bring them; titles are kept per link. */
const setContent = (week: Draft<Ledger>, event: EventOf<'message.posted'> | EventOf<'message.edited'>) => {
  const message = messageIn(week, event.ts);
  const author = event.author?.user ?? event.author?.bot;
  if (author && !(message.author && message.author >= author)) message.author = author;
  if (event.author?.bot) message.bot = true;
  if (event.thread && !(message.thread && message.thread >= event.thread)) message.thread = event.thread;
  const { metadata } = event;
  if (metadata?.type === WEEK_OPEN && metadata.week && !(message.mark && message.mark >= metadata.week))
    message.mark = metadata.week;
  for (const { url, title } of event.previews ?? []) setTitle(message, url, { at: event.at, title });
  const content = contentOf(event);
  if (!message.content || wins(content, message.content)) message.content = content;
  touch(week, event.at);
};

/** The metadata type of the bot's weekly post. */
export const WEEK_OPEN = 'til_week_open';

const contentOf = ({
  at,
  author,
  links,
  subtype,
  text,
  metadata,
}: EventOf<'message.posted'> | EventOf<'message.edited'>): Content => {
  const ours = metadata !== undefined && metadata.type !== WEEK_OPEN;
  const title = ours ? undefined : WEEKLY_TITLE.exec(text)?.[0];
  const mentions = author?.bot ? [] : mentionsIn(text);
  return {
    at,
    links,
    ...(subtype ? { subtype } : {}),
    ...(title ? { title } : {}),
    ...(mentions.length > 0 ? { mentions } : {}),
  };
};

const setTitle = (message: Draft<Message>, url: string, next: { at: Ts; title: string }) => {
  const titles = (message.titles ??= {});
  const last = titles[url];
  if (!last || wins(next, last)) titles[url] = next;
};

/** The later one wins; of two at the same instant, the one whose canonical text is larger: any fixed choice does. */
const wins = <T extends { at: Ts }>(next: T, last: T): boolean => {
  const order = compareTs(next.at, last.at);
  return order > 0 || (order === 0 && canonical(next) > canonical(last));
};

/** The later word wins; at the same instant, the removal does. */
const setRegister = (last: Register | undefined, next: Register): Register => {
  if (!last) return next;
  const order = compareTs(next.at, last.at);
  if (order > 0) return next;
  return order === 0 && !next.live ? next : last;
};

const setReaction = (
  week: Draft<Ledger>,
  { item, user, name, at }: EventOf<'reaction.added'> | EventOf<'reaction.removed'>,
  live: boolean,
) => {
  const reactions = (messageIn(week, item).reactions ??= {});
  const key = `${user}/${name}`;
  reactions[key] = setRegister(reactions[key], { at, live });
  touch(week, at);
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
