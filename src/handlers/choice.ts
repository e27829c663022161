import type { EventOf } from '../events/catalog.ts';
import type { Choice } from '../events/choices.ts';
import { canonical } from '../events/codec.ts';
import { weekOfEvent } from '../events/key.ts';
import { compareTs } from '../events/timestamp.ts';
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
import type { Challenge } from '../projections/challenge.ts';
import { ownOf, weekBeyond } from '../projections/extension.ts';
import { emptyLedger, type Ledger } from '../projections/ledger.ts';
import { ledger as projection } from '../projections/ledger-fold.ts';
import { type MonthView, viewMonth } from '../projections/month-view.ts';
import { fold } from '../projections/projection.ts';
import { wins } from '../projections/register.ts';
import type { SeasonPerson } from '../projections/season-people.ts';
import { chosenBy, settingsIn } from '../projections/settings.ts';
import { type Refusal, refusalBeforeCounting } from './choice-refusal.ts';
import { asksAnew } from './lapse.ts';

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
  const refusal =
    refusalBeforeCounting(challenge, choice, ledgers) ?? refusalByOutlook(challenge, choice, ledgers, next);
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
