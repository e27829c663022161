import type { Ts } from '../events/timestamp.ts';
import { calendarOf, monthOf, plusMonths, type Week, weeksOf } from '../events/week.ts';
import { keys } from '../pipeline/keys.ts';
import { isStored, loadAll, loadLedgers } from '../pipeline/ledgers.ts';
import type { Challenge } from '../projections/challenge.ts';
import { weekBeyond } from '../projections/extension.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { Documents } from '../store/documents.ts';

/** The ledgers of the month of a week. */
export const ledgersOf = async (documents: Documents, { channel }: Challenge, week: Week): Promise<Ledger[]> =>
  (await loadLedgers(documents, channel, monthOf(week))).map(({ value }) => value);

/** The ledgers of the months that may be open in a week: that of the week, and the one before it. */
export const openLedgers = async (documents: Documents, challenge: Challenge, week: Week): Promise<Ledger[]> => {
  const before = weeksOf(plusMonths(monthOf(week), -1))[0] as Week;
  return [...(await ledgersOf(documents, challenge, before)), ...(await ledgersOf(documents, challenge, week))];
};

/**
 * The ledgers of other months' weeks in whose threads messages of one month are, or for which an admin ruled them: what came too late for
 * its month is among them. `about` limits it to some messages.
 */
export const elsewhereOf = async (
  documents: Documents,
  { channel, timeZone }: Challenge,
  ledgers: readonly Ledger[],
  about?: ReadonlySet<Ts>,
): Promise<Ledger[]> => {
  const calendar = calendarOf(timeZone);
  const weeks = new Set<Week>();
  for (const { week: writtenIn, messages } of ledgers)
    for (const ts of about ?? Object.keys(messages)) {
      const { thread, ruling } = messages[ts] ?? {};
      const answered = thread && calendar.weekOf(thread);
      const named = ruling?.week && weeksOf(monthOf(ruling.week)).at(-1);
      for (const week of [answered, named]) if (week && monthOf(week) !== monthOf(writtenIn)) weeks.add(week);
    }
  const loaded = await loadAll<Ledger>(
    documents,
    [...weeks].map((week) => keys.ledger(channel, week)),
  );
  const found = loaded.filter(isStored).map(({ value }) => value);
  const extended = found.filter((ledger) => weekBeyond(monthOf(ledger.week), [ledger], calendar));
  const months = new Set(extended.map(({ week }) => monthOf(week)));
  const others = found.filter(({ week }) => !months.has(monthOf(week)));
  const whole = await Promise.all([...months].map((month) => loadLedgers(documents, channel, month)));
  return [...others, ...whole.flat().map(({ value }) => value)];
};
