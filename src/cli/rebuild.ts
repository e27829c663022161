import { rebuild, rebuildWeek } from '../history/rebuild.ts';
import { publishChallenges } from '../pipeline/publish.ts';
import { openDocuments } from '../store/documents.ts';
import { openLog } from '../store/log.ts';
import { openHistory } from './history.ts';
import { type AddCommand, chosen, createProgress, Failure, optionsOf, parseWeek } from './shell.ts';

export const rebuildCommand: AddCommand = (program, shell) => {
  program
    .command('rebuild')
    .description('folds the log again and stores ledgers and snapshots that differ; says nothing to Slack')
    .option('--week <week>', 'only this week and its month, such as 2024-W32', parseWeek)
    .option('--channel <id>', 'only this challenge')
    .addHelpText(
      'after',
      '\nMay run beside `til serve`. After a change of the rules it makes all views anew.\n\nExample:\n  til rebuild --week 2024-W32\n',
    )
    .action(async (_options, command) => {
      const options = optionsOf<{ week?: string; channel?: string }>(command);
      const history = await openHistory(shell, options);
      const started = performance.now();
      if (!options.week) await publishChallenges(openDocuments(history.state), history.settings.challenges);
      const reports = [];
      for (const challenge of chosen(history.settings, options.channel)) {
        // What is folded of nothing would be stored, and be more than the log says.
        if (options.week && !(await openLog(history.log, challenge).weeks()).includes(options.week)) {
          reports.push({ channel: challenge.channel, events: 0, weeks: 0, written: [], differences: [] });
          continue;
        }
        const progress = createProgress(shell, challenge.channel, options.json);
        const ports = {
          ...history,
          progress: (done: number, total: number, events: number) =>
            progress.step(done, total, `weeks, ${events} events`),
        };
        const report = options.week
          ? await rebuildWeek(challenge, options.week, ports)
          : await rebuild(challenge, ports);
        progress.end();
        reports.push({ channel: challenge.channel, ...report });
      }
      const seconds = (performance.now() - started) / 1000;
      const damaged = reports.flatMap(({ differences }) => differences);
      if (options.json) shell.out(`${JSON.stringify({ ok: damaged.length === 0, reports })}\n`);
      else {
        for (const { channel, events, weeks, written } of reports) {
          if (options.week && weeks === 0) shell.out(`${channel}: the log holds nothing of ${options.week}\n`);
          else
            shell.out(
              `${channel}: ${events} events in ${weeks} weeks folded, ${written.length} objects written, ${seconds.toFixed(2)} s\n`,
            );
        }
        for (const { key, detail } of damaged) shell.error(`damaged: ${key}${detail ? ` (${detail})` : ''}\n`);
      }
      if (damaged.length > 0) throw new Failure(options.json ? '' : 'Some log objects are damaged and were left out.');
    });
};
