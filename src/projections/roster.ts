import { compareTs, type Ts } from '../events/timestamp.ts';
import { changedParts } from './following.ts';
import type { Ledger, Person } from './ledger.ts';
import type { Message } from './message.ts';
import type { Register } from './register.ts';
import { wins } from './register.ts';

/** Everybody that ledgers know of, by id. All of it only grows, so rosters of any ledgers can be joined in any order. */
export type Roster = Record<string, Person>;

/** The people of some ledgers. */
export const rosterOf = (ledgers: readonly Ledger[]): Roster => joined(ledgers.map(rosterOfWeek));

/** What several rosters know. */
export const joined = (rosters: readonly Roster[]): Roster => {
  const roster: Roster = {};
  for (const each of rosters) joinRoster(roster, each);
  return roster;
};

/** The people of each ledger that was asked about: of a month's, all but one stay what they are. */
const rosters = new WeakMap<Ledger, Roster>();

/** The people of one ledger. */
export const rosterOfWeek = (ledger: Ledger): Roster => {
  const known = rosters.get(ledger);
  if (known) return known;
  const roster: Roster = {};
  joinRoster(roster, ledger.people);
  for (const [ts, message] of Object.entries(ledger.messages))
    if (message.author) joinEntry(roster, message.author, shownBy(ts, message));
  rosters.set(ledger, roster);
  return roster;
};

/** The same, from that of the ledger `last`, whose place it took: nearly always nobody is new. Undefined where somebody may be. */
export const rosterAfter = (roster: Roster, last: Ledger, { people, messages }: Ledger): Roster | undefined => {
  if (people !== last.people) return undefined;
  const isSame = changedParts(last.messages, messages)?.every(({ was, is }) => was && showsSame(was, is));
  return isSame ? roster : undefined;
};

const showsSame = (was: Message, is: Message): boolean =>
  was.author === is.author && was.bot === is.bot && isGoodbye(was) === isGoodbye(is);

// Slack's own lines about somebody who goes. They bear a later ts than the event that tells of it.
const GOODBYES = new Set(['channel_leave', 'group_leave']);

/** What a message shows of its author: that they are here, unless an app posted it for them. */
const shownBy = (ts: Ts, message: Message): Person =>
  message.bot ? {} : { presence: { at: ts, live: !isGoodbye(message) } };

const isGoodbye = ({ content }: Message): boolean => GOODBYES.has(content?.subtype ?? '');

/** Joins what `more` knows into `roster`; says which ids changed. Entries are replaced, never changed. */
export const joinRoster = (roster: Roster, more: Roster): string[] =>
  Object.entries(more)
    .filter(([user, person]) => joinEntry(roster, user, person))
    .map(([user]) => user);

/** By roster, those of which it is known that they know nothing more. */
const within = new WeakMap<Roster, WeakSet<Roster>>();

/** A roster with what `more` knows, and which ids changed; the same one when it knows all of that. */
export const rosterWith = (roster: Roster, more: Roster): { roster: Roster; changed: string[] } => {
  const known = within.get(roster) ?? new WeakSet();
  if (known.has(more)) return { roster, changed: [] };
  const next = { ...roster };
  const changed = joinRoster(next, more);
  if (changed.length > 0) return { roster: next, changed };
  within.set(roster, known.add(more));
  return { roster, changed };
};

const joinEntry = (roster: Roster, user: string, more: Person): boolean => {
  const last = Object.hasOwn(roster, user) ? roster[user] : undefined;
  if (last && !tellsMore(last, more)) return false; // Nearly always so: nothing is copied to find that out.
  const next: Person = { ...last };
  if (more.human) next.human = true;
  if (more.app) next.app = true;
  if (more.self) next.self = true;
  if (nameIsNewer(last, more)) next.name = more.name;
  if (presenceIsNewer(last, more)) next.presence = more.presence;
  roster[user] = next;
  return true;
};

const tellsMore = (last: Person, more: Person): boolean =>
  (more.human === true && !last.human) ||
  (more.app === true && !last.app) ||
  (more.self === true && !last.self) ||
  (more.name !== last.name && nameIsNewer(last, more)) ||
  (more.presence !== last.presence && presenceIsNewer(last, more));

const nameIsNewer = (last: Person | undefined, more: Person): more is Person & Required<Pick<Person, 'name'>> =>
  more.name !== undefined && (!last?.name || wins(more.name, last.name));

const presenceIsNewer = (last: Person | undefined, more: Person): more is Person & Required<Pick<Person, 'presence'>> =>
  more.presence !== undefined && (!last?.presence || presenceWins(more.presence, last.presence));

const presenceWins = (next: Register, last: Register): boolean => {
  const order = compareTs(next.at, last.at);
  return order > 0 || (order === 0 && last.live && !next.live);
};

/**
 * Whether somebody is a bot, as Slack last said. An app's message says nothing about the member in whose name it was posted. If Slack was
 * never asked about somebody, they are a bot if only apps have posted for them and they never reacted.
 */
export const isBot = (user: string, { name, self, app, human }: Person = {}): boolean => {
  if (user === 'USLACKBOT') return true; // Slack says that it is none.
  return name ? name.bot === true : self === true || (app === true && human !== true);
};
