import { compareTs, type Ts } from '../events/timestamp.ts';
import type { Ledger, Message, Register } from './ledger.ts';

/** Everybody that ledgers know of, by id. All of it only grows, so rosters of any ledgers can be joined in any order. */
export type Roster = Record<string, RosterEntry>;

export interface RosterEntry {
  name?: { at: Ts; value: string };
  /** Here, or left. Writing a message shows presence too. */
  presence?: Register;
  bot?: true;
}

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
  for (const [user, person] of Object.entries(ledger.people)) joinEntry(roster, user, person);
  for (const [ts, message] of Object.entries(ledger.messages)) {
    if (message.author) joinEntry(roster, message.author, shownBy(ts, message));
    for (const key in message.reactions) roster[key.slice(0, key.indexOf('/'))] ??= {};
  }
  rosters.set(ledger, roster);
  return roster;
};

// Slack's own lines about somebody who goes. They bear a later ts than the event that tells of it.
const GOODBYES = new Set(['channel_leave', 'group_leave']);

/** What a message shows of its author. */
const shownBy = (ts: Ts, { bot, content }: Message): RosterEntry => {
  if (bot) return { bot };
  return { presence: { at: ts, live: !GOODBYES.has(content?.subtype ?? '') } };
};

/** Joins what `more` knows into `roster`; says which ids changed. Entries are replaced, never changed. */
export const joinRoster = (roster: Roster, more: Roster): string[] =>
  Object.entries(more)
    .filter(([user, entry]) => joinEntry(roster, user, entry))
    .map(([user]) => user);

const joinEntry = (roster: Roster, user: string, more: RosterEntry): boolean => {
  const entry = roster[user];
  const bot = more.bot && !entry?.bot;
  const name = more.name && (!entry?.name || nameWins(more.name, entry.name));
  const presence = more.presence && (!entry?.presence || presenceWins(more.presence, entry.presence));
  if (entry && !bot && !name && !presence) return false;
  roster[user] = {
    ...entry,
    ...(bot ? { bot } : {}),
    ...(name ? { name: more.name } : {}),
    ...(presence ? { presence: more.presence } : {}),
  } as RosterEntry;
  return true;
};

const nameWins = (next: { at: Ts; value: string }, last: { at: Ts; value: string }): boolean => {
  const order = compareTs(next.at, last.at);
  return order > 0 || (order === 0 && next.value > last.value);
};

const presenceWins = (next: Register, last: Register): boolean => {
  const order = compareTs(next.at, last.at);
  return order > 0 || (order === 0 && last.live && !next.live);
};

/** Is this somebody who can take part: a human, and not gone? */
export const isMember = (entry: RosterEntry): boolean => !entry.bot && entry.presence?.live !== false;
