import { isLasting, Refused } from '../events/errors.ts';
import { secondsOf } from '../events/timestamp.ts';
import { calendarOf, monthOf, plusMonths, weeksOf } from '../events/week.ts';
import { publishChallenges } from '../pipeline/publish.ts';
import type { Challenge } from '../projections/challenge.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import { countKinds, type Reconciled } from '../reconcile/result.ts';
import { systemClock } from '../setup/clock.ts';
import { type Reader, slackReader } from '../slack/reader.ts';
import { openDocuments } from '../store/documents.ts';
import { type History, openHistory } from './history.ts';
import {
  type AddCommand,
  type CommonOptions,
  chosen,
  createProgress,
  Failure,
  optionsOf,
  printable,
  type Shell,
} from './shell.ts';
import { slackFrom } from './slack-settings.ts';
import { type GivenTime, parseTime } from './time.ts';

interface ReconcileOptions {
  since?: GivenTime;
  channel?: string;
  dryRun?: boolean;
  yes?: boolean;
}

export const reconcileCommand: AddCommand = (program, shell) => {
  program
    .command('reconcile')
    .description("compares the log with what Slack shows, and appends what was missed; also takes in a channel's past")
    .option(
      '--since <time>',
      'from the month of this day on, such as 2024-01-01; by default last month and this one',
      parseTime('--since', { day: 'begins' }),
    )
    .option('--channel <id>', 'only this challenge')
    .option('--dry-run', 'only report what would be appended')
    .option('--yes', 'believe Slack even when a great part of a month, or of the members, seems to be gone')
    .addHelpText('after', HELP)
    .action(async (_options, command) => {
      const options = optionsOf<ReconcileOptions>(command);
      const history = await openHistory(shell, options);
      const { botToken, apiUrl } = await slackFrom(shell);
      if (!botToken)
        throw new Refused(
          'SLACK_BOT_TOKEN: expected the token of the bot, to read the channel with, got nothing; on AWS, TIL_SECRET may name the deployment’s secret instead',
        );
      const reader = slackReader({
        token: botToken,
        apiUrl,
        onWait: (seconds) => void (options.json || shell.error(`Slack asks to wait ${Math.ceil(seconds)} s\n`)),
      });
      const results: (Reconciled & { channel: string })[] = [];
      const failed: { channel: string; error: Error }[] = [];
      for (const challenge of chosen(history.settings, options.channel)) {
        const { channel } = challenge;
        try {
          results.push({ channel, ...(await run(shell, options, { ...history, reader }, challenge)) });
        } catch (error) {
          // What is wrong with one channel does not keep the others from being read.
          if (!isLasting(error)) throw error;
          failed.push({ channel, error });
        }
      }
      if (results.length === 0 && failed[0]) throw failed[0].error;
      if (!options.dryRun) await publishChallenges(openDocuments(history.state), history.settings.challenges);
      const unread = failed.map(({ channel, error }) => ({ channel, reason: error.message }));
      if (options.json) shell.out(`${JSON.stringify({ results, ...(unread.length > 0 ? { failed: unread } : {}) })}\n`);
      else tellAll(shell, results, unread, options.dryRun === true);
      if (unread.length > 0 || !results.every(isClear)) throw new Failure('');
    });
};

const run = async (
  shell: Shell,
  options: ReconcileOptions & CommonOptions,
  ports: History & { reader: Reader },
  challenge: Challenge,
): Promise<Reconciled> => {
  const progress = createProgress(shell, challenge.channel, options.json);
  try {
    return await reconcile(
      challenge,
      { ...ports, clock: systemClock, progress: (done, total) => progress.step(done, total, 'months') },
      {
        since: options.since ? secondsOf(options.since(challenge.timeZone)) : lastMonth(challenge),
        dryRun: options.dryRun === true,
        yes: options.yes === true,
      },
    );
  } finally {
    progress.end();
  }
};

const HELP = `
Reads history, threads, reactions and members; says nothing to Slack. What it finds is marked as inferred and ranks below what was
heard from Slack. What is younger than ten minutes is left to the events that are on their way. It may be interrupted and run again.
What cannot be read (a damaged object, a message that is being deleted) is named and left out; then the exit code is 1.
A like that was given and taken back while nobody listened leaves no trace in Slack, so it is not found. What a running "til serve"
says about what was found, as far as it is not too old, it says when it next starts.

Example:
  til reconcile --since 2024-07-01 --dry-run
`;

const lastMonth = ({ timeZone }: Challenge): number => {
  const calendar = calendarOf(timeZone);
  const month = plusMonths(monthOf(calendar.weekAt(systemClock.now() / 1000)), -1);
  return calendar.instant(weeksOf(month)[0] as string, 0, 0, 0);
};

const tellAll = (
  shell: Shell,
  results: readonly (Reconciled & { channel: string })[],
  unread: readonly { channel: string; reason: string }[],
  dryRun: boolean,
): void => {
  for (const result of results) tell(shell, result, dryRun);
  for (const { channel, reason } of unread) shell.error(`${channel}: not compared: ${printable(reason)}\n`);
};

const isClear = ({ doubtful, doubtfulMembers, skipped }: Reconciled): boolean =>
  doubtful.length + doubtfulMembers.length + skipped.length === 0;

const tell = (shell: Shell, result: Reconciled & { channel: string }, dryRun: boolean): void => {
  const { channel, months, messages, found, doubtful, doubtfulMembers, unnamed, skipped } = result;
  shell.out(`${channel}: ${messages} messages of ${months[0]} to ${months.at(-1)} compared.\n`);
  const counts = Object.entries(countKinds(found));
  if (counts.length === 0) shell.out('The log lacked nothing.\n');
  for (const [kind, count] of counts) shell.out(`${dryRun ? 'would append' : 'appended'} ${count} ${kind}\n`);
  if (unnamed > 0) shell.out(`${unnamed} reactions of which Slack does not name all users\n`);
  for (const { month, messages } of doubtful)
    shell.error(
      `${month}: Slack shows ${messages.length} messages no more. That many are rather hidden than deleted, so nothing was done about them; --yes believes it.\n`,
    );
  if (doubtfulMembers.length > 0)
    shell.error(
      `${doubtfulMembers.length} members are not in Slack's list any more. That many have rather been left out of it than left, so nothing was done about them; --yes believes it.\n`,
    );
  for (const { what, reason } of skipped) shell.error(`left out: ${printable(what)}: ${printable(reason)}\n`);
  if (skipped.length > 0) shell.error(`${skipped.length} things were left out; all the rest was compared.\n`);
};
