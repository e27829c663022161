import { type Draft, isDraft, original } from 'immer';
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
  /** Whether it is a week of rest, by somebody's word; without `rest` the rules decide. */
  rested?: { at: Ts; rest?: boolean; reason?: string; by?: string };
  /** Until when one may write for it; without `until` it ends as every week. */
  extended?: { at: Ts; until?: Ts; by?: string };
  /** By user: what they mean to do in it. */
  plans?: Record<string, { at: Ts; plan: 'write' | 'rest' | 'none' }>;
  /** By user: whether not writing in it is no miss of theirs. */
  excuses?: Record<string, { at: Ts; excused: boolean; by?: string }>;
  /** By `<user>/<key>`: what they wanted to be told, as of this week. */
  settings?: Record<string, Setting>;
}

/** What somebody chose to be told. */
export interface Setting {
  at: Ts;
  value: string;
}

export interface Person {
  /** What Slack last said of them: their name, whether they are a bot, whether their account is deactivated. */
  name?: { at: Ts; value: string; bot?: true; deleted?: true; tz?: string };
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
  finishers?: { id: string; likes: number }[];
  readers?: string[];
  /** How many posts counted; missing where a result has neither finishers nor readers, as all had before there were any. */
  posts?: number;
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
    'profile.seen': (week, { user, name, bot, deleted, tz, at }) => {
      const person = personIn(week, user);
      const next: NonNullable<Person['name']> = { at, value: name };
      if (bot) next.bot = true;
      if (deleted) next.deleted = true;
      if (tz) next.tz = tz;
      if (!person.name || wins(next, person.name)) person.name = next;
    },
    'month.closed': (week, { month, at, weeks, members, challengers, special, finishers, readers }) => {
      // There is one such object a month; should there ever be two, the earlier holds.
      const last = week.closed[month];
      if (last && compareTs(last.at, at) <= 0) return;
      const posts = finishers || readers ? members.reduce((sum, row) => sum + row.posts, 0) : undefined;
      week.closed[month] = { at, weeks, challengers, special, ...optional({ finishers, readers, posts }) };
      touch(week, at);
    },
    'week.rested': (week, { at, rest, reason, by }) => {
      const next = { at, ...optional({ rest, reason, by }) };
      if (!week.rested || wins(next, week.rested)) week.rested = next;
      touch(week, at);
    },
    'week.extended': (week, { at, until, by }) => {
      const next = { at, ...optional({ until, by }) };
      if (!week.extended || wins(next, week.extended)) week.extended = next;
      touch(week, at);
    },
    'week.excused': (week, { at, user, excused, by }) => {
      setEntry((week.excuses ??= {}), user, { at, excused, ...optional({ by }) });
      touch(week, at);
    },
    'post.ruled': (week, { at, ts, verdict, week: counts, by, note }) => {
      const message = messageIn(week, ts);
      const next = { at, verdict, ...optional({ week: counts, by, note }) };
      if (!message.ruling || wins(next, message.ruling)) message.ruling = next;
      touch(week, at);
    },
    // What somebody plans and wants to be told is theirs: nothing public tells that they said so.
    'week.planned': (week, { at, user, plan }) => setEntry((week.plans ??= {}), user, { at, plan }),
    'member.set': (week, { at, user, key, value }) => setEntry((week.settings ??= {}), `${user}/${key}`, { at, value }),
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

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that are not undefined. */
const optional = <T extends object>(fields: T): Present<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;

/** A register in a table: the later one wins. */
const setEntry = <T extends { at: Ts }>(table: Record<string, T>, key: string, next: NoInfer<T>): void => {
  const last = Object.hasOwn(table, key) ? table[key] : undefined;
  if (!last || wins(next, last)) table[key] = next;
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

/** Nearly always it is known already, and to look at somebody through a draft copies the table of all. */
const showHuman = (week: Draft<Ledger>, user: string): void => {
  const known = isDraft(week) ? original(week)?.people : week.people;
  if (!known?.[user]?.human) personIn(week, user).human = true;
};

const effectIn = (week: Draft<Ledger>, id: string): Draft<EffectRecord> => (week.effects[id] ??= {});

const setContent = (week: Draft<Ledger>, event: EventOf<'message.posted'> | EventOf<'message.edited'>) => {
  const author = event.author?.user ?? event.author?.bot;
  if (author && event.author?.bot) personIn(week, author)[event.metadata ? 'self' : 'app'] = true;
  else if (author && isSpoken(event.subtype)) showHuman(week, author);
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
  showHuman(week, user);
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
