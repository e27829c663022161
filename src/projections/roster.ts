import { compareTs, type Ts } from '../events/timestamp.ts';
import type { Ledger, Register } from './ledger.ts';

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
  const reactors = new Set<string>();
  for (const { messages, people } of ledgers) {
    for (const [user, person] of Object.entries(people)) joinEntry(roster, user, person);
    for (const [ts, message] of Object.entries(messages)) {
      if (message.author)
        joinEntry(roster, message.author, message.bot ? { bot: true } : { presence: { at: ts, live: true } });
      for (const key in message.reactions) reactors.add(key.slice(0, key.indexOf('/')));
    }
  }
  for (const user of reactors) joinEntry(roster, user, {});
  return roster;
};

/** Joins what `more` knows into `roster`; says which ids changed. */
export const joinRoster = (roster: Roster, more: Roster): string[] =>
  Object.entries(more)
    .filter(([user, entry]) => joinEntry(roster, user, entry))
    .map(([user]) => user);

const joinEntry = (roster: Roster, user: string, more: RosterEntry): boolean => {
  let entry = roster[user];
  let changed = false;
  if (!entry) {
    roster[user] = entry = {};
    changed = true;
  }
  if (more.bot && !entry.bot) {
    entry.bot = true;
    changed = true;
  }
  if (more.name && (!entry.name || nameWins(more.name, entry.name))) {
    entry.name = more.name;
    changed = true;
  }
  if (more.presence && (!entry.presence || presenceWins(more.presence, entry.presence))) {
    entry.presence = more.presence;
    changed = true;
  }
  return changed;
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
