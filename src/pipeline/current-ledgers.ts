import { Conflict } from '../events/errors.ts';
import type { Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import { emptyLedger, LEDGER_VERSION, type Ledger } from '../projections/ledger.ts';
import type { Bucket } from '../store/bucket.ts';
import type { Document, Documents } from '../store/documents.ts';
import { openLog } from '../store/log.ts';
import { foldSafely } from './fold-safely.ts';
import { keys } from './keys.ts';

/**
 * Documents whose ledgers all have today's version. After an upgrade without a rebuild, each ledger of another version is folded again
 * from the log when it is first loaded, and stored, so that all ledgers of a month follow the same rules.
 */
export const withCurrentLedgers = (documents: Documents, log: Bucket, challenges: readonly Challenge[]): Documents => {
  const refolded = async (challenge: Challenge, week: Week): Promise<Ledger> => {
    const events = await openLog(log, challenge).readWeek(week, () => {}); // `til verify` names damage.
    return foldSafely(emptyLedger(challenge.channel, week), events).state;
  };

  const current = async <T>(document: Document<T>): Promise<Document<T>> => {
    const ledger = document.value as Ledger | undefined;
    if (!isOfAnotherVersion(document.key, ledger)) return document;
    const challenge = challenges.find(({ channel }) => document.key === keys.ledger(channel, ledger.week));
    if (!challenge) return document;
    try {
      return (await documents.save(document, (await refolded(challenge, ledger.week)) as T)) ?? document;
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      return current(await documents.reload<T>(document.key)); // Another process has stored one meanwhile.
    }
  };

  return {
    ...documents,
    load: async <T>(key: string) => current(await documents.load<T>(key)),
    reload: async <T>(key: string) => current(await documents.reload<T>(key)),
  };
};

const isOfAnotherVersion = (key: string, ledger: Ledger | undefined): ledger is Ledger =>
  key.startsWith('ledgers/') && typeof ledger?.week === 'string' && (ledger.version as number) !== LEDGER_VERSION;
