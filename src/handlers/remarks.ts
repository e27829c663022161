import { compareTs, type Ts } from '../events/timestamp.ts';
import type { Week } from '../events/week.ts';
import { type Challenge, type Rules, rulesOf } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { isOrganizer } from '../projections/membership.ts';
import type { Content, Message } from '../projections/message.ts';
import {
  hasAcceptedLink,
  isSaidByPerson,
  isWeeklyPost,
  type MonthReading,
  type Reply,
  weekOfThread,
} from '../projections/participation.ts';
import { isAfterResult } from './counts-since.ts';
import { deliveriesOf } from './second-chance.ts';
import { type Reason, whyNot } from './why-not.ts';

/** What is to be known to say why something does not count. */
export interface Ground {
  challenge: Challenge;
  /** The month's. */
  ledgers: readonly Ledger[];
  reading: MonthReading;
  /** The bot's own id, if Slack has said it. */
  ownId?: string | undefined;
  /** The ledgers of other months' weeks in whose threads messages of this month are. */
  elsewhere: readonly Ledger[];
}

/** Something that somebody wrote, of which the writer should know why it does not count. */
export interface Remark {
  ts: Ts;
  author: string;
  reason: Reason;
  /** The week for which it would have counted. */
  week: Week;
}

type Said = Message & { author: string; content: Content };

/**
 * Gives what is to be said about messages. Of somebody who has taken part in the week, nothing: they are only talking. An answer to whoever
 * speaks to the bot they get all the same.
 */
export const createRemarks = (ground: Ground) => {
  const { challenge, reading } = ground;
  const rules = rulesOf(challenge);
  const replies = new Map(reading.replies.map((reply) => [reply.ts, reply]));
  const all = new Map<Ledger, Remark[]>();
  let self: ReadonlySet<string> | undefined;

  const about = (ledger: Ledger, ts: Ts): Remark | undefined => {
    const message = ledger.messages[ts];
    if (!message || !isSaidByPerson(message, reading.bots)) return undefined;
    const { author } = message;
    if (rules.exclude.includes(author)) return undefined;
    const reply = replies.get(ts);
    if (reply?.counted)
      return isAfterResult(reply, reading.month, ground.ledgers)
        ? { ts, author, reason: { why: 'closed', edited: true }, week: reply.week }
        : undefined;
    const lacking = lackOf(ground, rules, ledger, ts, message, reply);
    if (lacking && !isTalking(challenge, reading, author, lacking.week)) {
      const isAsking = lacking.reason.why === 'no-link' && isToBot(message);
      return { ts, author, ...lacking, ...(isAsking ? { reason: { why: 'mention', unlinked: true } } : {}) };
    }
    return isToBot(message) ? { ts, author, reason: { why: 'mention' }, week: ledger.week } : undefined;
  };

  const isToBot = ({ content: { mentions = [] } }: Said): boolean => {
    if (mentions.length === 0) return false;
    self ??= ownIdsIn(ground);
    return mentions.some((id) => self?.has(id));
  };

  return {
    about,
    /** All that is to be said about messages of a week, by their ts. */
    of: (ledger: Ledger): readonly Remark[] => {
      let known = all.get(ledger);
      if (!known) {
        known = Object.keys(ledger.messages)
          .flatMap((ts) => about(ledger, ts) ?? [])
          .sort((left, right) => compareTs(left.ts, right.ts));
        all.set(ledger, known);
      }
      return known;
    },
  };
};

export type Remarks = ReturnType<typeof createRemarks>;

/** What a message lacks, and the week for which it would count: as a reply, as one to a month that is over, or beside the thread. */
const lackOf = (
  { reading, elsewhere }: Ground,
  rules: Rules,
  ledger: Ledger,
  ts: Ts,
  message: Said,
  reply: Reply | undefined,
): { reason: Reason; week: Week } | undefined => {
  if (reply) {
    const reason = whyNot(reply, message.content);
    return reason && { reason, week: reply.week };
  }
  if (!hasAcceptedLink(message, rules)) return undefined;
  if (message.thread) {
    const week = weekOfThread(message.thread, elsewhere, rules);
    return week ? { reason: { why: 'closed' }, week } : undefined;
  }
  const opened = reading.weeklyPosts.get(ledger.week)?.[0];
  if (!opened || compareTs(ts, opened) < 0 || isWeeklyPost(message, rules)) return undefined;
  return { reason: { why: 'beside' }, week: ledger.week };
};

/** Whoever has taken part in the week, or runs the challenge and takes no part, is only talking. */
const isTalking = (challenge: Challenge, { replies }: MonthReading, author: string, week: Week): boolean => {
  const counted = replies.filter((reply) => reply.counted && reply.author === author);
  if (counted.some((reply) => reply.week === week)) return true;
  return challenge.members.organizers === 'aside' && counted.length === 0 && isOrganizer(challenge, author);
};

/** The bot's own ids: what Slack says, and those by which its weekly posts, and what it delivered to the channel, are signed. */
const ownIdsIn = ({ ledgers, challenge: { channel }, ownId }: Ground): ReadonlySet<string> => {
  const posted = new Set(
    ledgers.flatMap(({ effects }) =>
      Object.values(effects).flatMap((record) =>
        deliveriesOf(record).flatMap(({ to, ts }) => (to === channel && ts ? [ts] : [])),
      ),
    ),
  );
  const own = ledgers.flatMap(({ messages }) =>
    Object.entries(messages).flatMap(([ts, { bot, mark, author }]) =>
      bot && author && (mark || posted.has(ts)) ? [author] : [],
    ),
  );
  return new Set(ownId ? [...own, ownId] : own);
};
