import { Refused } from '../events/errors.ts';
import { secondsOf } from '../events/timestamp.ts';
import { calendarOf, monthOf, plusMonths, weeksOf } from '../events/week.ts';
import { publishChallenges } from '../pipeline/publish.ts';
import type { Challenge } from '../projections/challenge.ts';
import { countKinds, type Reconciled, reconcile } from '../reconcile/reconcile.ts';
import { systemClock } from '../setup/clock.ts';
import { slackOf } from '../setup/environment.ts';
import { slackReader } from '../slack/reader.ts';
import { openDocuments } from '../store/documents.ts';
import { type AddCommand, chosen, createProgress, Failure, openHistory, optionsOf, type Shell } from './shell.ts';
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
    .option('--yes', 'believe Slack even when a great part of a month seems to be deleted')
    .addHelpText('after', HELP)
    .action(async (_options, command) => {
      const options = optionsOf<ReconcileOptions>(command);
      const history = await openHistory(shell, options);
      const { botToken, apiUrl } = slackOf(shell.environment);
      if (!botToken)
        throw new Refused('SLACK_BOT_TOKEN: expected the token of the bot, to read the channel with, got nothing');
      const results = [];
      for (const challenge of chosen(history.settings, options.channel)) {
        const progress = createProgress(shell, challenge.channel, options.json);
        const reader = slackReader({
          token: botToken,
          apiUrl,
          onWait: (seconds) => void (options.json || shell.error(`Slack asks to wait ${Math.ceil(seconds)} s\n`)),
        });
        const result = await reconcile(
          challenge,
          { ...history, reader, clock: systemClock, progress: (done, total) => progress.step(done, total, 'months') },
          {
            since: options.since ? secondsOf(options.since(challenge.timeZone)) : lastMonth(challenge),
            dryRun: options.dryRun === true,
            yes: options.yes === true,
          },
        );
        progress.end();
        results.push({ channel: challenge.channel, ...result });
      }
      if (!options.dryRun) await publishChallenges(openDocuments(history.state), history.settings.challenges);
      if (options.json) shell.out(`${JSON.stringify({ results })}\n`);
      else for (const result of results) tell(shell, result, options.dryRun === true);
      if (results.some(({ doubtful }) => doubtful.length > 0)) throw new Failure('');
    });
};

const HELP = `
Reads history, threads, reactions and members; says nothing to Slack. What it finds is marked as inferred and ranks below what was
heard from Slack. What is younger than ten minutes is left to the events that are on their way. It may be interrupted and run again.
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

const tell = (shell: Shell, result: Reconciled & { channel: string }, dryRun: boolean): void => {
  const { channel, months, messages, found, doubtful, unnamed } = result;
  shell.out(`${channel}: ${messages} messages of ${months[0]} to ${months.at(-1)} compared.\n`);
  const counts = Object.entries(countKinds(found));
  if (counts.length === 0) shell.out('The log lacked nothing.\n');
  for (const [kind, count] of counts) shell.out(`${dryRun ? 'would append' : 'appended'} ${count} ${kind}\n`);
  if (unnamed > 0) shell.out(`${unnamed} reactions of which Slack does not name all users\n`);
  for (const { month, messages } of doubtful)
    shell.error(
      `${month}: Slack shows ${messages.length} messages no more. That many are rather hidden than deleted, so nothing was done about them; --yes believes it.\n`,
    );
};
