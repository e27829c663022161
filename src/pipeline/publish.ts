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
import { type MonthView, viewMonth } from '../projections/month-view.ts';
import { membersOf, type People, withPending } from '../projections/people.ts';
import { emptySeason, planMonth, summaryOf } from '../projections/season.ts';
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
  /** Whose snapshots a try of this has written, or may have: another process may have looked at them before, and found nothing to do. */
  const touched = new Set<string>();
  await again(documents, async () => {
    const known = await load(documents, challenge, month);
    const ledgers = known.sources.filter(isStored).map(({ value }) => value);
    if (ledgers.length === 0) return; // The log has no events of this month.
    const view = viewMonth(challenge, month, ledgers, lookIn(documents));
    await step({ documents, challenge, known, view, touched });
  });
};

/** What a step starts from. */
const load = async (documents: Documents, challenge: Challenge, month: Month) => {
  const { channel } = challenge;
  // Documents first, then what they are computed from: see Documents. The table of people is both.
  const [index, members, before, rows, weeks] = await Promise.all([
    documents.load<IndexSnapshot>(keys.index(channel)),
    documents.load<MembersSnapshot>(keys.members(channel)),
    documents.load<MonthSnapshot>(keys.month(channel, month)),
    documents.load<MonthRows>(keys.rows(channel, month)),
    loadAll<WeekSnapshot>(
      documents,
      weeksOf(month).map((week) => keys.week(channel, week)),
    ),
  ]);
  const table = await documents.load<People>(keys.people(channel));
  const sources = await loadMonth(documents, challenge, month);
  mustBeWhole(sources);
  return { index, members, before, rows, weeks, table, sources };
};

interface StepGround {
  documents: Documents;
  challenge: Challenge;
  known: Awaited<ReturnType<typeof load>>;
  view: MonthView;
  touched: Set<string>;
}

const step = async ({ documents, challenge, known, view, touched }: StepGround): Promise<void> => {
  const { index, members, before, rows, weeks, table, sources } = known;
  const { channel } = challenge;
  const empty = emptySeason(challenge);
  const people = table.value ?? empty.people;
  const stored = weeks.flatMap(({ value }) => (value?.posts ? value : []));
  // Rewriting the weeks takes away what tells of a step that was cut short, so it is noted before.
  const doubtful = [...changedCounts(before.value?.members ?? [], memberRows(stored)), ...touched];
  const season = { index: index.value ?? empty.index, people: withPending(people, view.month, doubtful) };
  const plan = planMonth(challenge, season, before.value, view);
  const noted = withPending(season.people, view.month, plan.untold);
  const asNoted = (noted !== people && (await documents.save(table, noted))) || table;
  const persons = await loadAll<MemberSnapshot>(
    documents,
    plan.changed.map((id) => keys.member(channel, id)),
  );
  // By the index runs are told: an older one than the table would be nowhere compared.
  if (plan.changed.length > 0) await mustBeUnchanged(documents, [...sources, index]);
  const last = new Map(plan.changed.map((id, position) => [id, persons[position] as Document<MemberSnapshot>]));
  const next = plan.place((id) => last.get(id)?.value);
  for (const id of plan.changed) touched.add(id);

  const byKey = new Map(weeks.map((document) => [document.key, document]));
  const written = await saveInTurn(documents, [
    view.weekSnapshots.map((week) => [byKey.get(keys.week(channel, week.week)) as Document<unknown>, week]),
    [
      ...[...next.members].map(([id, snapshot]) => [last.get(id) as Document<unknown>, snapshot] as const),
      [members, membersOf(challenge, next.season.people)],
      [rows, view.rows],
    ],
    [[index, next.season.index]],
    [[asNoted, next.season.people]],
    [[before, view.snapshot]],
  ]);
  // Another process that changed a ledger meanwhile may have found the snapshots right just before ours, which are older, were written.
  if (written) await mustBeUnchanged(documents, sources);
};

const SAVES_AT_ONCE = 16;

type Save = readonly [Document<unknown>, unknown];

/** Saves groups of documents one after the other, those of a group side by side; says whether any was written. */
const saveInTurn = async (documents: Documents, groups: readonly (readonly Save[])[]): Promise<boolean> => {
  let written = false;
  for (const group of groups) written = (await saveTogether(documents, group)) || written;
  return written;
};

/** Saves documents at the same time; says whether any was written. When one fails, the error comes when all have ended. */
const saveTogether = async (documents: Documents, all: readonly Save[]): Promise<boolean> => {
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
