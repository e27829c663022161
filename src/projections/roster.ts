import { compareTs, type Ts } from '../events/timestamp.ts';
import type { Ledger, Person } from './ledger.ts';
import type { Message } from './message.ts';
import type { Register } from './register.ts';
import { wins } from './register.ts';

/** Everybody that ledgers know of, by id. All of it only grows, so rosters of any ledgers can be joined in any order. */
export type Roster = Record<string, Person>;

/** The people of some ledgers. */
export const rosterOf = (ledgers: readonly Ledger[]): Roster => {
  const roster: Roster = {};
  for (const ledger of ledgers) joinRoster(roster, rosterOfWeek(ledger));
  return roster;
};

/** The people of each ledger that was asked about: of a month's, all but one stay what they are. */
const rosters = new WeakMap<Ledger, Roster>();

const rosterOfWeek = (ledger: Ledger): Roster => {
  const known = rosters.get(ledger);
  if (known) return known;
  const roster: Roster = {};
  joinRoster(roster, ledger.people);
  for (const [ts, message] of Object.entries(ledger.messages))
    if (message.author) joinEntry(roster, message.author, shownBy(ts, message));
  rosters.set(ledger, roster);
  return roster;
};

// Slack's own lines about somebody who goes. They bear a later ts than the event that tells of it.
const GOODBYES = new Set(['channel_leave', 'group_leave']);

/** What a message shows of its author: that they are here, unless an app posted it for them. */
const shownBy = (ts: Ts, { bot, content }: Message): Person => {
  if (bot) return {};
  return { presence: { at: ts, live: !GOODBYES.has(content?.subtype ?? '') } };
};

/** Joins what `more` knows into `roster`; says which ids changed. Entries are replaced, never changed. */
export const joinRoster = (roster: Roster, more: Roster): string[] =>
  Object.entries(more)
    .filter(([user, person]) => joinEntry(roster, user, person))
    .map(([user]) => user);

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
