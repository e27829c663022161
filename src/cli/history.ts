import { poolFor, type WorkerPool } from '../history/pool.ts';
import { makeRight } from '../host/machine.ts';
import { keys } from '../pipeline/keys.ts';
import { WAITING } from '../queue/stored.ts';
import type { Settings } from '../setup/config.ts';
import { addressesOf } from '../setup/environment.ts';
import { openBucket, openState, openWholeLog } from '../setup/open.ts';
import { createReport, type Report } from '../setup/report.ts';
import type { Bucket } from '../store/bucket.ts';
import type { Doubt } from '../store/doubt.ts';
import { languageOf, textIn } from './language.ts';
import { type CommonOptions, chosen, loadSettings, printable, type Shell, type Soundness } from './shell.ts';
import { Told } from './told.ts';

/** Configuration and storage, as nearly every command needs them. */
export interface History {
  settings: Settings;
  log: Bucket;
  state: Bucket;
  doubt?: Doubt | undefined;
  /** Processes for a long history. */
  pool: (months: number) => WorkerPool | undefined;
}

/**
 * Opens what a command reads and writes. State that may be torn or old is made anew before, where it must be sound, unless there is no log to
 * make it from. Throws `Refused` for a log that a restore has not filled to its end.
 */
export const openHistory = async (
  shell: Shell,
  options: CommonOptions,
  soundness: Soundness = 'sound',
): Promise<History> => {
  const settings = await loadSettings(shell, options);
  const { environment } = shell;
  const addresses = addressesOf(environment);
  const openLog = soundness === 'notWhole' ? openBucket : openWholeLog;
  const log = await openLog(addresses.log, environment);
  const { state, doubt } = await openState(addresses.state, environment);
  const pool: History['pool'] = (months) => poolFor(months, { log, state }, { ...addresses, environment });
  const history = { settings, log, state, doubt, pool };
  const channels = settings.challenges.map(({ channel }) => channel);
  if (soundness === 'sound' && doubt?.isThere(channels) && (await hasLog(log)))
    await makeRight({ ...history, report: tellOfRenewal(shell, options) });
  return history;
};

/** Programs read it as a server's report, people as sentences. */
const tellOfRenewal = ({ environment, error }: Shell, { json, lang }: CommonOptions): Report => {
  const report = createReport(json === true, (line) => error(`${line}\n`), Date.now);
  const { renewal } = textIn(lang ?? languageOf(environment) ?? 'en');
  return (happening, fields) => {
    if (happening === 'ready') return;
    if (json || (happening !== 'renewing' && happening !== 'renewed')) report(happening, fields);
    else error(`${happening === 'renewing' ? renewal.begins : renewal.ended(Number(fields?.['seconds']))}\n`);
  };
};

/**
 * Throws `Refused` where no log is: an address with a slip in it would look like a history in which nothing happened. A server that has
 * heard nothing yet has written its list of challenges, and no ledger.
 */
export const requireLog = async (
  { environment }: Shell,
  { log, state, settings }: History,
  { channel }: { channel?: string },
): Promise<void> => {
  chosen(settings, channel); // A slip in the channel is said first.
  if (await hasLog(log)) return;
  const isNew = (await state.get(keys.challenges)) && !(await state.folders('')).includes('ledgers');
  if (isNew) return;
  throw new Told((errors) => errors.noLog(printable(addressesOf(environment).log)));
};

/** What til doctor leaves is no log, nor what only waits to be taken in. */
const hasLog = async (log: Bucket): Promise<boolean> =>
  (await log.folders('')).some((name) => name !== 'scratch' && `${name}/` !== WAITING);
