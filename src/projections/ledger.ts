import type { Says } from '../events/catalog.ts';
import type { Ts } from '../events/timestamp.ts';
import type { Month, Week } from '../events/week.ts';
import type { Message } from './message.ts';
import type { Register } from './register.ts';

/** The version of a ledger's shape. A ledger of another version counts as missing: it is folded again from the log. */
export const LEDGER_VERSION = 2;

/**
 * The folded state of one week of a channel: everything that is known of the messages written in it, whatever today's rules make of
 * it. It is a cache of the log, folded by ledger-fold.ts.
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
