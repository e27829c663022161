import type { Week } from '../events/week.ts';
import { foldWeek } from '../history/fold-week.ts';
import { type Drained, drain } from '../host/drain.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import { emptyLedger, type Ledger } from '../projections/ledger.ts';
import type { LocalQueue } from '../queue/local.ts';
import type { NewJob, Queue } from '../queue/queue.ts';
import { systemClock } from '../setup/clock.ts';
import { addressesOf, type SlackSettings, slackOf } from '../setup/environment.ts';
import { openQueue } from '../setup/open.ts';
import { openDocuments } from '../store/documents.ts';
import { type History, openHistory } from './history.ts';
import { reportTo } from './serve.ts';
import { type CommonOptions, printable, type Shell, type Soundness } from './shell.ts';
import { Told } from './told.ts';

/** History, queue and Slack's settings: what a command needs that asks for something to be done. */
export interface System extends History {
  queue: Queue & Partial<LocalQueue>;
  slack: SlackSettings;
}

/** Opens all of the system, runs `work`, and lets go of the queue. */
export const withSystem = async <T>(
  shell: Shell,
  options: CommonOptions,
  work: (system: System) => Promise<T>,
  soundness?: Soundness,
): Promise<T> => {
  const history = await openHistory(shell, options, soundness);
  const queue = await openQueue(addressesOf(shell.environment).queue, shell.environment);
  try {
    return await work({ ...history, queue, slack: slackOf(shell.environment) });
  } finally {
    await queue.close?.();
  }
};

/** Puts jobs on the queue and does them here, unless a server does: then undefined. */
export const request = async (
  shell: Shell,
  { json }: CommonOptions,
  system: System,
  jobs: NewJob[],
): Promise<Drained | undefined> => {
  await system.queue.put(jobs);
  return drain({ ...system, clock: systemClock, report: reportTo(shell, json) });
};

/** How long a command waits for a server to do what it asks for. */
export const WAIT_SECONDS = 30;

/** Checks the number of a `--wait` option. */
export const parseWait = (text: string): number => {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new Told((errors) => errors.wait(printable(text)));
};

const LOOK_MILLISECONDS = 250;

/**
 * Puts jobs on the queue and has them done: here, or, where a server takes from the queue, by that, for which it waits until `isDone` or
 * time is up. Says who was to do it.
 */
export const ask = async (
  shell: Shell,
  options: CommonOptions & { wait: number },
  system: System,
  jobs: NewJob[],
  isDone: () => Promise<boolean>,
): Promise<'here' | 'server'> => {
  const started = systemClock.now();
  if (await request(shell, options, system, jobs)) return 'here';
  while (!(await isDone()) && systemClock.now() - started < options.wait * 1000)
    await systemClock.sleep(LOOK_MILLISECONDS);
  return 'server';
};

/** A week's ledger as the log has it: what is stored may be behind when nobody has done the work for a while. */
export const ledgerAsLogged = async (history: History, challenge: Challenge, week: Week): Promise<Ledger> =>
  (await foldWeek(challenge, week, history, 'readWeek')).state;

/** A week's ledger as it is stored now. */
export const ledgerNow = async (history: History, { channel }: Challenge, week: Week): Promise<Ledger> =>
  (await loadNow<Ledger>(history, keys.ledger(channel, week))) ?? emptyLedger(channel, week);

/** A derived document as it is stored now. */
export const loadNow = async <T>({ state }: History, key: string): Promise<T | undefined> =>
  (await openDocuments(state).load<T>(key)).value;
