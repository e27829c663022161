import { earlierTs, type Ts } from '../events/timestamp.ts';
import { calendarOf, monthOf, plusMonths, plusWeeks, type Week } from '../events/week.ts';
import { aboutOf, type Background, type EffectKind, type EffectRef, type Past } from '../handlers/effect.ts';
import { isEffectId, parseId } from '../handlers/kinds.ts';
import { firstOpenMonth } from '../handlers/open-week.ts';
import { keys } from '../pipeline/keys.ts';
import { loadLedgers } from '../pipeline/ledgers.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { IndexSnapshot, MemberSnapshot } from '../projections/contract.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { People } from '../projections/people.ts';
import { joinSettings } from '../projections/settings.ts';
import type { Clock } from '../setup/clock.ts';
import type { Documents } from '../store/documents.ts';

/** Since when the bot has listened; undefined while it has heard nothing. */
export const heardSince = async (
  { channel, timeZone }: Challenge,
  documents: Documents,
  clock: Pick<Clock, 'now'>,
): Promise<Ts | undefined> => {
  const week = calendarOf(timeZone).weekAt(clock.now() / 1000);
  const [{ value: table }, { value: ledger }] = await Promise.all([
    documents.load<People>(keys.people(channel)),
    documents.load<Ledger>(keys.ledger(channel, week)),
  ]);
  return earlierTs(table?.firstHeard, ledger?.firstHeard);
};

/**
 * What decisions need besides a month's ledgers: from the table of people, and from this week's ledger, which may be newer; what people
 * chose also from that of the week before, since a choice may have been made just before this one began.
 */
export const backgroundOf = async (
  challenge: Challenge,
  documents: Documents,
  clock: Pick<Clock, 'now'>,
): Promise<Background & Required<Pick<Background, 'isNamed'>>> => {
  const { channel, timeZone } = challenge;
  const now = clock.now() / 1000;
  const week = calendarOf(timeZone).weekAt(now);
  const [{ value: table }, { value: ledger }, { value: last }] = await Promise.all([
    documents.load<People>(keys.people(channel)),
    documents.load<Ledger>(keys.ledger(channel, week)),
    documents.load<Ledger>(keys.ledger(channel, plusWeeks(week, -1))),
  ]);
  return {
    openFrom: firstOpenMonth(challenge, now),
    firstHeard: earlierTs(table?.firstHeard, ledger?.firstHeard),
    settings: joinSettings(table?.settings, last?.settings, ledger?.settings),
    isNamed: (user) => Boolean(table?.roster[user]?.name?.value || ledger?.people[user]?.name?.value),
  };
};

/** The kinds of effects whose words tell of the month before, too. */
const LOOKING_BACK: ReadonlySet<string> = new Set([
  'week.open',
  'participation',
  'month.result',
] satisfies EffectKind[]);

/**
 * What an effect's words need beside that: the ledgers of the month before its own, and of an announcement, what is known from still older
 * months of the author of the post. Those are read where they are published, and have long been.
 */
export const lookBack = async (
  { channel }: Challenge,
  { week, id }: EffectRef,
  ledgers: readonly Ledger[],
  documents: Documents,
): Promise<Pick<Background, 'before' | 'pastOf'>> => {
  const kind = isEffectId(id) ? parseId(id).kind : undefined;
  if (!kind || !LOOKING_BACK.has(kind)) return {};
  const last = plusMonths(monthOf(week), -1);
  const before = (await loadLedgers(documents, channel, last)).map(({ value }) => value);
  const author = ledgers.find((ledger) => ledger.week === week)?.messages[aboutOf(id) ?? '']?.author;
  if (kind !== 'participation' || !author) return { before };
  const [{ value: index }, { value: table }, { value: member }] = await Promise.all([
    documents.load<IndexSnapshot>(keys.index(channel)),
    documents.load<People>(keys.people(channel)),
    documents.load<MemberSnapshot>(keys.member(channel, author)),
  ]);
  const isOlder = (each: Week): boolean => monthOf(each) < last;
  const past: Past = {
    weeks: (index?.weeks ?? []).filter((each) => isOlder(each.week)),
    written: Object.keys(member?.weeks ?? {}).filter(isOlder),
    excused: (table?.excused?.[author] ?? []).filter(isOlder),
  };
  return { before, pastOf: (user) => (user === author ? past : undefined) };
};
