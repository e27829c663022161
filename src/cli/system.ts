import type { SetAside } from '../admin/leftovers.ts';
import { type Drained, drain } from '../host/drain.ts';
import type { NewJob, Queue } from '../queue/queue.ts';
import type { Spool } from '../queue/spool.ts';
import { systemClock } from '../setup/clock.ts';
import { addressesOf, type SlackSettings, slackOf } from '../setup/environment.ts';
import { openQueue } from '../setup/open.ts';
import { openDocuments } from '../store/documents.ts';
import { reportTo } from './serve.ts';
import { type CommonOptions, type History, openHistory, type Shell } from './shell.ts';

/** History, queue and Slack's settings: what a command needs that asks for something to be done. */
export interface System extends History {
  queue: Queue & Partial<Spool> & { setAside?: SetAside };
  slack: SlackSettings;
}

/** Opens all of the system, runs `work`, and lets go of the queue. */
export const withSystem = async <T>(
  shell: Shell,
  options: CommonOptions,
  work: (system: System) => Promise<T>,
): Promise<T> => {
  const history = await openHistory(shell, options);
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

/** A derived document as it is stored now. */
export const loadNow = async <T>({ state }: History, key: string): Promise<T | undefined> =>
  (await openDocuments(state).load<T>(key)).value;
