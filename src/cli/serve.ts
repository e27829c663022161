import { fileURLToPath } from 'node:url';
import { Refused } from '../events/errors.ts';
import { type Running, serve } from '../host/serve.ts';
import type { Tell } from '../outbox/alarm.ts';
import { systemClock } from '../setup/clock.ts';
import type { Settings } from '../setup/config.ts';
import { addressesOf, type Environment, slackOf } from '../setup/environment.ts';
import { foldersOf, isOccupied, openStores, probeOf } from '../setup/open.ts';
import { doorOf, hostOf, PAGE_KEY } from '../setup/page-access.ts';
import { createReport, type Report } from '../setup/report.ts';
import { createTell } from '../setup/tell.ts';
import { hasHardLinks } from '../store/files.ts';
import { isBeingFilled } from '../store/filling.ts';
import { type AddCommand, failureOf, loadSettings, optionsOf, type Shell } from './shell.ts';
import { en } from './text/en.ts';

/** The folder of the built dashboard. */
export const DASHBOARD = fileURLToPath(new URL('../../dist/dashboard', import.meta.url));

/** The port that the environment names, 3000 by default. */
export const portOf = (environment: Environment): number => {
  const text = environment['PORT'] || '3000';
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Refused(`PORT: expected a number from 0 to 65535, got ${text}`);
};

export const serveCommand: AddCommand = (program, shell) => {
  program
    .command('serve')
    .description("runs the challenge on this machine: takes Slack's events, counts, and shows the dashboard")
    .addHelpText('after', '\nExample:\n  SLACK_SIGNING_SECRET=… SLACK_BOT_TOKEN=xoxb-… til serve\n')
    .action(async (_options, command) => {
      const options = optionsOf(command);
      const { json } = options;
      const signal = shell.untilSignal(); // Caught from now on: a server that cannot begin must end on a signal too.
      const { environment } = shell;
      const addresses = addressesOf(environment);
      const open = () => openStores(addresses, environment);
      const stores = await opening(open);
      const settings = await loadSettings(shell, options);
      const slack = slackOf(environment);
      const report = reportTo(shell, json);
      const port = portOf(environment);
      const host = hostOf(environment, slack);
      const door = doorOf(settings, environment);
      tellOfRounding(shell, settings, json ? report : undefined);
      await tellOfLinks(foldersOf(addresses), report);
      const running = await starting(
        serve({
          ...stores,
          open,
          probe: probeOf(addresses),
          settings,
          slack,
          clock: systemClock,
          port,
          ...(host ? { host } : {}),
          door,
          dashboard: DASHBOARD,
          report,
          ...tellOf(settings, report),
        }),
      );
      if (!slack.botToken && !json)
        shell.error('SLACK_BOT_TOKEN is not set: the bot listens and counts, and says nothing.\n');
      if (slack.signingSecrets.length === 0 && !slack.appToken && !json)
        shell.error('SLACK_SIGNING_SECRET is not set: every event is refused with 503.\n');
      if (settings.pageAccess === 'link' && door === 'off' && !json) shell.error(NO_KEY);
      await stay(shell, signal, running, whereIs(running.port, environment['HOST']?.trim(), json));
    });
};

const NO_KEY = `pageAccess is 'link', and ${PAGE_KEY} is not set: nobody can look at the page. "til page-link" makes its link.\n`;

/** Where it listens, for people or programs; `host` is the address that was asked for. */
const whereIs = (port: number, host: string | undefined, json: boolean | undefined): string => {
  if (json) return `${JSON.stringify({ listening: true, port, ...(host ? { host } : {}) })}\n`;
  const isEvery = !host || ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host);
  const name = host?.includes(':') ? `[${host}]` : host;
  return `Listening on http://${isEvery ? 'localhost' : name}:${port}\n`;
};

/** Says of each time of the configuration that is taken as another. */
const tellOfRounding = (shell: Shell, { rounded = [] }: Settings, report: Report | undefined): void => {
  for (const meaning of rounded) {
    if (report) report('time-rounded', { meaning });
    else shell.error(`${meaning}\n`);
  }
};

/** Says of each folder on a disk without hard links what that means. Of a disk that cannot be used at all, the start itself tells. */
export const tellOfLinks = async (folders: readonly string[], report: Report): Promise<void> => {
  for (const folder of folders) {
    const links = await hasHardLinks(folder).catch(() => undefined);
    if (links === false) report('no-hard-links', { folder, meaning: en.doctor.links.none });
  }
};

/** A file that lies where a folder should be, or a log that is not whole yet, is a failure; an address that is none is a wrong usage. */
export const opening = async <T>(open: () => Promise<T>): Promise<T> => {
  try {
    return await open();
  } catch (error) {
    if (isOccupied(error) || isBeingFilled(error)) throw failureOf(error);
    throw error;
  }
};

/** The second way for alarms, if the configuration names one. */
export const tellOf = ({ alarm }: Settings, report: Report): { tell?: Tell } =>
  alarm ? { tell: createTell(alarm, (error) => report('problem', { error })) } : {};

/** What stands in the way of a server (another one, a port in use, a token that is none) is a failure, not a wrong usage. */
export const starting = async <T>(running: Promise<T>): Promise<T> => {
  try {
    return await running;
  } catch (error) {
    if (error instanceof Refused) throw failureOf(error);
    throw error;
  }
};

/** Prints the address, waits for a signal or a failure, and stops the server. `signal` is caught before, since it may follow at once. */
export const stay = async (shell: Shell, signal: Promise<unknown>, running: Running, where: string): Promise<void> => {
  shell.out(where);
  try {
    await starting(Promise.race([signal, running.failed]));
  } finally {
    await running.stop();
  }
};

/** Reports happenings on standard error. */
export const reportTo = (shell: Shell, json: boolean | undefined) =>
  createReport(
    json === true,
    (line) => shell.error(`${line}\n`),
    () => systemClock.now(),
  );
