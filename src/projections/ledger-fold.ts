import { type Draft, isDraft, original } from 'immer';
import type { EventOf } from '../events/catalog.ts';
import { compareTs, earlierTs, laterTs, type Ts } from '../events/timestamp.ts';
import { type Delivered, type EffectRecord, emptyLedger, type Ledger, type Person } from './ledger.ts';
import { isSpoken, type Message, setWording } from './message.ts';
import type { Projection } from './projection.ts';
import { type Register, setRegister, wins } from './register.ts';

/** What each event does to its week. Every rule is a join, so the order and the repetition of events change nothing. */
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
