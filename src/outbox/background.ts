import { earlierTs } from '../events/timestamp.ts';
import { calendarOf } from '../events/week.ts';
import type { Background } from '../handlers/effect.ts';
import { firstOpenMonth } from '../handlers/open-week.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { People } from '../projections/season.ts';
import type { Clock } from '../setup/clock.ts';
import type { Documents } from '../store/documents.ts';

/** What decisions need besides a month's ledgers, from the table of people and from this week's ledger, which may be newer. */
export const backgroundOf = async (
  challenge: Challenge,
  documents: Documents,
  clock: Clock,
): Promise<Background & Required<Pick<Background, 'isNamed'>>> => {
  const { channel, timeZone } = challenge;
  const now = clock.now() / 1000;
  const week = calendarOf(timeZone).weekAt(now);
  const [{ value: table }, { value: ledger }] = await Promise.all([
    documents.load<People>(keys.people(channel)),
    documents.load<Ledger>(keys.ledger(channel, week)),
  ]);
  return {
    openFrom: firstOpenMonth(challenge, now),
    firstHeard: earlierTs(table?.firstHeard, ledger?.firstHeard),
    isNamed: (user) => Boolean(table?.roster[user]?.name?.value || ledger?.people[user]?.name?.value),
  };
};
