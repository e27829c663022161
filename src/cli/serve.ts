import { fileURLToPath } from 'node:url';
import { WITHOUT_LINKS } from '../admin/doctor.ts';
import { Refused } from '../events/errors.ts';
import { type Running, serve } from '../host/serve.ts';
import { systemClock } from '../setup/clock.ts';
import { addressesOf, type Environment, slackOf } from '../setup/environment.ts';
import { foldersOf, openBucket, openQueue } from '../setup/open.ts';
import { createReport, type Report } from '../setup/report.ts';
import { hasHardLinks } from '../store/files.ts';
import { type AddCommand, Failure, loadSettings, optionsOf, type Shell } from './shell.ts';

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
      const settings = await loadSettings(shell, options);
      const { environment } = shell;
      const addresses = addressesOf(environment);
      const slack = slackOf(environment);
      const report = reportTo(shell, json);
      await tellOfLinks(foldersOf(addresses), report);
      const running = await starting(
        serve({
          settings,
          log: await openBucket(addresses.log, environment),
          state: await openBucket(addresses.state, environment),
          queue: await openQueue(addresses.queue, environment),
          slack,
          clock: systemClock,
          port: portOf(environment),
          dashboard: DASHBOARD,
          report,
        }),
      );
      if (!slack.botToken && !json)
        shell.error('SLACK_BOT_TOKEN is not set: the bot listens and counts, and says nothing.\n');
      if (slack.signingSecrets.length === 0 && !slack.appToken && !json)
        shell.error('SLACK_SIGNING_SECRET is not set: every event is refused with 503.\n');
      const { port } = running;
      await stay(
        shell,
        running,
        json ? `${JSON.stringify({ listening: true, port })}\n` : `Listening on http://localhost:${port}\n`,
      );
      await running.stop();
    });
};

/** Says of each folder on a disk without hard links what that means. Of a disk that cannot be used at all, the start itself tells. */
export const tellOfLinks = async (folders: readonly string[], report: Report): Promise<void> => {
  for (const folder of folders) {
    const links = await hasHardLinks(folder).catch(() => undefined);
    if (links === false) report('no-hard-links', { folder, meaning: WITHOUT_LINKS });
  }
};

/** What stands in the way of a start (another server, a port in use) is a failure, not a wrong usage. */
export const starting = async (running: Promise<Running>): Promise<Running> => {
  try {
    return await running;
  } catch (error) {
    if (error instanceof Refused) throw new Failure(`til: ${error.message}`);
    throw error;
  }
};

/** Says where the server is and stays until a signal or a failure. It listens first: who reads where may end it at once. */
export const stay = async (shell: Shell, running: Running, where: string): Promise<void> => {
  const signal = shell.untilSignal();
  shell.out(where);
  await Promise.race([signal, running.failed]);
};

/** Reports happenings on standard error. */
export const reportTo = (shell: Shell, json: boolean | undefined) =>
  createReport(
    json === true,
    (line) => shell.error(`${line}\n`),
    () => systemClock.now(),
  );
