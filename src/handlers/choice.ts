import type { EventOf } from '../events/catalog.ts';
import type { Choice } from '../events/choices.ts';
import { canonical } from '../events/codec.ts';
import { weekOfEvent } from '../events/key.ts';
import { compareTs, type Ts } from '../events/timestamp.ts';
import {
  type Calendar,
  calendarOf,
  type Month,
  monthOf,
  plusMonths,
  plusWeeks,
  type Week,
  weeksOf,
} from '../events/week.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import { extensionsIn, isInTime, ownOf, weekBeyond } from '../projections/extension.ts';
import { emptyLedger, type Ledger, ledger as projection } from '../projections/ledger.ts';
import { isSpoken } from '../projections/message.ts';
import { type MonthView, viewMonth } from '../projections/month-view.ts';
import { botsIn, isWeeklyPost, weeklyPostsOf } from '../projections/participation.ts';
import { fold } from '../projections/projection.ts';
import { wins } from '../projections/register.ts';
import type { SeasonPerson } from '../projections/season-people.ts';
import { chosenBy, settingsIn } from '../projections/settings.ts';
import { asksAnew } from './lapse.ts';

/** Why a message is not ruled. `wordless`: nobody said it, it is a line of Slack's own. `takes no part`: its author, by `members.exclude`. */
type Unruled = 'unknown' | 'deleted' | 'by an app' | 'weekly post' | 'wordless' | 'takes no part';

/** Why something cannot be chosen. */
export type Refusal =
  | { why: Unruled }
  /** The message counts for weeks of this month alone. */
  | { why: 'other month'; month: Month }
  /** It is in no weekly post's thread, so that a week must be named. */
  | { why: 'no week'; month: Month }
  /** The week has no weekly post. */
  | { why: 'not open'; week: Week }
  /** An extension that is over already. */
  | { why: 'past'; until: Ts }
  /** A choice of a later date stands. */
  | { why: 'overtaken'; at: Ts }
  /** The month stays as it was announced, and this would change it. */
  | { why: 'closed'; month: Month };

/** What becomes of a choice: it says something new, or what stands already, or cannot be. */
export type Judgement = { is: 'new' } | { is: 'said' } | { is: 'refused'; refusal: Refusal };

/** A month that a choice is about, without it and with it. */
export interface Outlook {
  month: Month;
  before: MonthView;
  after: MonthView;
}

/**
 * The months that a choice may change: a message in the first week of one may be in the thread of the last of the month before. What
 * somebody set in that month may not be published yet.
 */
const monthsOf = (choice: Choice, calendar: Calendar): Month[] => {
  const week = weekOfEvent(choice, calendar);
  const month = monthOf(week);
  const looksBack = choice.kind === 'member.set' || (choice.kind === 'post.ruled' && week === weeksOf(month)[0]);
  return looksBack ? [plusMonths(month, -1), month] : [month];
};

/** The weeks whose ledgers a choice is judged by, ascending. */
export const weeksToRead = (choice: Choice, { timeZone }: Challenge): Week[] => {
  const weeks = monthsOf(choice, calendarOf(timeZone)).flatMap((month) => weeksOf(month));
  return [...weeks, plusWeeks(weeks.at(-1) as Week, 1)];
};

/** What the ledger of its week says now of that which a choice is about; undefined when nobody has chosen. */
export const standing = (choice: Choice, ledger: Ledger | undefined) => {
  switch (choice.kind) {
    case 'post.ruled':
      return ledger?.messages[choice.ts]?.ruling;
    case 'week.rested':
      return ledger?.rested;
    case 'week.extended':
      return ledger?.extended;
    case 'week.excused':
      return ledger?.excuses?.[choice.user];
    case 'week.planned':
      return ledger?.plans?.[choice.user];
    case 'member.set':
      return ledger?.settings?.[`${choice.user}/${choice.key}`];
  }
};

/** Whether that stands already. Who said so, and when, makes no difference, nor does a note that is not given now. */
const isSaid = (choice: Choice, ledger: Ledger | undefined): boolean => {
  switch (choice.kind) {
    case 'post.ruled': {
      const { verdict = 'none', week, note } = ledger?.messages[choice.ts]?.ruling ?? {};
      if (choice.verdict !== verdict) return false;
      return verdict === 'none' || (choice.week === week && (choice.note ?? note) === note);
    }
    case 'week.rested': {
      const { rest, reason } = ledger?.rested ?? {};
      return choice.rest === rest && (rest === undefined || (choice.reason ?? reason) === reason);
    }
    case 'week.extended':
      return choice.until === ledger?.extended?.until;
    case 'week.excused':
      return choice.excused === (ledger?.excuses?.[choice.user]?.excused ?? false);
    case 'week.planned':
      return choice.plan === (ledger?.plans?.[choice.user]?.plan ?? 'none');
    case 'member.set':
      return choice.value === ledger?.settings?.[`${choice.user}/${choice.key}`]?.value;
  }
};

/**
 * Judges a choice by the ledgers of `weeksToRead`, those that exist, ascending. A choice that says what stands is none, so that nothing is
 * written twice; a closed month is changed by none. `person` is the season of whoever sets something, since what they set in any week
 * stands; without it only these ledgers are known.
 */
export const judge = (
  challenge: Challenge,
  choice: Choice,
  ledgers: readonly Ledger[],
  person?: SeasonPerson,
): Judgement => {
  if (choice.kind === 'member.set') return judgeSetting(choice, ledgers, person);
  const week = weekOfEvent(choice, calendarOf(challenge.timeZone));
  const own = ledgers.find((ledger) => ledger.week === week);
  if (isSaid(choice, own)) return { is: 'said' };
  const last = standing(choice, own);
  const next = withChoice(challenge, choice, ledgers);
  const folded = next.find((ledger) => ledger.week === week);
  // The fold keeps what it does not change.
  if (last && standing(choice, folded) === last) return { is: 'refused', refusal: { why: 'overtaken', at: last.at } };
  const refusal = refusalOf(challenge, choice, ledgers) ?? refusalByOutlook(challenge, choice, ledgers, next);
  return refusal ? { is: 'refused', refusal } : { is: 'new' };
};

/** A setting stands until another is said, in whichever week. */
const judgeSetting = (
  { user, key, value, at }: EventOf<'member.set'>,
  ledgers: readonly Ledger[],
  person: SeasonPerson | undefined,
): Judgement => {
  const all = [chosenBy(settingsIn(ledgers), user, key), person?.settings.get(key)];
  const last = all.reduce(
    (one, other) => (one && other ? (wins(other, one) ? other : one) : (one ?? other)),
    undefined,
  );
  if (!last) return { is: 'new' };
  if (last.value === value && !(person && compareTs(last.at, at) < 0 && asksAnew(person, key, value)))
    return { is: 'said' };
  return wins({ at, value }, last) ? { is: 'new' } : { is: 'refused', refusal: { why: 'overtaken', at: last.at } };
};

/** The months that a choice is about, without it and with it, by the ledgers of `weeksToRead` that exist, ascending. */
export const outlookOf = (
  challenge: Challenge,
  choice: Choice,
  ledgers: readonly Ledger[],
  next: readonly Ledger[] = withChoice(challenge, choice, ledgers),
): Outlook[] => {
  // What somebody plans and wants to be told changes no count.
  if (choice.kind === 'week.planned' || choice.kind === 'member.set') return [];
  const calendar = calendarOf(challenge.timeZone);
  const view = (month: Month, all: readonly Ledger[]): MonthView => {
    const beyond = weekBeyond(month, all, calendar);
    return viewMonth(challenge, month, [...ownOf(month, all), ...all.filter(({ week }) => week === beyond)]);
  };
  return monthsOf(choice, calendar).map((month) => ({ month, before: view(month, ledgers), after: view(month, next) }));
};

/** The ledgers with a choice folded in. */
const withChoice = ({ channel, timeZone }: Challenge, choice: Choice, ledgers: readonly Ledger[]): Ledger[] => {
  const week = weekOfEvent(choice, calendarOf(timeZone));
  const own = ledgers.find((ledger) => ledger.week === week) ?? emptyLedger(channel, week);
  const others = ledgers.filter((ledger) => ledger.week !== week);
  return [...others, fold(projection, own, [choice])].sort((left, right) => (left.week < right.week ? -1 : 1));
};

/** Why a choice cannot be, as far as that shows without counting. */
const refusalOf = (challenge: Challenge, choice: Choice, ledgers: readonly Ledger[]): Refusal | undefined => {
  if (choice.kind === 'week.extended') return refusalOfExtension(challenge, choice, ledgers);
  if (choice.kind !== 'post.ruled' || choice.verdict === 'none') return undefined;
  const ofMessage = refusalOfMessage(challenge, choice, ledgers);
  if (ofMessage) return { why: ofMessage };
  const { week, ts } = choice;
  if (week === undefined) return undefined;
  const calendar = calendarOf(challenge.timeZone);
  const writtenIn = monthOf(calendar.weekOf(ts));
  const extendedUntil = extensionsIn(ledgers).get(plusWeeks(weeksOf(writtenIn)[0] as Week, -1));
  const isOfMonthBefore = monthOf(week) === plusMonths(writtenIn, -1) && isInTime(ts, extendedUntil);
  return monthOf(week) === writtenIn || isOfMonthBefore ? undefined : { why: 'other month', month: writtenIn };
};

const refusalOfExtension = (
  challenge: Challenge,
  { week, until, at }: EventOf<'week.extended'>,
  ledgers: readonly Ledger[],
): Refusal | undefined => {
  if (until === undefined) return undefined;
  if (compareTs(until, at) <= 0) return { why: 'past', until };
  const isOpen = weeklyPostsOf(ledgers, rulesOf(challenge)).has(week);
  return isOpen || week >= calendarOf(challenge.timeZone).weekOf(at) ? undefined : { why: 'not open', week };
};

const refusalOfMessage = (
  challenge: Challenge,
  { ts, verdict }: EventOf<'post.ruled'>,
  ledgers: readonly Ledger[],
): Unruled | undefined => {
  const message = ledgers.map(({ messages }) => messages[ts]).find((each) => each !== undefined);
  const rules = rulesOf(challenge);
  if (message?.deleted) return 'deleted';
  if (!message?.author || !message.content) return 'unknown';
  if (isWeeklyPost(message, rules)) return 'weekly post';
  if (message.bot || botsIn(ledgers).has(message.author)) return 'by an app';
  if (!isSpoken(message.content.subtype)) return 'wordless';
  return verdict === 'accept' && rules.exclude.includes(message.author) ? 'takes no part' : undefined;
};

/** Why a choice cannot be, by what it would change: an accepted message that counts for no week, or a month that was announced. */
const refusalByOutlook = (
  challenge: Challenge,
  choice: Choice,
  ledgers: readonly Ledger[],
  next: readonly Ledger[],
): Refusal | undefined => {
  const outlook = outlookOf(challenge, choice, ledgers, next);
  if (choice.kind === 'post.ruled' && choice.verdict === 'accept') {
    const { ts, week } = choice;
    const isCounted = outlook.some(({ after }) =>
      after.weekSnapshots.some(({ posts }) => posts.some((post) => post.ts === ts)),
    );
    const month = monthOf(calendarOf(challenge.timeZone).weekOf(ts));
    if (!isCounted) return week === undefined ? { why: 'no week', month } : { why: 'not open', week };
  }
  const closed = outlook.find(({ before, after }) => before.snapshot.closed && toFreeze(before) !== toFreeze(after));
  return closed && { why: 'closed', month: closed.month };
};

/** What would be frozen of a month, to be compared. */
const toFreeze = ({ snapshot, readers }: MonthView): string => {
  const { weeks, members, challengers, special, finishers } = snapshot;
  return canonical({ weeks, members, challengers, special, finishers: finishers ?? null, readers: readers ?? null });
};
