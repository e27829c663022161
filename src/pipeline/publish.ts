import { type Month, weeksOf } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import type {
  ChallengesSnapshot,
  IndexSnapshot,
  MemberSnapshot,
  MembersSnapshot,
  MonthSnapshot,
  WeekSnapshot,
} from '../projections/contract.ts';
import { changedCounts, memberRows } from '../projections/month-members.ts';
import type { MonthRows } from '../projections/month-rows.ts';
import { viewMonth } from '../projections/month-view.ts';
import { membersOf, type People } from '../projections/people.ts';
import { emptySeason, planMonth, type Season, summaryOf } from '../projections/season.ts';
import type { Document, Documents } from '../store/documents.ts';
import { mapOrdered } from '../store/together.ts';
import { keys } from './keys.ts';
import { again, isStored, loadAll, loadMonth, mustBeUnchanged, mustBeWhole } from './ledgers.ts';
import { lookIn } from './look.ts';

/** Lists the challenges for the dashboard. */
export const publishChallenges = async (documents: Documents, challenges: readonly Challenge[]): Promise<void> => {
  const snapshot: ChallengesSnapshot = { version: 1, challenges: challenges.map(summaryOf) };
  await again(documents, async () => documents.save(await documents.load(keys.challenges), snapshot));
};

/**
 * Brings the snapshots up to date with one month's ledgers: a bounded number of small objects, and of these only the ones that change.
 * The snapshots of the weeks are written first and the month's last, so that a step that was cut short is seen by what these two say, and done
 * again even when its cause has been taken back meanwhile. Whom they would not tell of is noted before, until all else is written.
 */
export const publishMonth = async (documents: Documents, challenge: Challenge, month: Month): Promise<void> => {
  await again(documents, async () => {
    const { channel } = challenge;
    // Documents first, then what they are computed from: see Documents.
    const [index, table, members, before, rows, weeks] = await Promise.all([
      documents.load<IndexSnapshot>(keys.index(channel)),
      documents.load<People>(keys.people(channel)),
      documents.load<MembersSnapshot>(keys.members(channel)),
      documents.load<MonthSnapshot>(keys.month(channel, month)),
      documents.load<MonthRows>(keys.rows(channel, month)),
      loadAll<WeekSnapshot>(
        documents,
        weeksOf(month).map((week) => keys.week(channel, week)),
      ),
    ]);
    const sources = await loadMonth(documents, challenge, month);
    mustBeWhole(sources);
    const ledgers = sources.filter(isStored);
    if (ledgers.length === 0) return; // The log has no events of this month.

    const empty = emptySeason(challenge);
    const stored = weeks.flatMap(({ value }) => (value?.posts ? value : []));
    const cut = changedCounts(before.value?.members ?? [], memberRows(stored));
    const people = table.value ?? empty.people;
    const season: Season = { index: index.value ?? empty.index, people: withPending(people, month, cut) };
    const view = viewMonth(
      challenge,
      month,
      ledgers.map(({ value }) => value),
      lookIn(documents),
    );
    const plan = planMonth(challenge, season, before.value, view);
    const ids = plan.changed;
    const noted = withPending(people, month, plan.untold);
    const asNoted = (noted !== people && (await documents.save(table, noted))) || table;
    const persons = await loadAll<MemberSnapshot>(
      documents,
      ids.map((id) => keys.member(channel, id)),
    );
    if (ids.length > 0) await mustBeUnchanged(documents, sources);
    const last = new Map(ids.map((id, position) => [id, persons[position] as Document<MemberSnapshot>]));
    const step = plan.place((id) => last.get(id)?.value);

    const byKey = new Map(weeks.map((document) => [document.key, document]));
    let written = false;
    const saveAll = async (all: readonly (readonly [Document<unknown>, unknown])[]): Promise<void> => {
      written = (await saveTogether(documents, all)) || written;
    };
    const ofWeeks = view.weekSnapshots.map(
      (snapshot) => [byKey.get(keys.week(channel, snapshot.week)) as Document<WeekSnapshot>, snapshot] as const,
    );
    const ofMembers = [...step.members].map(
      ([id, snapshot]) => [last.get(id) as Document<MemberSnapshot>, snapshot] as const,
    );
    await saveAll(ofWeeks);
    await saveAll([...ofMembers, [members, membersOf(challenge, step.season.people)], [rows, view.rows]]);
    await saveAll([
      [index, step.season.index],
      [asNoted, step.season.people],
    ]);
    await saveAll([[before, view.snapshot]]);
    // Another process that changed a ledger meanwhile may have found the snapshots right just before ours, which are older, were written.
    if (documents.shared && written) await mustBeUnchanged(documents, sources);
  });
};

/** The table of people with a note of whose snapshots are to be looked at; the same one when it has that note. */
const withPending = (people: People, month: Month, ids: readonly string[]): People => {
  const last = people.pending?.[month] ?? [];
  const pending = new Set([...last, ...ids]);
  if (pending.size === last.length) return people;
  return { ...people, pending: { ...people.pending, [month]: [...pending].sort() } };
};

const SAVES_AT_ONCE = 16;

/** Saves documents at the same time; says whether any was written. When one fails, the error comes when all have ended. */
const saveTogether = async (
  documents: Documents,
  all: readonly (readonly [Document<unknown>, unknown])[],
): Promise<boolean> => {
  const errors: unknown[] = [];
  const saves = await mapOrdered(all, SAVES_AT_ONCE, ([document, value]) =>
    documents.save(document, value).catch((error: unknown) => {
      errors.push(error);
      return undefined;
    }),
  );
  if (errors.length > 0) throw errors[0];
  return saves.some((saved) => saved !== undefined);
};
