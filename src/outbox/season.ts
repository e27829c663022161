import { type Month, monthOf, monthsBetween, plusMonths, plusWeeks, type Week } from '../events/week.ts';
import { type Background, type EffectRef, type PostView, postView } from '../handlers/effect.ts';
import { isEffectId, parseId } from '../handlers/kinds.ts';
import { keys } from '../pipeline/keys.ts';
import { isStored, loadMonth } from '../pipeline/ledgers.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import type { IndexSnapshot } from '../projections/contract.ts';
import type { Ledger } from '../projections/ledger.ts';
import { type MonthRows, PERSONAL_KINDS, rowsOfMonth } from '../projections/month-rows.ts';
import { readMonth } from '../projections/participation.ts';
import type { People } from '../projections/people.ts';
import { joinRoster, type Roster, rosterOf } from '../projections/roster.ts';
import { joinMonths, type SeasonPeople } from '../projections/season-people.ts';
import type { Documents } from '../store/documents.ts';

/**
 * Everybody's season, as it is known now. The months of `week`, of the one after it (for which somebody may have planned) and the month before are
 * read from their ledgers, which publishing may be behind; others from their stored rows, or from their ledgers where there are none.
 */
export const loadSeason = async (challenge: Challenge, week: Week, documents: Documents): Promise<SeasonPeople> => {
  const { channel } = challenge;
  const [{ value: index }, { value: table }] = await Promise.all([
    documents.load<IndexSnapshot>(keys.index(channel)),
    documents.load<People>(keys.people(channel)),
  ]);
  const fresh = monthsBetween(plusMonths(monthOf(week), -1), monthOf(plusWeeks(week, 1)));
  const listed = new Set((index?.months ?? []).map(({ month }) => month));
  // Also those in which no week was open: what people planned then is known.
  const known = [...listed, ...fresh].sort();
  const others = monthsBetween(known[0] as Month, known.at(-1) as Month).filter((month) => !fresh.includes(month));
  const roster: Roster = { ...table?.roster };
  const ofLedgers = async (month: Month): Promise<MonthRows> => {
    const ledgers = await readLedgers(challenge, month, documents);
    joinRoster(roster, rosterOf(ledgers));
    const own = ledgers.filter((ledger) => monthOf(ledger.week) === month);
    return rowsOfMonth(readMonth(month, ledgers, rulesOf(challenge)), own);
  };
  const stored = async (month: Month): Promise<MonthRows | undefined> =>
    (await documents.load<MonthRows>(keys.rows(channel, month))).value ??
    (listed.has(month) ? ofLedgers(month) : undefined);
  const rows = await Promise.all([...others.map(stored), ...fresh.map(ofLedgers)]);
  return joinMonths(
    rows.filter((row) => row !== undefined),
    roster,
    table?.settings,
  );
};

const readLedgers = async (challenge: Challenge, month: Month, documents: Documents): Promise<Ledger[]> =>
  (await loadMonth(documents, challenge, month)).filter(isStored).map(({ value }) => value);

const MOST_TITLES = 3;

/** What a personal message's decision needs; nothing for another effect. */
export const seasonFor = async (
  challenge: Challenge,
  { week, id }: EffectRef,
  documents: Documents,
): Promise<Pick<Background, 'season'>> => {
  if (!isEffectId(id)) return {};
  const { kind, about } = parseId(id);
  if (!PERSONAL_KINDS.some((each) => each === kind)) return {};
  const people = await loadSeason(challenge, week, documents);
  const recent = kind === 'comeback' ? await recentPosts(challenge, about, people, documents) : [];
  return { season: { people, recent } };
};

/** Somebody's newest posts, the newest first. */
const recentPosts = async (
  challenge: Challenge,
  user: string,
  { people }: SeasonPeople,
  documents: Documents,
): Promise<PostView[]> => {
  const weeks = [...(people.get(user)?.posts.keys() ?? [])].slice(-MOST_TITLES);
  const months = await Promise.all(
    [...new Set(weeks.map(monthOf))].map(async (month) =>
      readMonth(month, await readLedgers(challenge, month, documents), rulesOf(challenge)).replies.filter(
        ({ author, counted }) => counted && author === user,
      ),
    ),
  );
  const newest = months.flat().sort((left, right) => (left.ts < right.ts ? 1 : -1));
  return newest.slice(0, MOST_TITLES).map(postView);
};
