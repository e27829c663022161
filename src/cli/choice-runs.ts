import type { Outlook } from '../handlers/choice.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { IndexSnapshot, MemberSnapshot, MonthSnapshot } from '../projections/contract.ts';
import type { MonthView } from '../projections/month-view.ts';
import type { People } from '../projections/people.ts';
import { planMonth } from '../projections/season.ts';
import type { Bucket } from '../store/bucket.ts';
import { readDocument } from '../store/documents.ts';

/** Somebody's run, in weeks, before and after. */
export interface RunDifference {
  id: string;
  before: MemberSnapshot['streak'];
  after: MemberSnapshot['streak'];
}

/** Whose runs a choice changes, by id, as far as the stored season is there to tell; nobody's where it is not. */
export const runsThatDiffer = async (
  challenge: Challenge,
  outlook: readonly Outlook[],
  state: Bucket,
): Promise<RunDifference[]> => {
  const { channel } = challenge;
  const value = async <T>(key: string): Promise<T | undefined> => (await readDocument<T>(state, key)).value;
  const [index, people] = [await value<IndexSnapshot>(keys.index(channel)), await value<People>(keys.people(channel))];
  if (!index || !people) return [];
  const differences: RunDifference[] = [];
  for (const { month, before, after } of outlook) {
    const stored = await value<MonthSnapshot>(keys.month(channel, month));
    const plan = (view: MonthView) => planMonth(challenge, { index, people }, stored, view);
    const plans = [plan(before), plan(after)] as const;
    const ids = [...new Set(plans.flatMap(({ changed }) => changed))].sort();
    const members = new Map<string, MemberSnapshot | undefined>();
    for (const id of ids) members.set(id, await value<MemberSnapshot>(keys.member(channel, id)));
    const [without, having] = plans.map(({ place }) => place((id) => members.get(id)).members);
    for (const id of ids) {
      const is = (without?.get(id) ?? members.get(id))?.streak;
      const would = having?.get(id)?.streak;
      if (is && would && JSON.stringify(is) !== JSON.stringify(would))
        differences.push({ id, before: is, after: would });
    }
  }
  return differences;
};
