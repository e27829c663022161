import type { Choice } from '../events/choices.ts';
import { type Judgement, judge, weeksToRead } from '../handlers/choice.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { joinMonthsFor, type SeasonPerson } from '../projections/season-people.ts';
import type { Documents } from '../store/documents.ts';
import { keys } from './keys.ts';
import { isStored, mustBeWhole } from './ledgers.ts';
import { loadSeasonRows } from './my-rows.ts';
import type { Recorder } from './recorder.ts';

export interface ChoicePorts {
  documents: Documents;
  recorder: Pick<Recorder, 'recall' | 'record'>;
}

/**
 * Writes a choice into the log and folds it, unless it says what stands already or cannot be; says which. Coming again, it ends as it did,
 * also when the try before has failed in between.
 */
export const recordChoice = async (
  challenge: Challenge,
  choice: Choice,
  { documents, recorder }: ChoicePorts,
): Promise<Judgement> => {
  if (await recorder.recall(choice)) return { is: 'new' };
  // By what is stored, not by what is remembered: the month may have been closed elsewhere.
  const keysToRead = weeksToRead(choice, challenge).map((week) => keys.ledger(challenge.channel, week));
  const loaded = await Promise.all(keysToRead.map((key) => documents.reload<Ledger>(key)));
  mustBeWhole(loaded);
  const judgement = judge(
    challenge,
    choice,
    loaded.filter(isStored).map(({ value }) => value),
    await seasonOfSetter(challenge, choice, documents),
  );
  if (judgement.is === 'new') await recorder.record(choice);
  return judgement;
};

/** The season of whoever sets something; undefined for another choice. */
const seasonOfSetter = async (
  challenge: Challenge,
  choice: Choice,
  documents: Documents,
): Promise<SeasonPerson | undefined> => {
  if (choice.kind !== 'member.set') return undefined;
  const { rows, settings } = await loadSeasonRows(documents, challenge, choice.at);
  return joinMonthsFor(choice.user, rows, settings).person;
};
