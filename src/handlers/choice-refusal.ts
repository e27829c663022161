import type { EventOf } from '../events/catalog.ts';
import type { Choice } from '../events/choices.ts';
import { compareTs, type Ts } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, plusMonths, plusWeeks, type Week, weeksOf } from '../events/week.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import { extensionsIn, isInTime } from '../projections/extension.ts';
import type { Ledger } from '../projections/ledger.ts';
import { isSpoken } from '../projections/message.ts';
import { botsIn, isWeeklyPost, weeklyPostsOf } from '../projections/participation.ts';

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

/** Why a choice cannot be, as far as that shows without counting. */
export const refusalBeforeCounting = (
  challenge: Challenge,
  choice: Choice,
  ledgers: readonly Ledger[],
): Refusal | undefined => {
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
