import { compareTs, type Ts } from '../events/timestamp.ts';
import { changedParts } from './following.ts';
import type { Ledger, Person } from './ledger.ts';
import type { Message } from './message.ts';

/** By user, the earliest instant that a ledger knows of: something of theirs, or what Slack told of them. */
export type FirstSeen = ReadonlyMap<string, Ts>;

/** When a ledger first knows of each person. */
export const firstSeenIn = ({ people, messages }: Ledger): FirstSeen => {
  const seen = new Map<string, Ts>();
  for (const [user, person] of Object.entries(people)) see(user, person, seen);
  for (const ts of Object.keys(messages)) seeIn(ts, messages[ts] as Message, seen);
  return seen;
};

/** The same, from what was made of the ledger `last`, whose place it took; undefined where somebody may have been seen first in what is gone. */
export const firstSeenAfter = (made: FirstSeen, last: Ledger, { people, messages }: Ledger): FirstSeen | undefined => {
  const changedPeople = changedParts(last.people, people);
  const changedMessages = changedParts(last.messages, messages);
  if (!changedPeople || !changedMessages) return undefined;
  const seen = new Map(made);
  for (const { key, was, is } of changedPeople) if (!replace(key, was, is, see, seen)) return undefined;
  for (const { key, was, is } of changedMessages) if (!replace(key, was, is, seeIn, seen)) return undefined;
  return seen;
};

type See<Part> = (key: string, part: Part, seen: Map<string, Ts>) => void;

/** Sees what has taken the place of something. Says whether that can be: not when somebody may have been seen first in what was. */
const replace = <Part>(key: string, was: Part | undefined, is: Part, of: See<Part>, seen: Map<string, Ts>): boolean => {
  const [before, now] = [new Map<string, Ts>(), new Map<string, Ts>()];
  if (was) of(key, was, before);
  of(key, is, now);
  for (const [user, at] of before) if (seen.get(user) === at && !isSeenBy(now.get(user), at)) return false;
  for (const [user, at] of now) seeAt(user, at, seen);
  return true;
};

const isSeenBy = (seen: Ts | undefined, at: Ts): boolean => seen !== undefined && compareTs(seen, at) <= 0;

const seeAt = (user: string, at: Ts, seen: Map<string, Ts>): void => {
  if (!isSeenBy(seen.get(user), at)) seen.set(user, at);
};

/** What Slack told of somebody. */
const see: See<Person> = (user, { name, presence }, seen) => {
  if (name) seeAt(user, name.at, seen);
  if (presence) seeAt(user, presence.at, seen);
};

/** Who wrote a message, and who reacts to it, or did. */
const seeIn: See<Message> = (ts, { author, reactions }, seen) => {
  if (author) seeAt(author, ts, seen);
  for (const key in reactions) seeAt(key.slice(0, key.indexOf('/')), (reactions[key] as { at: Ts }).at, seen);
};
