import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Refused, Unavailable } from '../events/errors.ts';
import { storedPage } from '../host/first-page.ts';
import { addressesOf } from '../setup/environment.ts';
import { occupiedBy } from '../setup/page-place.ts';
import { onDisk } from '../store/disk-error.ts';
import { type Published, siteWriter } from '../web/site.ts';
import { openHistory } from './history.ts';
import { DASHBOARD } from './serve.ts';
import { type AddCommand, type CommonOptions, configOf, Failure, optionsOf, printable, type Shell } from './shell.ts';
import { Told } from './told.ts';

interface PublishOptions extends CommonOptions {
  watch?: boolean;
  every: number;
  then?: string;
  yes?: boolean;
}

export const publishPageCommand: AddCommand = (program, shell) => {
  program
    .command('publish-page <folder>')
    .description('writes the page and its snapshots as static files, for GitHub Pages or any other host')
    .option('--watch', 'goes on until it is ended, and writes what has changed')
    .option('--every <seconds>', 'with --watch: how often it looks', parseEvery, 10)
    .option('--then <command>', 'runs in the folder after each change, such as one that commits and pushes')
    .option('--yes', "also where pageAccess is 'link' or 'off': whoever gets the files sees everything")
    .addHelpText(
      'after',
      '\nWrites only what differs, and removes snapshots that are no more. What else lies in the folder stays as it is.\n\nExample:\n' +
        "  til publish-page site --watch --then 'git add -A && git commit -qm page && git push -q'\n",
    )
    .action(async (folder: string, _options, command) => {
      const options = optionsOf<PublishOptions>(command);
      // Without --watch nothing obeys it: a signal ends the process as it ends any other.
      const signal = options.watch ? shell.untilSignal() : undefined;
      const { settings, state } = await openHistory(shell, options);
      const { pageAccess = 'open' } = settings;
      if (pageAccess !== 'open' && !options.yes)
        throw new Refused(
          `pageAccess is '${pageAccess}', and static files are seen by whoever gets them; --yes publishes them all the same`,
        );
      const place = resolve(folder);
      if (existsSync(place) && !statSync(place).isDirectory())
        throw new Refused(`${printable(folder)}: expected a folder, got a file`);
      requireOwnPlace(shell, options, folder);
      const { dashboardUrl } = settings.challenges.find((challenge) => challenge.dashboardUrl) ?? {};
      const fill = storedPage(state, dashboardUrl);
      const round = siteWriter({ page: DASHBOARD, state, folder: place, fill });
      const publish = roundWith(shell, options, place, round);
      if (signal) await watch(shell, options, publish, signal);
      else await publish();
    });
};

/** Refuses a folder in which the page would be mixed with what is not for everybody, or with what the program reads. */
const requireOwnPlace = (shell: Shell, { config }: CommonOptions, folder: string): void => {
  const found = occupiedBy(resolve(folder), addressesOf(shell.environment), {
    own: [DASHBOARD],
    config: configOf(shell, config),
  });
  if (found)
    throw new Told((errors) =>
      errors.pagePlace[found.by === 'folder' ? 'apart' : 'holds'](printable(folder), printable(found.path)),
    );
};

const parseEvery = (text: string): number => {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new Refused(`--every: expected a number of seconds from 1 to 99999, got ${printable(text)}`);
};

/** One round: publishes, says what it did, and runs the command when anything has changed since that last succeeded. */
const roundWith = (shell: Shell, options: PublishOptions, folder: string, round: () => Promise<Published>) => {
  let isOwed = false;
  let isFirst = true;
  return async (): Promise<void> => {
    const { written, removed } = await onDisk('cannot write', folder, round);
    const changed = written.length + removed.length;
    if (changed > 0 || isFirst) shell.out(said(options, written.length, removed.length, folder));
    isFirst = false;
    isOwed ||= changed > 0;
    if (options.then && isOwed) await runIn(folder, options.then);
    isOwed = false;
  };
};

const said = ({ json }: PublishOptions, written: number, removed: number, folder: string): string => {
  if (json) return `${JSON.stringify({ written, removed })}\n`;
  return `${written} files written${removed > 0 ? `, ${removed} removed` : ''}: ${printable(folder)}\n`;
};

const runIn = async (folder: string, command: string): Promise<void> => {
  const child = spawn(command, { shell: true, cwd: folder, stdio: ['ignore', 2, 2] });
  const [code, signal] = (await once(child, 'exit').catch(() => [undefined, undefined])) as [number?, string?];
  if (code !== 0) throw new Failure(`til: --then: expected exit code 0, got ${code ?? signal ?? 'no start'}`);
};

/** Looks again and again until the signal. What may pass (a disk, a network, a push that somebody else was quicker with) is tried again. */
const watch = async (
  shell: Shell,
  { every }: PublishOptions,
  publish: () => Promise<void>,
  signal: Promise<unknown>,
): Promise<void> => {
  const stop = new AbortController();
  void signal.then(() => stop.abort());
  while (!stop.signal.aborted) {
    try {
      await publish();
    } catch (error) {
      if (!(error instanceof Failure || error instanceof Unavailable)) throw error;
      shell.error(`${error.message}; it is tried again\n`);
    }
    await wait(every * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
  }
};
