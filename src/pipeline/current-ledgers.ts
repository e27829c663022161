import { Conflict } from '../events/errors.ts';
import type { Week } from '../events/week.ts';
import type { Challenge } from '../projections/challenge.ts';
import { emptyLedger, LEDGER_VERSION, type Ledger } from '../projections/ledger.ts';
import { type Bucket, listAll } from '../store/bucket.ts';
import { type Document, type Documents, readDocument } from '../store/documents.ts';
import { openLog } from '../store/log.ts';
import { foldSafely } from './fold-safely.ts';
import { keys } from './keys.ts';

/**
 * Documents whose ledgers all have today's version. After an upgrade without a rebuild, each ledger of another version is folded again
 * from the log when it is first loaded, and stored, so that all ledgers of a month follow the same rules. `onRefolded` is told of each.
 */
export const withCurrentLedgers = (
  documents: Documents,
  log: Bucket,
  challenges: readonly Challenge[],
  onRefolded?: (challenge: Challenge, upgrade: string) => void,
): Documents => {
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
      const saved = (await documents.save(document, (await refolded(challenge, ledger.week)) as T)) ?? document;
      onRefolded?.(challenge, describeUpgrade(ledger.version));
      return saved;
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

/** What an upgrade is called, where the newest ledger of a channel was stored by an earlier version; undefined elsewhere. */
export const pendingUpgrade = async (state: Bucket, channel: string): Promise<string | undefined> => {
  let last: string | undefined;
  for await (const { key } of listAll(state, `ledgers/${channel}/`)) last = key;
  const { version } = (last === undefined ? undefined : (await readDocument<Ledger>(state, last)).value) ?? {};
  return typeof version === 'number' && version < LEDGER_VERSION ? describeUpgrade(version) : undefined;
};

const describeUpgrade = (from: unknown): string =>
  `ledgers of version ${String(from)} are of version ${LEDGER_VERSION} now`;

const isOfAnotherVersion = (key: string, ledger: Ledger | undefined): ledger is Ledger =>
  key.startsWith('ledgers/') && typeof ledger?.week === 'string' && (ledger.version as number) !== LEDGER_VERSION;
