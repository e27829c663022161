import type { Ts } from '../events/timestamp.ts';
import { calendarOf, type Month, monthOf, monthsBetween } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { IndexSnapshot } from '../projections/contract.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { MonthRows } from '../projections/month-rows.ts';
import { viewMonth } from '../projections/month-view.ts';
import type { People } from '../projections/people.ts';
import type { ChosenSettings } from '../projections/settings.ts';
import type { Documents } from '../store/documents.ts';
import { keys } from './keys.ts';
import { isStored, loadAll, loadMonth, mustBeWhole } from './ledgers.ts';
import { lookIn } from './look.ts';

/** The private rows of a season's months up to the present one, and what that is read from. */
export interface SeasonRows {
  rows: MonthRows[];
  month: Month;
  ledgers: Ledger[];
  /** What people chose last to be told, as published: also in months of which there are no rows here. */
  settings: ChosenSettings;
}

/**
 * Loads the private rows of a season's months up to that of an instant. The last month's are read from its ledgers: they hold what was
 * just chosen, and what is published may be a second behind. Throws `Corrupt` when one of these is damaged.
 */
export const loadSeasonRows = async (documents: Documents, challenge: Challenge, at: Ts): Promise<SeasonRows> => {
  const { channel, timeZone } = challenge;
  const month = monthOf(calendarOf(timeZone).weekOf(at));
  const [{ value: index }, { value: people }] = await Promise.all([
    documents.load<IndexSnapshot>(keys.index(channel)),
    documents.load<People>(keys.people(channel)),
  ]);
  const before = monthsBetween(index?.weeks[0]?.month ?? month, month).slice(0, -1);
  const [stored, sources] = await Promise.all([
    loadAll<MonthRows>(
      documents,
      before.map((each) => keys.rows(channel, each)),
    ),
    loadMonth(documents, challenge, month),
  ]);
  mustBeWhole(sources);
  const ledgers = sources.filter(isStored).map(({ value }) => value);
  return {
    rows: [...stored.flatMap(({ value }) => value ?? []), viewMonth(challenge, month, ledgers, lookIn(documents)).rows],
    month,
    ledgers,
    settings: people?.settings ?? {},
  };
};
