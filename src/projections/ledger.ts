import type { Draft } from 'immer';
import type { EventOf, Says } from '../events/catalog.ts';
import { compareTs, earlierTs, laterTs, type Ts } from '../events/timestamp.ts';
import type { Month, Week } from '../events/week.ts';
import { isSpoken, type Message, setWording } from './message.ts';
import type { Projection } from './projection.ts';
import { type Register, setRegister, wins } from './register.ts';

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

const setContent = (week: Draft<Ledger>, event: EventOf<'message.posted'> | EventOf<'message.edited'>) => {
  const author = event.author?.user ?? event.author?.bot;
  if (author && event.author?.bot) personIn(week, author)[event.metadata ? 'self' : 'app'] = true;
  else if (author && isSpoken(event.subtype)) personIn(week, author).human = true;
  setWording(messageIn(week, event.ts), event);
  touch(week, event.at);
  hear(week, event);
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
