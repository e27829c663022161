import type { Event } from '../events/catalog.ts';
import { earlierTs, isTs, type Ts } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, plusMonths, type Week, weeksOf } from '../events/week.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import { extensionsIn, ownOf, weekBeyond } from '../projections/extension.ts';
import type { Ledger } from '../projections/ledger.ts';
import { type Reply, readMonth, withRepeats } from '../projections/participation.ts';
import { joinSettings, settingsIn } from '../projections/settings.ts';
import { announce } from './announce.ts';
import { isAfterResult } from './counts-since.ts';
import { digestChange, toldInDigest } from './digest.ts';
import { aboutOf, type Background, type Effect, type Handler } from './effect.ts';
import { hint } from './hint.ts';
import { isEffectId, parseId } from './kinds.ts';
import { likeNotice } from './like-notice.ts';
import { announceResult } from './month-result.ts';
import { weeklyPostChange } from './open-week.ts';
import { createRemarks, type Ground } from './remarks.ts';

const handlers: readonly Handler[] = [announce, likeNotice, hint];

/**
 * What is owed about messages, in order of their ts. It is worked out from what the ledgers say now and from what was said already, not
 * from the step between: asking again after a crash finds the same. `ledgers` are the month's, `about` limits it to some messages, and
 * `background` is what other months tell.
 */
export const decide = (
  challenge: Challenge,
  month: Month,
  ledgers: readonly Ledger[],
  about?: ReadonlySet<Ts>,
  { firstHeard: heard, openFrom, isNamed = () => true, settings, ownId, before = [], elsewhere = [] }: Background = {},
): Effect[] => {
  const firstHeard = firstHeardIn(ledgers, heard);
  const common = { challenge, firstHeard, isNamed, settings: joinSettings(settings, settingsIn(ledgers)) };
  const own = {
    ...read({ challenge, ledgers, ownId, elsewhere }, month, about && withDigests(about, ledgers)),
    isClosed: isOver(month, ledgers, openFrom),
    isAfterResult: (reply: Reply): boolean => isAfterResult(reply, month, ledgers),
  };
  const earlier = readBefore(challenge, month, ledgers, { elsewhere, openFrom, ownId });
  const ownReplies = new Map(own.reading.replies.map((reply) => [reply.ts, reply]));
  const effects: Effect[] = [];
  for (const ledger of ledgers) {
    for (const ts of about ?? Object.keys(ledger.messages)) {
      if (!ledger.messages[ts]) continue;
      const ofEarlier = earlier?.replies.get(ts);
      const scene = ofEarlier && earlier ? { ...earlier, reply: ofEarlier } : { ...own, reply: ownReplies.get(ts) };
      for (const handler of handlers) {
        const effect = handler({ ...common, ...scene, ledger, ts });
        if (effect) effects.push(effect);
      }
    }
    if (monthOf(ledger.week) === month)
      effects.push(...weekChanges(challenge, ledger, ledgers, { ...own, replies: ownReplies, before }));
    const result = announceResult(challenge, ledger, month, { firstHeard });
    if (result) effects.push(result);
  }
  return effects;
};

/** What stands about a week itself, and reads otherwise now: its digest, and, until its month's result, its weekly post. */
const weekChanges = (
  challenge: Challenge,
  ledger: Ledger,
  ledgers: readonly Ledger[],
  known: { replies: ReadonlyMap<Ts, Reply>; before: readonly Ledger[]; isClosed: boolean },
): Effect[] => {
  const counts = (ts: Ts): boolean => {
    const reply = known.replies.get(ts);
    return reply?.counted === true && reply.week === ledger.week;
  };
  const changes = [
    digestChange(challenge, ledger, ledgers, counts),
    known.isClosed ? undefined : weeklyPostChange(challenge, ledger, [...known.before, ...ledgers]),
  ];
  return changes.filter((change) => change !== undefined);
};

/** With what was told of in digests: these are kept true. */
const withDigests = (about: ReadonlySet<Ts>, ledgers: readonly Ledger[]): ReadonlySet<Ts> =>
  new Set([...about, ...ledgers.flatMap(toldInDigest)]);

/** Whether a month's result is frozen, or due: not while it waits for the end of its last week, which was extended. */
export const isOver = (month: Month, ledgers: readonly Ledger[], openFrom: Month | undefined): boolean => {
  if (ledgers.some(({ closed }) => closed[month])) return true;
  const waits = extensionsIn(ledgers).has(weeksOf(month).at(-1) as Week);
  return openFrom !== undefined && month < (waits ? plusMonths(openFrom, -1) : openFrom);
};

/** Since when the bot has listened, by some ledgers and what others say. */
export const firstHeardIn = (ledgers: readonly Ledger[], elsewhere: Ts | undefined): Ts | undefined =>
  ledgers.reduce((first, ledger) => earlierTs(first, ledger.firstHeard), elsewhere);

/** The replies that are asked about. Whether there is something to be said about one follows from all: then all are read. */
const read = (ground: Omit<Ground, 'reading'>, month: Month, about?: ReadonlySet<Ts>) => {
  const { challenge, ledgers } = ground;
  const rules = rulesOf(challenge);
  if (about) {
    const reading = readMonth(month, ledgers, rules, about);
    const remarks = createRemarks({ ...ground, reading });
    const isNone = ledgers.every((ledger) => [...about].every((ts) => !remarks.about(ledger, ts)));
    if (isNone) return { reading, remarks };
  }
  const reading = readMonth(month, ledgers, rules);
  return { reading, remarks: createRemarks({ ...ground, reading }) };
};

/** The month before, where it was extended into this one, and the replies of this one that are that month's. */
const readBefore = (
  challenge: Challenge,
  month: Month,
  ledgers: readonly Ledger[],
  { elsewhere = [], openFrom, ownId }: Background,
) => {
  const before = plusMonths(month, -1);
  const ofBefore = ownOf(before, elsewhere);
  const into = weekBeyond(before, ofBefore, calendarOf(challenge.timeZone));
  if (!into) return undefined;
  const all = [...ofBefore, ...ledgers.filter(({ week }) => week === into)];
  const reading = readMonth(before, all, rulesOf(challenge));
  const replies = new Map(reading.replies.flatMap((reply) => (reply.writtenIn === into ? [[reply.ts, reply]] : [])));
  return {
    reading,
    replies,
    remarks: createRemarks({ challenge, ledgers: all, reading, ownId, elsewhere: [] }),
    isClosed: isOver(before, ofBefore, openFrom),
    isAfterResult: (reply: Reply): boolean => isAfterResult(reply, before, all),
  };
};

/** The message that an effect's id names. */
const messageOf = (id: string): Ts | undefined => {
  const about = aboutOf(id);
  return isTs(about) ? about : undefined;
};

/** What to decide about so that only this effect and its successors are found: the message that its id names, if it names one. */
export const aboutAlone = (id: string): ReadonlySet<Ts> => {
  const about = messageOf(id);
  return new Set(about ? [about] : []);
};

/**
 * The messages that events of one week may have made something owed about; undefined means all of the month: a weekly post that appears
 * or goes makes every reply in its thread count or not. Of replies with the same address the first counts, so they are touched together.
 */
export const touchedBy = (
  { rules: { repeats } }: Challenge,
  events: readonly Event[],
  ledger: Ledger,
  ledgers: readonly Ledger[],
): ReadonlySet<Ts> | undefined => {
  const touched = new Set<Ts>();
  const worded = new Set<Ts>();
  for (const event of events) {
    switch (event.kind) {
      case 'message.posted':
      case 'message.edited':
      case 'message.deleted': {
        const message = ledger.messages[event.ts];
        // Not a reply: it may be a weekly post. (One of which only the deletion is known never opened a week.)
        if (message && !message.thread && (message.mark || message.content?.title)) return undefined;
        worded.add(event.ts);
        break;
      }
      case 'post.ruled':
        worded.add(event.ts);
        break;
      // Every reply in the week's thread may be late no more, or again.
      case 'week.extended':
        return undefined;
      case 'reaction.added':
      case 'reaction.removed':
        touched.add(event.item);
        break;
      // An attempt makes nothing owed that was not: the job that made it goes on until it comes to an end.
      case 'effect.refused':
        if (event.final) for (const ts of behind(event.effect, ledger)) touched.add(ts);
        break;
      case 'effect.delivered':
      case 'effect.skipped': {
        const about = messageOf(event.effect);
        if (about) touched.add(about);
        if (event.kind === 'effect.skipped') for (const ts of behind(event.effect, ledger)) touched.add(ts);
        break;
      }
      default:
        break;
    }
  }
  return new Set([...touched, ...(repeats === 'count' ? worded : withRepeats(ledgers, worded))]);
};

/** When somebody is not told after all why a message does not count, it may be said of the next that they wrote. */
const behind = (effect: string, { messages }: Ledger): Ts[] => {
  const about = messageOf(effect);
  const author = about && messages[about]?.author;
  if (!author || !isEffectId(effect) || parseId(effect).kind !== 'hint') return [];
  return Object.keys(messages).filter((ts) => messages[ts]?.author === author);
};
